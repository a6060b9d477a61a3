"""Going on from another box on the local page, in a real Chromium."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import PHONE, open_page
from tests.support.local_page import PAGE, forked_page, page_server
from tests.support.page_steps import (
    WAIT,
    ask,
    box_on_stage,
    from_original,
    open_listed,
    open_upload,
    the_answer,
)
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
BODY = ".editing .body"


def answer_of(text: str) -> str:
    return f"<think>read</think><answer>{text}</answer>"


@pytest.fixture
def asked(browser: Any, tmp_path: Path):
    """A page with a run of one zoom; its first answer is "first", the next ones "second"."""
    picture = save_picture(tmp_path, size=(2400, 1800))
    policy = scripted(ZOOM, answer_of("first"), answer_of("second"))
    with (
        page_server(policy=policy) as client,
        open_page(browser, client.entrance, refused=422) as page,
    ):
        open_upload(page, picture)
        ask(page, "What is it?")
        assert the_answer(page) == "first"
        page.click(".step.view >> nth=1")
        page.click("#steps button:has-text('Choose another box')")
        yield page


def go_on(page: Any) -> None:
    """Fork, and wait for the answer of the new run."""
    page.click("text=Go on from this box")
    second_answer(page)


def second_answer(page: Any) -> None:
    page.locator("#answer-text").get_by_text("second", exact=True).wait_for(timeout=WAIT)


def fields(page: Any) -> list[int]:
    names = ("left", "top", "right", "bottom")
    return [int(page.input_value(f"#editor [name={name}]")) for name in names]


def view_box(page: Any) -> tuple[int, ...]:
    left, top, right, bottom = box_on_stage(page, ".box[data-view='2'] .frame")
    return round(left), round(top), round(right), round(bottom)


def is_shown(wanted: Sequence[int], shown: Sequence[int]) -> bool:
    """Whether a view shows a box, and at most half a vision token's 28 pixels beyond it."""
    out = (wanted[0] - shown[0], wanted[1] - shown[1], shown[2] - wanted[2], shown[3] - wanted[3])
    return all(0 <= each <= 14 for each in out)


def test_a_box_is_dragged_and_the_run_goes_on_from_there(asked: Any):
    first = view_box(asked)
    assert fields(asked) == list(first)
    middle = ((first[0] + first[2]) / 2, (first[1] + first[3]) / 2)
    asked.mouse.move(*from_original(asked, *middle))
    asked.mouse.down()
    asked.mouse.move(*from_original(asked, middle[0] + 900, middle[1] + 600), steps=5)
    asked.mouse.up()
    moved = fields(asked)
    scale = 2400 / asked.locator("#picture").bounding_box()["width"]
    for now, before, by in zip(moved, first, (900, 600, 900, 600), strict=True):
        assert abs(now - before - by) <= 2 * scale
    assert moved[2] - moved[0] == first[2] - first[0]
    go_on(asked)
    assert is_shown(moved, view_box(asked))
    assert asked.locator(".step.move").nth(1).inner_text() == "You chose a region"
    assert asked.inner_text("#state").startswith("From your box")
    assert asked.locator("#editor").is_hidden()
    assert asked.locator("#runs .strong").all_inner_texts() == ["second", "first"]
    asked.click("#runs button:has-text('first')")  # the first run is as it was
    assert view_box(asked) == first
    assert asked.inner_text("#answer-text") == "first"


def test_a_corner_is_dragged(asked: Any):
    left, top, right, bottom = fields(asked)
    asked.mouse.move(*from_original(asked, right, bottom))
    asked.mouse.down()
    asked.mouse.move(*from_original(asked, right + 500, bottom + 300), steps=5)
    asked.mouse.up()
    now = fields(asked)
    assert now[:2] == [left, top]
    assert now[2] > right + 400
    assert now[3] > bottom + 200
    go_on(asked)
    assert is_shown(now, view_box(asked))


def test_the_keyboard_moves_and_sizes_a_box_and_sends_it(asked: Any):
    left, top, right, bottom = fields(asked)
    assert asked.evaluate(f"document.activeElement.matches('{BODY}')")
    for _ in range(60):
        asked.keyboard.press("ArrowRight")
    asked.keyboard.press("Shift+ArrowDown")
    now = fields(asked)
    assert now[0] > left + 400
    assert now[2] - now[0] == right - left
    assert now[1] == top
    assert now[3] > bottom
    asked.keyboard.press("Enter")
    second_answer(asked)
    assert is_shown(now, view_box(asked))


def test_a_box_stays_inside_the_image_and_escape_leaves_it(asked: Any):
    before = fields(asked)
    for _ in range(400):
        asked.keyboard.press("ArrowUp")
    now = fields(asked)
    assert now[1] == 0
    assert now[3] == before[3] - before[1]
    asked.keyboard.press("Escape")
    assert asked.locator("#editor").is_hidden()
    assert asked.locator(BODY).count() == 0
    assert asked.inner_text("#answer-text") == "first"


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((5000, 5000, 6000, 6000), "holds nothing of the image"),
        ((900, 900, 100, 100), "holds nothing of the image"),
        ((0, 0, 2400, 1800), "it was shown already"),
    ],
)
def test_a_box_that_is_refused_is_said_at_the_box(asked: Any, box: tuple[int, ...], message: str):
    for name, value in zip(("left", "top", "right", "bottom"), box, strict=True):
        asked.fill(f"#editor [name={name}]", str(value))
    with asked.expect_response("**/forks"):
        asked.click("text=Go on from this box")
    asked.wait_for_selector("#editor-problem", timeout=WAIT)
    said = asked.inner_text("#editor-problem")
    assert message in said
    assert asked.inner_text("#answer-text") == "first"


def test_a_finger_moves_a_box(browser: Any, tmp_path: Path):
    policy = scripted(ZOOM, answer_of("first"), answer_of("second"))
    with (
        page_server(policy=policy) as client,
        open_page(browser, client.entrance, size=PHONE, has_touch=True, is_mobile=True) as page,
    ):
        open_upload(page, save_picture(tmp_path, size=(2400, 1800)))
        ask(page, "What is it?")
        the_answer(page)
        page.tap(".step.view >> nth=1")
        page.tap("#steps button:has-text('Choose another box')")
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        left, top, right, bottom = fields(page)
        start = from_original(page, (left + right) / 2, (top + bottom) / 2)
        touch = page.context.new_cdp_session(page)
        for kind, x, y in (
            ("touchStart", *start),
            ("touchMove", start[0] + 40, start[1] + 20),
            ("touchMove", start[0] + 80, start[1] + 40),
        ):
            touch.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            )
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        now = fields(page)
        assert now[0] > left + 300
        assert now[1] > top + 150
        assert now[2] - now[0] == right - left


def test_the_embedded_reader_reads_the_box_that_it_is_given(browser: Any):
    with (
        forked_page("--root", PAGE.parent) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_listed(page)
        ask(page, "What is the due date?")
        assert "13 April 2026" in the_answer(page)
        page.click(".step.view >> nth=1")
        page.click("#steps button:has-text('Choose another box')")
        box = (1200, 560, 2400, 900)  # the facts of the invoice
        for name, value in zip(("left", "top", "right", "bottom"), box, strict=True):
            page.fill(f"#editor [name={name}]", str(value))
        page.click("text=Go on from this box")
        page.locator("#state").get_by_text("From your box: ").wait_for(timeout=WAIT)
        assert "13 April 2026" in the_answer(page)
        left, top, right, bottom = view_box(page)
        assert (left, top) <= (1200, 560)
        assert (right, bottom) >= (2400, 900)
