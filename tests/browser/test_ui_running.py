"""A run on the local page while it goes on, and what is done with its steps, in a real Chromium."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import PHONE, enter, open_page, serious_violations
from tests.support.local_page import Browser, Gate, page_server
from tests.support.page_steps import WAIT, ask, from_original, open_upload, the_answer, until
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
TWO_ZOOMS = "<think>both</think><zoom view='1'>[500, 100, 600, 200], [100, 500, 200, 600]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer><evidence>[40, 40, 90, 90]</evidence>"
LONG = "it was read " * 100


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


def current(page: Any) -> str:
    text: str = page.locator(".step[aria-current=step]").inner_text()
    return text


def test_a_stream_that_breaks_goes_on_after_its_last_event(browser: Any, picture: Path):
    with (
        page_server(policy=scripted(ZOOM, ANSWER)) as client,
        open_page(browser, client.entrance) as page,
    ):
        asked_for: list[str] = []

        def broken(route: Any) -> None:
            asked_for.append(route.request.url)
            if len(asked_for) > 1:
                route.continue_()
                return
            run = route.request.url.split("/")[-2]
            first = next(iter(client.events(run)))
            route.fulfill(
                content_type="text/event-stream",
                body=f"id: {first.id}\nevent: {first.name}\ndata: {as_sent(client, run)}\n\n",
            )

        page.route("**/events", broken)
        open_upload(page, picture)
        ask(page, "What colour is it?")
        assert the_answer(page) == "A. red"
        assert len(asked_for) == 2
        # were it all sent again, the first view would be there twice
        assert page.locator(".step.view .strong").all_inner_texts() == ["View 1", "View 2"]


def as_sent(client: Browser, run: str) -> str:
    """The data of the first event of a run, as the server sends it."""
    lines = client.get(f"/api/runs/{run}/events").text.splitlines()
    return next(line for line in lines if line.startswith("data: ")).removeprefix("data: ")


def test_a_server_that_is_lost_during_a_run_is_said_and_found_again(browser: Any, picture: Path):
    with page_server(policy=scripted(ZOOM, ANSWER)) as client:
        opened = browser.new_context()  # one in which calls may fail
        page = opened.new_page()
        enter(page, client.entrance)
        page.route("**/events", lambda route: route.abort("connectionreset"))
        open_upload(page, picture)
        ask(page, "What colour is it?")
        state = page.locator("#state")
        until(lambda: "The server does not answer; trying again" in state.inner_text())
        assert page.locator("#answer-text").count() == 0
        page.unroute("**/events")
        assert the_answer(page) == "A. red"
        assert "It ended because the answer was found." in state.inner_text()
        opened.close()


def test_a_page_that_is_no_longer_let_in_says_so(browser: Any, picture: Path):
    with (
        page_server(policy=scripted(ZOOM, ANSWER)) as client,
        open_page(browser, client.entrance, refused=403) as page,
    ):
        open_upload(page, picture)
        page.context.clear_cookies()
        page.fill("#question", "What is it?")
        page.click("#send")
        page.wait_for_selector("#ask-problem", timeout=WAIT)
        said = page.inner_text("#ask-problem")
        assert "URL" in said, said


def test_a_box_can_be_dragged_while_the_run_goes_on(browser: Any, picture: Path):
    gate = Gate(TWO_ZOOMS)
    with (
        page_server(policy=scripted(ZOOM, gate, ANSWER)) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, picture)
        page.click("text=Settings")
        page.fill("#settings [name=max_zooms]", "3")
        ask(page, "What colour is it?")
        page.click(".box[data-view='2'] .frame", timeout=WAIT)
        page.click("#steps >> text=Choose another box")
        left = int(page.input_value("#editor [name=left]"))
        right = int(page.input_value("#editor [name=right]"))
        top = int(page.input_value("#editor [name=top]"))
        page.mouse.move(*from_original(page, (left + right) / 2, top + 100))
        page.mouse.down()
        page.mouse.move(*from_original(page, (left + right) / 2 + 300, top + 100), steps=3)
        gate.open.set()
        the_answer(page)
        assert page.locator(".box").count() == 3
        page.mouse.move(*from_original(page, (left + right) / 2 + 900, top + 100), steps=3)
        page.mouse.up()
        moved = int(page.input_value("#editor [name=left]"))
        assert abs(moved - left - 900) < 10
        assert page.evaluate("document.activeElement.matches('.editing .body')")
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.matches('.step[aria-current]')")


def test_the_current_step_shows_its_view_in_place(browser: Any, picture: Path):
    with (
        page_server(policy=scripted(TWO_ZOOMS, ANSWER)) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        the_answer(page)
        shown = page.locator("#steps .details img")
        assert shown.count() == 0
        page.click(".box[data-view='3'] .frame")
        assert current(page).startswith("View 3")
        assert shown.get_attribute("alt") == "View 3 as it was seen"
        until(lambda: page.evaluate("document.querySelector('.details img').naturalWidth > 0"))
        thumbnail = page.locator(".step[aria-current] img").bounding_box()
        assert shown.bounding_box()["width"] > 2 * thumbnail["width"]
        page.keyboard.press("ArrowUp")
        assert shown.get_attribute("alt") == "View 2 as it was seen"
        page.keyboard.press("Home")
        # the first view is of the whole image
        assert page.locator("#steps >> text=Choose another box").count() == 0


def test_a_place_of_the_evidence_is_pointed_at(browser: Any, picture: Path):
    with (
        page_server(policy=scripted(ZOOM, ANSWER)) as client,
        open_page(browser, client.entrance, size=PHONE) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        the_answer(page)
        page.click(".evidence button")
        pointed = page.locator("rect.evidence.selected")
        assert pointed.count() == 1
        box = pointed.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PHONE[1]  # it was scrolled to


def test_long_reasoning_is_folded_up(browser: Any, picture: Path):
    policy = scripted(f"<think>{LONG}</think><answer>A. red</answer>")
    with (
        page_server(policy=policy) as client,
        open_page(browser, client.entrance, size=PHONE) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        the_answer(page)
        said = page.locator("#answer .said")
        assert said.is_hidden()
        page.click("text=Its reasoning")
        assert said.inner_text().strip() == LONG.strip()
        assert serious_violations(page) == []


def test_a_file_over_the_limit_is_not_sent(browser: Any, picture: Path):
    with (
        page_server(policy=scripted(ANSWER)) as client,
        open_page(browser, client.entrance) as page,
    ):
        page.route("**/api/setup", lambda route: route.fulfill(json=with_limit(client, 2000)))
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        page.reload()
        page.locator("#upload-limit").get_by_text("up to 2 kB").wait_for(timeout=WAIT)
        page.set_input_files("#file", picture)
        page.wait_for_selector("#image-problem", timeout=WAIT)
        assert "the limit is 2 kB" in page.inner_text("#image-problem")
        assert not any(url.endswith("/api/images") for url in sent)


def with_limit(client: Browser, limit: int) -> dict[str, Any]:
    """What the server says of itself, with another limit of uploads."""
    return {**client.get("/api/setup").json(), "max_upload_bytes": limit}


def test_answers_are_compared_with_what_they_cost(browser: Any, picture: Path):
    with (
        page_server(policy=scripted(ZOOM, ANSWER, "<answer>B. blue</answer>")) as client,
        open_page(browser, client.entrance) as page,
    ):
        open_upload(page, picture)
        ask(page, "What colour is it?")
        the_answer(page)
        assert page.locator("#earlier").is_hidden()
        ask(page, "And the other?")
        page.locator("#answer-text").get_by_text("B. blue", exact=True).wait_for(timeout=WAIT)
        entries = page.locator("#runs button").all_inner_texts()
        assert [entry.splitlines()[:4] for entry in entries] == [
            ["✓", "B. blue", "And the other?", "2400x1800.png"],
            ["✓", "A. red", "What colour is it?", "2400x1800.png"],
        ]
        assert "vision tokens, 1 view, " in entries[0]
        assert "vision tokens, 2 views" in entries[1]
        assert "B. blue" in page.locator("#runs [aria-current=true]").inner_text()
