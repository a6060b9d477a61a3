"""The report of a run, as a download; and what a large image and a long run come to."""

import sys
from pathlib import Path

import pytest

from benchmarks.memory import ANSWER as WRITTEN
from benchmarks.memory import QUESTION, draw_page
from tests.support.episodes import CROWDED, HOSTILE, crowded_policy, save_noise
from tests.support.html import links_of, named, parsed, text_of, with_class
from tests.support.local_page import Browser, Gate, page_process, page_server
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"

PEAK = 1_300_000_000
"""Bytes: 400 MB are the decoded pixels, and as many the models. It was 1.05 GB."""


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800), name="Räum 1.png")


def test_it_is_a_file_that_needs_nothing_else(picture: Path):
    with page_server(policy=scripted(ZOOM, ANSWER)) as browser:
        answer = browser.upload(picture.read_bytes(), name="R%C3%A4um%201.png")
        run = browser.ask(answer.json()["image"], "What colour is it?")
        browser.events(run)
        report = browser.get(f"/api/runs/{run}/report")
    assert report.status_code == 200
    assert report.headers["content-type"] == "text/html; charset=utf-8"
    assert report.headers["content-disposition"] == (
        "attachment; filename=\"ergo-R-um-1.html\"; filename*=UTF-8''ergo-R%C3%A4um%201.html"
    )
    root = parsed(report.text)
    assert all(link.startswith(("data:image/", "#turn-")) for link in links_of(root))
    assert len(with_class(root, "view")) == 2
    words = text_of(root)
    assert "What colour is it?" in words
    assert "A. red" in words
    assert "Räum 1.png" in words


def test_a_run_that_goes_on_has_none(picture: Path):
    gate = Gate(ANSWER)
    with page_server(policy=scripted(gate)) as browser:
        run = browser.ask(browser.image(picture))
        assert gate.asked.wait(60)
        refused = browser.get(f"/api/runs/{run}/report")
        assert refused.status_code == 409
        assert "wait for its end" in refused.json()["error"]
        browser.delete(f"/api/runs/{run}")
        assert browser.get(f"/api/runs/{run}/report").status_code == 409
        gate.open.set()


def test_markup_in_names_and_replies_stays_text(picture: Path):
    with page_server(policy=scripted(f"<answer>{HOSTILE}</answer>")) as browser:
        name = "<script>alert(3)<%2Fscript>.png"
        image = browser.upload(picture.read_bytes(), name=name).json()["image"]
        run = browser.ask(image, HOSTILE)
        browser.events(run)
        root = parsed(browser.get(f"/api/runs/{run}/report").text)
    assert not any("alert" in text_of(script) for script in named(root, "script"))
    assert "<script>alert(1)</script>" in text_of(root)
    assert "<script>alert(3)<" not in text_of(root)  # of a path, only the last part is a name


def test_fifty_views_are_told_and_reported_in_less_than_5_mb(tmp_path: Path):
    with page_server(policy=crowded_policy()) as browser:
        image = browser.image(save_noise(tmp_path, side=4000))
        run = browser.ask(image, settings=CROWDED)
        events = browser.events(run)
        report = browser.get(f"/api/runs/{run}/report")
    made = [event.data["number"] for event in events if event.name == "view_made"]
    assert sorted(made) == list(range(1, 51))
    zooms = [event.data["zoom"] for event in events if event.data.get("next") == "zoom"]
    assert zooms == list(range(1, 14))
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert events[-1].name == "done"
    assert len(report.content) < 5_000_000
    assert len(with_class(parsed(report.text), "view")) == 50


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells another process's own peak")
def test_100_megapixels_are_shown_and_asked_about_in_bounded_memory(tmp_path: Path):
    path = draw_page(tmp_path / "page.jpg", side=10_000)
    with page_process() as process, Browser(process.url) as browser:
        answer = browser.upload(path.read_bytes(), name=path.name)
        assert (answer.json()["width"], answer.json()["height"]) == (10_000, 10_000)
        image = answer.json()["image"]
        for side in (400, 2048, 4096):
            shown = browser.get(f"/api/images/{image}/1/picture?side={side}")
            assert shown.status_code == 200
        run = browser.ask(image, QUESTION)
        last = browser.events(run)[-1]
        assert last.name == "done"
        assert WRITTEN in str(last.data["result"]["answer"])
        fork = browser.events(browser.fork(run, [0, 0, 900, 900]))
        assert fork[-1].name == "done"
        assert browser.get(f"/api/runs/{run}/report").status_code == 200
        peak = peak_of(process.pid)
    assert 300e6 < peak < PEAK


def peak_of(pid: int) -> int:
    """Most bytes that a process has held at once."""
    status = (Path("/proc") / str(pid) / "status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
