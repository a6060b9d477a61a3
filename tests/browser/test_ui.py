"""A question on the local page, in a real Chromium."""

import threading
from pathlib import Path
from typing import Any

import pytest

from ergo_agent.apps.page.entrance import Entrance
from tests.support.browser import (
    DESKTOP,
    PHONE,
    open_page,
    serious_violations,
    violations_in_every_look,
)
from tests.support.episodes import CROWDED, HOSTILE, crowded_policy, save_noise
from tests.support.local_page import PAGE, Browser, Gate, forked_page, page_server
from tests.support.page_steps import (
    WAIT,
    ask,
    box_on_stage,
    open_listed,
    open_upload,
    the_answer,
    until,
)
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
QUESTION = "What is the total due?"
CONTROLS = "\u202egnp.terces\u2066 \x9b2J \u200b"
ESCAPED = "\\u202egnp.terces\\u2066 \\u009b2J \\u200b"


@pytest.fixture(scope="module")
def reading():
    """`ergo-agent ui` as a person starts it, with the embedded reader."""
    with forked_page("--root", PAGE.parent) as client:
        yield client


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


def test_a_file_of_the_folder_is_asked_about_and_answered(browser: Any, reading: Browser):
    with open_page(browser, reading.entrance) as page:
        assert page.url.endswith("/")  # the token is gone from the address
        page.fill("#filter", "PAGE")
        open_listed(page)
        ask(page, QUESTION)
        assert "4,562.94" in the_answer(page)
        assert "It ended because the answer was found." in page.inner_text("#state")
        assert page.locator(".step.view").count() == 2
        view, evidence = ".box[data-view='2'] .frame", "rect.evidence"
        left, top, right, bottom = box_on_stage(page, view)
        inside = box_on_stage(page, evidence)
        assert left <= inside[0] < inside[2] <= right
        assert top <= inside[1] < inside[3] <= bottom
        said = page.inner_text(".evidence li").splitlines()
        assert "4,562.94" in said[1]
        assert said[0].split("pixels ")[1] == (
            f"({inside[0]:.0f}, {inside[1]:.0f}) to ({inside[2]:.0f}, {inside[3]:.0f})"
        )
        cost = page.get_attribute("#cost meter", "aria-label")
        assert "for one full-resolution pass" in cost
        assert 0 < float(page.get_attribute("#cost meter", "value")) < 0.3


def test_keys_step_through_the_run_and_show_each_view(browser: Any, reading: Browser):
    with open_page(browser, reading.entrance) as page:
        open_listed(page)
        ask(page, QUESTION)
        the_answer(page)
        page.focus(".step >> nth=0")
        current = page.locator(".step[aria-current=step]")
        for key, text in (
            ("ArrowDown", "Asks to see a region closer"),
            ("ArrowDown", "View 2"),
            ("End", "Answers"),
            ("ArrowDown", "Answers"),
            ("Home", "View 1"),
            ("ArrowUp", "View 1"),
        ):
            page.keyboard.press(key)
            assert current.inner_text().startswith(text)
            assert page.evaluate("document.activeElement.matches('[aria-current=step]')")
        page.click(".box[data-view='2'] .frame")
        assert current.inner_text().startswith("View 2")
        assert page.locator(".box.selected").get_attribute("data-view") == "2"
        page.click("button:has-text('See it full size'):visible")
        shown = page.locator("#closer-view")
        shown.wait_for()
        until(lambda: page.evaluate("document.querySelector('#closer-view').complete"))
        size = page.evaluate(
            "(({naturalWidth: w, naturalHeight: h}) => [w, h])"
            "(document.querySelector('#closer-view'))"
        )
        assert f"{size[0]:,} × {size[1]:,}" in page.inner_text("#closer-heading")
        page.keyboard.press("Escape")
        assert shown.is_hidden()


def test_views_and_tokens_are_shown_while_it_runs_and_it_can_be_cancelled(
    browser: Any, picture: Path
):
    gate = Gate(ANSWER)
    with (
        page_server(policy=scripted(ZOOM, gate)) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        page.wait_for_selector(".box[data-view='2']", timeout=WAIT)
        assert gate.asked.wait(60)
        assert page.locator("#answer-text").count() == 0
        assert "vision tokens in 2 views" in page.inner_text("#state")
        assert "that it may spend" in page.inner_text("#cost")
        assert violations_in_every_look(page) == []
        page.click("#cancel")
        until(lambda: page.inner_text("#state").startswith("Cancelled"))
        assert page.locator("#cancel").is_hidden()
        gate.open.set()
        ask(page, "And now?")
        assert the_answer(page) == "A. red"
        answers = page.locator("#runs .strong").all_inner_texts()
        assert answers == ["A. red", "cancelled"]
        page.click("#runs button:has-text('cancelled')")
        assert page.inner_text("#run-heading") == "What colour is it?"


def test_the_report_is_downloaded_and_can_be_opened(browser: Any, picture: Path, tmp_path: Path):
    with (
        page_server(policy=scripted(ZOOM, ANSWER)) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        the_answer(page)
        with page.expect_download() as saving:
            page.click("text=Download the report")
        saved = tmp_path / saving.value.suggested_filename
        saving.value.save_as(saved)
    assert saved.name == "ergo-2400x1800.html"
    with open_page(browser, saved.as_uri()) as report:
        assert report.inner_text("#answer") == "A. red"


def test_what_a_model_writes_stays_text(browser: Any, picture: Path):
    replies = (f"<think>{HOSTILE}</think><zoom>[100, 100, 300, 200]</zoom>",
               f"<think>{HOSTILE}</think><answer>{HOSTILE}</answer>")  # fmt: skip
    with (
        page_server(policy=scripted(*replies)) as client,
        open_page(browser, client.entrance) as page,
    ):
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        open_upload(page, picture)
        ask(page, HOSTILE.rstrip("\0"))
        assert "<script>alert(1)</script>" in the_answer(page)
        assert page.locator("main script, main iframe, main [onerror], main [onload]").count() == 0
        assert "<script>" in page.locator(".step.move .said").first.inner_text()


def test_a_failed_run_says_what_to_do(browser: Any, picture: Path):
    with (
        page_server(policy=scripted(RuntimeError("the model is gone"))) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        page.wait_for_selector("#run-problem", timeout=WAIT)
        assert "the model is gone" in page.inner_text("#run-problem")
        assert "It failed" in page.inner_text("#state")
        assert violations_in_every_look(page) == []


def test_fifty_views_are_listed_and_only_those_in_sight_are_loaded(browser: Any, tmp_path: Path):
    with (
        page_server(policy=crowded_policy()) as client,
        open_page(browser, client.entrance) as page,
    ):
        loaded: set[str] = set()
        page.on("request", lambda sent: "/api/views/" in sent.url and loaded.add(sent.url))
        open_upload(page, save_noise(tmp_path, side=4000))
        page.click("text=Settings")
        for name, value in CROWDED.items():
            page.fill(f"#settings [name={name}]", str(value))
        ask(page, "What is it?")
        the_answer(page)
        assert page.locator(".step.view").count() == 50
        assert page.locator(".box").count() == 49
        before = len(loaded)
        assert 0 < before < 40, before
        page.focus(".step >> nth=0")
        page.keyboard.press("End")
        page.wait_for_timeout(500)
        assert len(loaded) > before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_it_can_be_read_and_operated_by_everyone(
    browser: Any, reading: Browser, size: tuple[int, int], scheme: str
):
    with open_page(browser, reading.entrance, size=size, color_scheme=scheme) as page:
        page.wait_for_selector("#files button")
        assert serious_violations(page) == []
        open_listed(page)
        ask(page, QUESTION)
        the_answer(page)
        page.click(".step.view >> nth=1")
        page.click("#steps button:has-text('Choose another box')")
        page.click("text=Settings")
        assert serious_violations(page) == []
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1]
        stage, talk = (page.locator(each).bounding_box() for each in ("#stage", "#talk"))
        if size == DESKTOP:  # side by side, and the whole image in the window
            assert stage["x"] + stage["width"] <= talk["x"]
            assert stage["height"] < size[1]
        else:
            assert stage["y"] + stage["height"] <= talk["y"]


def test_what_turns_letters_around_is_seen(browser: Any, tmp_path: Path):
    """In every place: an answer, reasoning, the name of a file, and the list of the folder."""
    named = save_picture(tmp_path, size=(2400, 1800), name="\u202egnp.terces.png")
    policy = scripted(
        f"<think>{CONTROLS}</think><zoom>[100, 100, 300, 200]</zoom>",
        f"<think>{CONTROLS}</think><answer>{CONTROLS}</answer>",
    )
    with (
        page_server(root=tmp_path, policy=policy) as client,
        open_page(browser, client.entrance) as page,
    ):
        assert page.inner_text("#files span").startswith("\\u202egnp.terces.png")
        open_upload(page, named)
        page.fill("#question", f"What is {CONTROLS}?")
        page.press("#question", "Enter")
        assert the_answer(page) == ESCAPED
        shown = page.inner_text("body") + page.title()
        assert not set(shown) & set("\u202e\u2066\x9b\u200b")
        assert shown.count(ESCAPED) >= 4
        isolated = "getComputedStyle(document.querySelector('#image-name bdi')).unicodeBidi"
        assert page.evaluate(isolated) == "isolate"


def test_the_file_that_a_browser_is_told_to_open_leads_in(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A cookie for this site only, which a browser leaves out of redirects that began in a file."""
    named: list[str] = []
    opened = threading.Event()
    monkeypatch.setattr("webbrowser.open", lambda url: (named.append(url), opened.set()))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with page_server(root=PAGE.parent, policy=scripted(ANSWER)) as client:
        entered = threading.Event()
        entrance = Entrance(client.entrance)
        opening = threading.Thread(target=entrance.open, kwargs={"entered": entered})
        opening.start()
        assert opened.wait(60)
        context = browser.new_context()
        page = context.new_page()
        page.goto(named[0])
        page.wait_for_selector("#files button", timeout=WAIT)
        assert page.url == str(client.base_url)
        entered.set()
        opening.join(60)
        assert not list(tmp_path.iterdir())
        context.close()
