"""The report in a real Chromium."""

from typing import Any

import pytest

from ergo_agent import VisionAnswer
from ergo_agent.images import MemoryStore
from tests.support.browser import DESKTOP, PHONE, open_page, violations_in_every_look
from tests.support.episodes import crowded_episode, hostile_episode, save_noise, short_episode
from tests.support.pictures import save_picture

KINDS = ("short", "hostile", "missing", "crowded")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory):
    """The address of a report of each kind."""
    folder = tmp_path_factory.mktemp("reports")
    page = save_picture(folder, name="<script>alert(3)<.png")
    short = short_episode(page)
    results: dict[str, tuple[VisionAnswer, dict[str, Any]]] = {
        "short": (short, {}),
        "hostile": (hostile_episode(page), {"image": page}),
        "missing": (short, {"store": MemoryStore()}),
        "crowded": (crowded_episode(save_noise(folder, side=3000)), {}),
    }
    addresses: dict[str, str] = {}
    for kind, (result, given) in results.items():
        path = folder / f"{kind}.html"
        result.save_report(path, **given)
        addresses[kind] = path.as_uri()
    return addresses


def shown_turn(page: Any):
    return page.locator(".turn.current").get_attribute("id")


def is_uncovered(page: Any, heading: str):
    """Whether a heading is not behind the bar with the buttons."""
    sides = [page.locator(each).bounding_box() for each in ("#steps", heading)]
    return sides[0]["y"] + sides[0]["height"] <= sides[1]["y"]


def test_keys_and_buttons_step_through_the_turns(browser: Any, reports: dict[str, str]):
    with open_page(browser, reports["hostile"], reduced_motion="reduce") as page:
        assert shown_turn(page) == "turn-1"
        for key, turn, where in (
            ("ArrowRight", "turn-2", "Turn 2 of 3"),
            ("j", "turn-3", "Turn 3 of 3"),
            ("ArrowRight", "turn-3", "Turn 3 of 3"),
            ("k", "turn-2", "Turn 2 of 3"),
            ("Control+ArrowLeft", "turn-2", "Turn 2 of 3"),
            ("ArrowLeft", "turn-1", "Turn 1 of 3"),
        ):
            page.keyboard.press(key)
            assert shown_turn(page) == turn
            assert page.inner_text("#where") == where
        page.click("#next")
        assert shown_turn(page) == "turn-2"
        assert page.evaluate("document.activeElement.id") == "heading-2"
        assert page.locator("#previous").is_enabled()


def test_a_step_brings_the_turn_into_sight_and_marks_its_boxes(
    browser: Any, reports: dict[str, str]
):
    with open_page(browser, reports["crowded"], reduced_motion="reduce") as page:
        for _ in range(8):
            page.keyboard.press("ArrowRight")
        assert shown_turn(page) == "turn-9"
        top = page.evaluate("document.querySelector('#turn-9').getBoundingClientRect().top")
        assert 0 <= top < 200
        assert is_uncovered(page, "#heading-9")
        marked = page.locator(".page .box.current .label text").all_text_contents()
        assert marked == ["30", "31", "32", "33", "E29", "E30", "E31", "E32"]


def test_a_box_leads_to_its_turn(browser: Any, reports: dict[str, str]):
    with open_page(browser, reports["short"], reduced_motion="reduce") as page:
        page.locator(".page .box a").first.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#turn-2"
        page.wait_for_selector("#turn-2.current")


def test_the_buttons_fit_a_phone_and_cover_no_heading(browser: Any, reports: dict[str, str]):
    with open_page(browser, reports["crowded"], size=PHONE, reduced_motion="reduce") as page:
        for _ in range(10):
            page.click("#next")
        assert page.inner_text("#where") == "Turn 11 of 14"
        assert page.locator("#steps").bounding_box()["height"] < 64  # one line
        assert is_uncovered(page, "#heading-11")


@pytest.mark.parametrize(
    ("kind", "size"),
    [*((kind, PHONE) for kind in KINDS), ("hostile", DESKTOP), ("crowded", DESKTOP)],
)
def test_nothing_is_wider_than_the_window(
    browser: Any, reports: dict[str, str], kind: str, size: tuple[int, int]
):
    with open_page(browser, reports[kind], size=size) as page:
        for summary in page.locator("summary").all()[:8]:
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        widest = "Math.max(...[...document.images].map((i) => i.getBoundingClientRect().right), 0)"
        assert page.evaluate(widest) <= size[0]


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(browser: Any, reports: dict[str, str], kind: str):
    with open_page(browser, reports[kind]) as page:
        assert violations_in_every_look(page) == []


def test_markup_of_a_model_is_not_run(browser: Any, reports: dict[str, str]):
    with open_page(browser, reports["hostile"]) as page:
        said: list[str] = []
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.reload()
        assert page.inner_text("#answer").startswith("<script>alert(1)</script>")
        assert page.locator("script").count() == 1
        assert said == []


def test_its_policy_lets_no_script_run_but_its_own(browser: Any, reports: dict[str, str]):
    add_script = """() => {
        const added = document.createElement("script");
        added.textContent = "window.ran = true";
        document.body.append(added);
        return window.ran;
    }"""
    page = browser.new_page()
    assert page.evaluate(add_script) is True  # on an empty page
    page.goto(reports["short"])
    assert page.evaluate(add_script) is None
    page.close()


def test_every_picture_is_decoded_once_it_is_in_sight(browser: Any, reports: dict[str, str]):
    with open_page(browser, reports["crowded"]) as page:
        last = page.locator(".view img").last
        last.scroll_into_view_if_needed()
        assert last.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
        assert page.locator("img").count() == 51


def test_without_script_everything_is_there(browser: Any, reports: dict[str, str]):
    with open_page(browser, reports["short"], java_script_enabled=False) as page:
        assert page.locator(".turn").count() == 2
        assert page.locator("#steps").is_hidden()
        assert page.inner_text("#answer") == "A. red"


def test_dark_is_dark(browser: Any, reports: dict[str, str]):
    paper = "getComputedStyle(document.body).backgroundColor"
    with open_page(browser, reports["short"], color_scheme="light") as page:
        assert page.evaluate(paper) == "rgb(255, 255, 255)"
    with open_page(browser, reports["short"], color_scheme="dark") as page:
        assert page.evaluate(paper) == "rgb(21, 24, 28)"
