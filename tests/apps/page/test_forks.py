"""A run that goes on from an earlier zoom with another box."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from PIL import Image

from tests.support.local_page import Browser, Event, Gate, page_server
from tests.support.pictures import save_picture
from tests.support.scripted import image_urls, received, scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
SECOND = '<zoom view="1">[600, 400, 700, 480]</zoom>'
ANSWER = "<answer>A. red</answer>"
OTHER = "<answer>B. blue</answer>"
BOX = [1400, 900, 1680, 1180]


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


def answer_of(events: list[Event]) -> str:
    assert events[-1].name == "done", events[-1]
    answer: str = events[-1].data["result"]["answer"]
    return answer


def regions(events: list[Event]) -> list[list[int]]:
    return [[*view["region"].values()] for view in events[-1].data["result"]["views"][1:]]


def test_it_answers_anew_and_the_run_stays(picture: Path):
    policy = scripted(ZOOM, SECOND, ANSWER, OTHER)
    with page_server(policy=policy) as browser:
        run = browser.ask(browser.image(picture))
        first = browser.events(run)
        fork = browser.fork(run, BOX, zoom=2)
        events = browser.events(fork)
        assert browser.events(run) == first
        assert browser.get(f"/api/runs/{fork}/report").status_code == 200
        for view in events[-1].data["result"]["views"]:
            assert browser.get(f"/api/views/{view['digest']}").status_code == 200
    assert (answer_of(first), answer_of(events)) == ("A. red", "B. blue")
    assert regions(events) == [regions(first)[0], BOX]
    assert len(received(policy)) == 4


def test_its_stream_begins_with_what_it_keeps(picture: Path):
    with page_server(policy=scripted(ZOOM, SECOND, ANSWER, OTHER)) as browser:
        run = browser.ask(browser.image(picture))
        first = browser.events(run)
        events = browser.events(browser.fork(run, BOX, zoom=2))
    kept = [event for event in events if event.data.get("kept")]
    assert [e.id for e in events] == list(range(1, len(events) + 1))
    assert kept == events[: len(kept)]
    assert kept == [e._replace(data={**e.data, "kept": True}) for e in first[: len(kept)]]
    assert (kept[-1].name, kept[-1].data["zoom"], kept[-1].data["by"]) == (
        "next_decided",
        2,
        "policy",
    )
    decided = events[len(kept)]
    assert (decided.name, decided.data["by"], decided.data["zoom"]) == ("next_decided", "person", 2)
    assert [[*region.values()] for region in decided.data["regions"]] == [BOX]


def test_a_fork_is_forked_as_a_run_is(picture: Path):
    third = [0, 0, 280, 280]
    with page_server(policy=scripted(ZOOM, ANSWER, SECOND, OTHER, ANSWER, OTHER)) as browser:
        run = browser.ask(browser.image(picture))
        browser.events(run)
        fork = browser.fork(run, BOX)  # zooms once more by itself
        assert regions(browser.events(fork))[0] == BOX
        again = browser.events(browser.fork(fork, third, zoom=2))
        assert regions(again) == [BOX, third]
        assert [e.data.get("zoom") for e in again if e.data.get("next") == "zoom"] == [1, 1, 2, 2]
        anew = browser.events(browser.fork(fork, third, zoom=1))
        assert regions(anew) == [third]
        # the run itself has no second zoom, whatever its forks have
        refused = browser.post(f"/api/runs/{run}/forks", json={"zoom": 2, "boxes": [BOX]})
    assert refused.status_code == 422
    assert "its zooms are: 1" in refused.json()["error"]


def colour_of_the_newest_view(messages: list[BaseMessage]) -> str:
    data = base64.b64decode(image_urls(messages)[-1].partition(",")[2])
    with Image.open(io.BytesIO(data)) as view:
        red, _, blue = view.convert("RGB").getpixel((view.width // 2, view.height // 2))
    return f"<answer>{'red' if red > blue else 'blue'}</answer>"


def test_what_a_person_points_at_is_what_is_answered_from(tmp_path: Path):
    image = Image.new("RGB", (2400, 1800), "red")
    image.paste("blue", (1200, 0, 2400, 1800))
    image.save(tmp_path / "halves.png")
    with page_server(policy=scripted(ZOOM, colour_of_the_newest_view)) as browser:
        run = browser.ask(browser.image(tmp_path / "halves.png"))
        assert answer_of(browser.events(run)) == "red"
        assert answer_of(browser.events(browser.fork(run, BOX))) == "blue"
        assert answer_of(browser.events(browser.fork(run, [600, 900, 880, 1180]))) == "red"


def test_while_the_run_goes_on(picture: Path):
    gate = Gate(ANSWER)
    policy = scripted(ZOOM, gate, OTHER)
    with page_server(policy=policy) as browser:
        run = browser.ask(browser.image(picture))
        assert gate.asked.wait(60)
        fork = browser.fork(run, BOX)
        assert answer_of(browser.events(fork)) == "B. blue"
        gate.open.set()
        assert answer_of(browser.events(run)) == "A. red"


def test_a_run_that_was_cancelled_can_be_forked(picture: Path):
    gate = Gate(ANSWER)
    with page_server(policy=scripted(ZOOM, gate, OTHER)) as browser:
        run = browser.ask(browser.image(picture))
        assert gate.asked.wait(60)
        browser.delete(f"/api/runs/{run}")
        assert browser.events(run)[-1].name == "cancelled"
        assert answer_of(browser.events(browser.fork(run, BOX))) == "B. blue"
        gate.open.set()


@pytest.fixture(scope="module")
def done(picture: Path) -> Iterator[tuple[Browser, str]]:
    """A server, and a run with one zoom."""
    policy = scripted(ZOOM, ANSWER)
    with page_server(policy=policy) as browser:
        run = browser.ask(browser.image(picture))
        browser.events(run)
        yield browser, run
        assert len(received(policy)) == 2  # no fork was asked about


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"boxes": []}, "boxes: list should have at least 1 item"),
        ({"boxes": [[1, 2, 3]]}, "boxes.0 = "),
        ({"boxes": [[1, 2, 3, 4.5]]}, "boxes.0.3"),
        ({"boxes": "all"}, "boxes"),
        ({"boxes": [[300, 300, 100, 100]]}, "holds nothing of the image"),
        ({"boxes": [[5000, 0, 6000, 100]]}, "holds nothing of the image"),
        ({"boxes": [[0, 0, 2400, 1800]]}, "the box cannot be shown: it was shown already"),
        ({"boxes": [BOX] * 5}, "5 boxes are too many; give at most 4"),
        ({"zoom": 2}, "zoom=2 is no zoom of the episode; its zooms are: 1"),
        ({"zoom": 0}, "zoom"),
    ],
)
def test_a_bad_box_is_refused_at_once(
    done: tuple[Browser, str], asked: dict[str, Any], message: str
):
    browser, run = done
    answer = browser.post(f"/api/runs/{run}/forks", json={"zoom": 1, "boxes": [BOX], **asked})
    assert answer.status_code == 422
    assert message in answer.json()["error"]


def test_so_are_boxes_for_which_too_few_tokens_are_left(picture: Path):
    policy = scripted(ZOOM, ANSWER)
    with page_server(policy=policy) as browser:
        settings = {"max_vision_tokens": 400}  # half of it for the coarse view
        run = browser.ask(browser.image(picture), settings=settings)
        browser.events(run)
        boxes = [[left, top, left + 900, top + 800] for left in (0, 1400) for top in (0, 900)]
        answer = browser.post(f"/api/runs/{run}/forks", json={"zoom": 1, "boxes": boxes})
    assert answer.status_code == 422
    assert "too few vision tokens are left" in answer.json()["error"]
    assert len(received(policy)) == 2
