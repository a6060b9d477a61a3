"""Tracing never fails, changes or holds up an episode, whatever becomes of the endpoint."""

import logging
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ergo_agent import VisionAnswer, ask
from ergo_agent.tracing import thumbnails
from tests.support.langsmith_endpoint import receiving, traced_to, tracing_environment
from tests.support.scripted import received, scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
SLOW = 20.0
"""Seconds that the slow endpoint takes over each request: far above what an episode takes."""


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> None:
    """The client's threads go on trying after their test, and would complain behind the summary."""
    logging.getLogger("langsmith").setLevel(logging.CRITICAL)


def closed_port() -> str:
    """The address of a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def without_times(answer: VisionAnswer) -> VisionAnswer:
    turns = [turn.model_copy(update={"seconds": 0.0}) for turn in answer.turns]
    return answer.model_copy(update={"timings": {}, "turns": turns})


@pytest.fixture
def untraced(page: Path) -> VisionAnswer:
    return ask(page, "What colour?", policy=scripted(ZOOM, ANSWER))


def test_an_endpoint_that_is_down(page: Path, untraced: VisionAnswer):
    with traced_to(closed_port(), wait=0):
        traced = ask(page, "What colour?", policy=scripted(ZOOM, ANSWER))
    assert without_times(traced) == without_times(untraced)


@pytest.mark.parametrize("status", [401, 422, 429, 500])
def test_an_endpoint_that_refuses(page: Path, untraced: VisionAnswer, status: int):
    with receiving(status=status) as endpoint, traced_to(endpoint.url, wait=1):
        traced = ask(page, "What colour?", policy=scripted(ZOOM, ANSWER))
    assert without_times(traced) == without_times(untraced)
    assert endpoint.requests > 1
    assert not endpoint.runs


def test_a_slow_endpoint_holds_nothing_up(page: Path, untraced: VisionAnswer):
    with receiving(seconds=SLOW) as endpoint, traced_to(endpoint.url, wait=0):
        started = time.monotonic()
        traced = ask(page, "What colour?", policy=scripted(ZOOM, ANSWER))
        seconds = time.monotonic() - started
    assert without_times(traced) == without_times(untraced)
    assert seconds < SLOW


def test_an_endpoint_that_is_no_address(page: Path):
    """Not even a wrong setting ends a user's process."""
    program = (
        "from ergo_agent import ask; from tests.support.scripted import scripted; "
        f"print(ask({str(page)!r}, 'q', policy=scripted({ANSWER!r})).answer)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env=tracing_environment("nonsense"),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "A. red"


def test_an_image_without_a_thumbnail_is_a_line(page: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(thumbnails, "open_original", broken)
    monkeypatch.setattr(thumbnails, "_made", thumbnails.Recent(1000, size=len))
    policy = scripted(ANSWER)
    with receiving() as endpoint, traced_to(endpoint.url):
        ask(page, "What colour?", policy=policy)
    (run,) = endpoint.of_kind("llm")
    image, _ = run["inputs"]["messages"][0][-1]["kwargs"]["content"]
    assert image["text"].endswith("left out of the trace]")
    assert len(received(policy)) == 1


def test_a_failing_tracer_is_only_logged(
    page: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("cannot upload")

    monkeypatch.setattr("langsmith.run_trees.RunTree.post", broken)
    with receiving() as endpoint, traced_to(endpoint.url), caplog.at_level(logging.WARNING):
        answer = ask(page, "What colour?", policy=scripted(ZOOM, ANSWER))
    assert answer.answer == "A. red"
    assert "cannot upload" in caplog.text
