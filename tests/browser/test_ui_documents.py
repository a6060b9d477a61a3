"""A question about all pages of a document on the local page, in a real Chromium."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import open_page, violations_in_every_look
from tests.support.local_page import page_server
from tests.support.page_steps import WAIT, ask, open_upload, the_answer, until
from tests.support.paged import digital, manual, save
from tests.support.scripted import scripted

FACT = "The guarantee lasts thirty months from the day of purchase."
QUESTION = "How long does the guarantee last?"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"
ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>thirty months</answer><evidence>[40, 40, 90, 90]</evidence>"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = manual({4: FACT, 2: "The guarantee is void where the seal is broken."}, pages=6)
    return save(bytes(digital(pages).output()), tmp_path_factory.mktemp("pages") / "manual.pdf")


def page_of(page: Any, number: int) -> Any:
    return page.locator(f"#strip-pages button[data-page='{number}']")


def named(button: Any) -> str:
    """What is read out of it."""
    texts: list[str] = button.locator("> span").all_text_contents()
    return " ".join(filter(None, texts))


def shows(page: Any, number: int) -> None:
    until(lambda: page.inner_text("#image-name").endswith(f"page {number} of 6"))


def fits(page: Any) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return wide


def test_the_strip_shows_which_pages_were_looked_at_and_opens_each(browser: Any, document: Path):
    with (
        page_server(policy=scripted(ZOOM, ANSWER)) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, document)
        assert page.locator("#strip-pages button").count() == 6
        assert page_of(page, 1).get_attribute("aria-current") == "page"
        ask(page, QUESTION)
        assert the_answer(page) == "thirty months"
        shows(page, 4)  # that it was answered from
        assert page.locator(".box").count() == 1
        assert page.locator("#boxes rect.evidence").count() == 1
        assert "Looked at page 4 of 6, not at 1-3, 5-6." in page.inner_text("#answer")
        said = page_of(page, 4)
        assert named(said) == "Page 4 answer 3 boxes"
        kinds = [said.locator(f"rect.{kind}").count() for kind in ("hit", "closer", "read")]
        assert kinds == [1, 1, 1]
        assert named(page_of(page, 2)) == "Page 2"

        page_of(page, 1).click()
        shows(page, 1)
        assert page.locator("#run").is_visible()
        assert page.locator(".box, #boxes rect.evidence").count() == 0
        page.click("ul.evidence button")
        shows(page, 4)
        assert page.locator("rect.evidence.selected").count() == 1
        page_of(page, 4).focus()
        for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowRight"):
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        shows(page, 5)
        assert page_of(page, 5).evaluate("(button) => button === document.activeElement")
        page.click(".step.view >> nth=1")
        shows(page, 4)
        assert page.locator(".box.selected").count() == 1
        assert page.locator("button:has-text('Choose another box')").count() == 0

        assert violations_in_every_look(page) == []  # and then on a phone
        assert fits(page)
        page_of(page, 6).click()
        shows(page, 6)


def test_no_box_lies_on_the_page_before_while_another_one_comes(browser: Any, document: Path):
    with (
        page_server(policy=scripted(ZOOM, ANSWER)) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, document)
        held: list[Any] = []
        page.route("**/4/picture?side=2000", lambda route: held.append(route))  # noqa: PLW0108
        ask(page, QUESTION)
        the_answer(page)
        shows(page, 4)
        assert page.locator("#boxes rect.evidence").count() == 1
        assert page.locator("#picture").is_hidden()
        until(lambda: bool(held))
        held[0].continue_()
        page.locator("#picture").wait_for(state="visible", timeout=WAIT)


def test_one_page_alone_is_asked_about_and_nothing_found_is_said(browser: Any, document: Path):
    with (
        page_server(policy=scripted(NOT_FOUND)) as client,
        open_page(browser, client.entrance, color_scheme="dark") as page,
    ):
        open_upload(page, document)
        page.select_option("#where", "one")
        ask(page, "Who pays for the repair?")
        assert the_answer(page) == "not found"
        assert page.locator("[data-came='nothing']").count() == 0
        page.select_option("#where", "all")
        ask(page, QUESTION)
        page.wait_for_selector("#strip-pages [data-came='nothing']", timeout=WAIT)
        assert the_answer(page) == "not found"
        assert page.locator("[data-came='nothing']").count() == 5
        assert named(page_of(page, 4)) == "Page 4 looked at 1 box"
        assert violations_in_every_look(page) == []
        page.click("#runs button >> nth=1")
        assert page.locator("[data-came='nothing']").count() == 0
