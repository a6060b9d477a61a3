"""Answers on the local page, in a real Chromium: found again, in sight, and told apart."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ergo_agent import ask as ask_about
from tests.support.browser import (
    DESKTOP,
    PHONE,
    open_page,
    serious_violations,
    violations_in_every_look,
)
from tests.support.local_page import Gate, page_server
from tests.support.page_steps import (
    WAIT,
    ask,
    box_on_stage,
    in_sight,
    open_upload,
    the_answer,
    until,
)
from tests.support.paged import digital, manual, save
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer><evidence>[40, 40, 90, 90]</evidence>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"
STAYS = "<think>neither a box nor an answer"


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(1200, 900))


def test_a_reload_keeps_image_question_answer_and_history(browser: Any, picture: Path):
    gate = Gate(NOT_FOUND)
    policy = scripted(ZOOM, ANSWER, NOT_FOUND, gate)
    with page_server(policy=policy) as client, open_page(browser, client.entrance) as page:
        open_upload(page, picture)
        ask(page, "What colour is it?")
        the_answer(page)
        took = page.inner_text("#state")
        ask(page, "Who signed it?")
        page.locator("#answer[data-standing=not_found]").wait_for(timeout=WAIT)
        page.click("#runs button >> nth=1")
        page.fill("#question", "How wide")
        page.reload()
        assert the_answer(page) == "A. red"
        until(lambda: page.inner_text("#state") == took)
        assert page.inner_text("#run-heading") == "What colour is it?"
        assert page.input_value("#question") == "How wide"
        assert page.inner_text("#image-name").startswith("1200x900.png")
        assert page.locator(".box").count() == 1
        entries = page.locator("#runs button")
        until(lambda: "not found" in entries.first.inner_text())
        assert "1200x900.png" in entries.first.inner_text()

        ask(page, "How wide is it?")
        assert gate.asked.wait(60)
        page.reload()  # while a run goes on
        until(lambda: "Looking" in page.inner_text("#state"))
        gate.open.set()
        page.locator("#answer[data-standing=not_found]").wait_for(timeout=WAIT)
        assert entries.count() == 3
        page.click("#another")
        page.reload()
        page.wait_for_selector("#earlier", timeout=WAIT)
        assert page.locator("#run").is_hidden()
        assert page.locator("#drop").is_visible()


def test_another_tab_finds_the_answers_and_begins_with_a_choice(browser: Any, picture: Path):
    with page_server(policy=scripted(ANSWER)) as client:
        client.events(client.ask(client.image(picture), "What colour is it?"))
        with open_page(browser, client.entrance, color_scheme="dark") as page:
            page.wait_for_selector("#earlier", timeout=WAIT)
            assert page.locator("#drop").is_visible()
            assert serious_violations(page) == []
            page.click("#runs button")
            assert the_answer(page) == "A. red"


def test_on_a_phone_the_answer_comes_into_sight(browser: Any, picture: Path):
    gate = Gate(ANSWER)
    with (
        page_server(policy=scripted(ZOOM, gate)) as client,
        open_page(browser, client.entrance, size=PHONE) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        assert gate.asked.wait(60)
        assert in_sight(page, "#run-heading")
        page.evaluate("scrollTo(0, 0)")
        gate.open.set()
        the_answer(page)
        until(lambda: in_sight(page, "#answer-text"))
        order = [page.locator(each).bounding_box()["y"] for each in ("#answer", "#state", "#cost")]
        assert order == sorted(order)


STANDINGS = {
    "found": ([ANSWER], {}, "✓", "A. red"),
    "unsure": ([ZOOM, ANSWER], {"view_budget": 300, "max_vision_tokens": 310}, "?", "A. red"),
    "not_found": ([NOT_FOUND], {}, "–", "not found"),
    "no_answer": ([STAYS], {}, "!", "no answer"),
}


def test_found_unsure_and_not_found_are_told_apart_without_colour(browser: Any, picture: Path):
    looks: set[tuple[str, str]] = set()
    for name, (replies, settings, mark, answer) in STANDINGS.items():
        with page_server(policy=scripted(*replies)) as client:
            given = {"settings": settings} if settings else {}
            client.events(client.ask(client.image(picture), "What colour is it?", **given))
            with open_page(browser, client.entrance) as page:
                page.click("#runs button")
                page.locator(f"#answer[data-standing={name}]").wait_for(timeout=WAIT)
                assert answer in the_answer(page)
                assert page.locator("#answer .mark").inner_text() == mark
                border = "getComputedStyle(document.querySelector('#answer')).borderLeftStyle"
                looks.add((mark, page.evaluate(border)))
                last = page.locator(".step.move .strong").last.inner_text()
                assert (last == "Gave no usable reply") is (name == "no_answer")
                assert violations_in_every_look(page) == []
    assert len({border for _, border in looks}) == 3
    assert len(looks) == len(STANDINGS)


def test_no_frame_and_no_number_lies_on_what_was_read(browser: Any, picture: Path):
    """Evidence that fills the zoom whose number stands beside it, at the top edge of the image."""
    answer = "<answer>A. red</answer><evidence>[0, 0, 4000, 4000]</evidence>"
    replies = ("<zoom>[0, 0, 300, 60]</zoom>", answer)
    with (
        page_server(policy=scripted(*replies)) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        the_answer(page)
        left, top, right, bottom = box_on_stage(page, "rect.evidence")
        around = box_on_stage(page, ".read .around")
        scale = page.evaluate(
            "document.querySelector('#boxes').viewBox.baseVal.width"
            " / document.querySelector('#stage').clientWidth"
        )
        stroke = 2 * scale / 2
        assert around[0] + stroke <= left
        assert around[1] + stroke <= top
        assert around[2] - stroke >= right
        assert around[3] - stroke >= bottom
        tag = box_on_stage(page, ".box[data-view='2'] .tag")
        apart = tag[0] >= right or tag[2] <= left or tag[1] >= bottom or tag[3] <= top
        assert apart, (tag, (left, top, right, bottom))


def test_a_number_lies_on_no_words_where_there_is_an_emptier_place(browser: Any, tmp_path: Path):
    """Print over all of the page but for what is at the right of a zoom."""
    replies = ("<zoom>[200, 200, 400, 300]</zoom>", "<answer>A. red</answer>")
    plain = save_picture(tmp_path, size=(2400, 1800))
    zoom = ask_about(plain, "What is it?", policy=scripted(*replies)).views[1].region
    page_image = Image.effect_noise((2400, 1800), 120)
    free = (zoom.right, zoom.top, zoom.right + 400, zoom.bottom)
    page_image.paste(255, free)
    page_image.save(tmp_path / "printed.png")
    for size in (DESKTOP, PHONE):
        with (
            page_server(policy=scripted(*replies)) as client,
            open_page(browser, client.entrance, size=size) as page,
        ):
            open_upload(page, tmp_path / "printed.png")
            ask(page, "What colour is it?")
            the_answer(page)
            left, top, right, bottom = box_on_stage(page, ".box[data-view='2'] .tag")
            assert free[0] <= left
            assert free[1] <= top
            assert right <= free[2]
            assert bottom <= free[3]


def test_the_history_names_the_page_that_answered(browser: Any, tmp_path: Path):
    pages = manual({2: "The guarantee lasts thirty months."}, pages=3)
    document = save(bytes(digital(pages).output()), tmp_path / "manual.pdf")
    with (
        page_server(policy=scripted(ANSWER, NOT_FOUND)) as client,
        open_page(browser, client.entrance, size=PHONE) as page,
    ):
        open_upload(page, document)
        page.click("#strip-pages button >> nth=2")
        until(lambda: page.inner_text("#image-name").endswith("page 3 of 3"))
        ask(page, "How long does the guarantee last?")
        the_answer(page)
        page.select_option("#where", "one")
        ask(page, "Who signed it?")
        page.locator("#answer[data-standing=not_found]").wait_for(timeout=WAIT)
        places = page.locator("#runs .fact:nth-child(4)").all_inner_texts()
        assert places == ["manual.pdf, page 2 of 3", "manual.pdf, page 2 of 3"]
        page.click("#strip-pages button >> nth=2")
        until(lambda: page.inner_text("#image-name").endswith("page 3 of 3"))
        page.click("#runs button >> nth=1")  # back to the page that answers, with it in sight
        until(lambda: page.inner_text("#image-name").endswith("page 2 of 3"))
        until(lambda: in_sight(page, "#answer-text"))
