"""What is told of an episode while it runs: one source for the terminal, MCP and who listens."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import ErgoVisionTool, VisionSettings, aask, ask
from ergo_agent.apps.mcp.progress import reporting
from ergo_agent.episode.events import NextDecided, PageOpened, VisionEvent, listening
from ergo_agent.graphs import create_vision_graph
from ergo_agent.report.progress import Progress
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
STAYS = "neither a box nor an answer"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2000, 1500), name="page.png")


def lines(events: list[VisionEvent], **given: Any) -> list[str]:
    progress = Progress(**given)
    return [line for line in map(progress.take, events) if line is not None]


def test_the_lines_of_an_answer_that_is_verified(page: Path):
    heard: list[VisionEvent] = []
    with listening(heard.append):
        ask(page, "What?", policy=scripted(ZOOM, ANSWER, ANSWER), verify=True)
    told = lines(heard, max_vision_tokens=5120)
    assert [line.partition(" (")[0] for line in told if line.startswith("turn")] == [
        "turn 1: asks to see a region closer",
        "turn 2: answers",
        "turn 3: asked again from a crop alone, answers",
    ]
    views = [line for line in told if line.startswith("view")]
    assert views[0].startswith("view 1: the whole image, shown at 1148x840; 1,230 of 5,120 vision")
    assert [line.partition(":")[0] for line in views] == ["view 1", "view 2", "view 3"]


def test_every_way_to_ask_is_heard_alike(page: Path):
    """`ask`, `aask` in a task, the tool, and the graph's own stream: the same events."""
    tool = ErgoVisionTool(policy=scripted(ZOOM, ANSWER), allowed_roots=[page.parent])

    async def in_a_task() -> None:
        await asyncio.create_task(aask(page, "What?", policy=scripted(ZOOM, ANSWER)))

    ways = (
        lambda: ask(page, "What?", policy=scripted(ZOOM, ANSWER)),
        lambda: asyncio.run(in_a_task()),
        lambda: tool.invoke({"image": "page.png", "question": "What?"}),
    )
    told: list[list[str]] = []
    for way in ways:
        heard: list[VisionEvent] = []
        with listening(heard.append):
            way()
        told.append([_timeless(line) for line in lines(heard)])
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER), settings=VisionSettings())
    given = {"image": str(page), "question": "What?"}
    streamed = list(graph.stream(given, stream_mode="custom"))
    told.append([_timeless(line) for line in lines(streamed)])
    assert told[0]
    assert told == [told[0]] * 4


def _timeless(line: str) -> str:
    return line.partition(" s,")[0].rpartition("(")[0] if line.startswith("turn") else line


def test_nobody_is_told_after_the_block(page: Path):
    heard: list[VisionEvent] = []
    with listening(heard.append):
        pass
    ask(page, "What?", policy=scripted(ANSWER))
    assert heard == []


def test_the_pages_of_a_document_are_told(page: Path):
    heard: list[VisionEvent] = []
    policy = scripted("<answer></answer><not_found/>")
    with listening(heard.append):
        ask([page, page], "What?", policy=policy, max_pages=1)
    told = lines(heard)
    assert told[0] == "surveyed 2 pages"
    assert [each.page for each in heard if isinstance(each, PageOpened)] == [1]
    assert told[1].startswith("page 1 of 2: opened (")
    assert told[2].startswith("page 1, view 1: the whole page, shown at ")
    assert told[3].startswith("page 1, turn 1: says that it is not there (")


def test_a_last_question_says_why():
    decided = NextDecided(turn=1, next="last_question", stop_reason="max_zooms")
    progress = Progress()
    spent = {"type": "tokens_spent", "turn": 1, "vision_tokens": 5, "max_vision_tokens": 9}
    counted = {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0, "seconds": 0.25}
    assert progress.take({**spent, **counted}) is None
    assert progress.take(decided) == (
        "turn 1: has to answer, because the zooms allowed were used up (0.2 s)"
    )
    assert progress.take({"type": "somebody else's"}) is None


def test_an_end_without_a_usable_reply_is_not_told_as_a_finding(page: Path):
    heard: list[VisionEvent] = []
    with listening(heard.append):
        ask(page, "What?", policy=scripted(STAYS))
    told = lines(heard)
    assert ": no usable reply (" in told[-1]
    assert not [line for line in told if "not there" in line]


async def test_a_client_is_told_every_line_before_the_call_returns(page: Path):
    told: list[tuple[float, float | None, str]] = []

    async def report(step: float, total: float | None, line: str) -> None:
        await asyncio.sleep(0.01)  # slower than the episode
        told.append((step, total, line))

    async with reporting(report):
        await aask(page, "What?", policy=scripted(STAYS, ZOOM, ANSWER))
    assert [step for step, _, _ in told] == [1, 2, 3, 4, 5]
    assert told[1][2].startswith("turn 1: no usable reply")
    assert told[-1][2].startswith("turn 3: answers")
