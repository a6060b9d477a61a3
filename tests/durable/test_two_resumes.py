"""Two runs of one thread at once, in one process: one of them is refused, and none pays twice."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command

from ergo_agent import VisionSettings, create_vision_graph
from ergo_agent.episode.state import VisionState
from ergo_agent.errors import PolicyError, ThreadBusyError
from ergo_agent.graphs import fork_zoom
from ergo_agent.policies.base import Policy
from tests.support.killing import ANSWER, ZOOM
from tests.support.savers import async_saver, saver
from tests.support.scripted import received, scripted

CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
GONE = RuntimeError("gone")


class Waiting:
    """A reply that is given once it may be."""

    def __init__(self) -> None:
        self.asked, self.allowed = threading.Event(), threading.Event()

    def __call__(self, _: list[BaseMessage]) -> str:
        self.asked.set()
        assert self.allowed.wait(60)
        return ANSWER


@pytest.fixture
def kept(where: str) -> Iterator[BaseCheckpointSaver[str]]:
    with saver(where) as opened:
        yield opened


@pytest.fixture
async def kept_async(where: str) -> AsyncIterator[BaseCheckpointSaver[str]]:
    async with async_saver(where) as opened:
        yield opened


def given(page: Path) -> dict[str, Any]:
    return {"image": str(page), "question": "q"}


def graph_of(policy: Policy, kept: BaseCheckpointSaver[str], **settings: Any):
    return create_vision_graph(
        policy=policy, settings=VisionSettings(**settings), checkpointer=kept
    )


def parent_of(policy: Policy, kept: BaseCheckpointSaver[str]):
    parent = StateGraph(VisionState)
    parent.add_node("look", create_vision_graph(policy=policy))
    parent.add_edge(START, "look")
    return parent.compile(checkpointer=kept)


@pytest.mark.parametrize("made", [graph_of, parent_of])
def test_of_two_that_go_on_at_once_one_is_refused(
    page: Path, kept: BaseCheckpointSaver[str], made: Callable[..., Any]
):
    with pytest.raises(PolicyError, match="gone"):
        made(scripted(ZOOM, GONE), kept).invoke(given(page), CONFIG)
    reply = Waiting()
    policy = scripted(reply)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(made(policy, kept).invoke, None, CONFIG)
        assert reply.asked.wait(60)
        with pytest.raises(ThreadBusyError, match="another run of this thread has not ended"):
            made(policy, kept).invoke(None, CONFIG)
        reply.allowed.set()
        assert first.result(60)["answer"] == "A. red"
    assert made(policy, kept).invoke(None, CONFIG)["answer"] == "A. red"  # finds nothing to do
    assert len(received(policy)) == 1


@pytest.mark.parametrize("made", [graph_of, parent_of])
async def test_so_is_one_that_runs_asynchronously(
    page: Path, kept_async: BaseCheckpointSaver[str], made: Callable[..., Any]
):
    with pytest.raises(PolicyError, match="gone"):
        await made(scripted(ZOOM, GONE), kept_async).ainvoke(given(page), CONFIG)
    policy = scripted(ANSWER, seconds=0.01)
    graph = made(policy, kept_async)
    ends = await asyncio.gather(
        *(graph.ainvoke(None, CONFIG) for _ in range(5)), return_exceptions=True
    )
    answers = [end["answer"] for end in ends if isinstance(end, dict)]
    assert answers == ["A. red"]
    assert sum(isinstance(end, ThreadBusyError) for end in ends) == 4
    assert len(received(policy)) == 1


def test_a_person_who_accepts_twice_accepts_one_zoom(page: Path, kept: BaseCheckpointSaver[str]):
    reply = Waiting()
    policy = scripted(ZOOM, reply)
    graph = graph_of(policy, kept, review_zooms=True)
    graph.invoke(given(page), CONFIG)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(graph.invoke, Command(resume="accept"), CONFIG)
        assert reply.asked.wait(60)
        with pytest.raises(ThreadBusyError):
            graph.invoke(Command(resume="accept"), CONFIG)
        with pytest.raises(ThreadBusyError):
            graph.invoke(given(page), CONFIG)  # nor may another question replace it
        reply.allowed.set()
        assert len(first.result(60)["result"]["views"]) == 2
    assert len(received(policy)) == 2


def test_other_threads_and_forks_are_not_held_up(page: Path, kept: BaseCheckpointSaver[str]):
    reply = Waiting()
    policy = scripted(ZOOM, reply, ANSWER)
    graph = graph_of(policy, kept)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(graph.invoke, given(page), CONFIG)
        assert reply.asked.wait(60)
        other: RunnableConfig = {"configurable": {"thread_id": "2"}}
        assert graph.invoke(given(page), other)["answer"] == "A. red"
        forked = fork_zoom(graph, CONFIG, boxes=[[500, 500, 900, 900]])
        assert graph.invoke(None, forked)["answer"] == "A. red"
        reply.allowed.set()
        assert first.result(60)["answer"] == "A. red"


async def test_a_stream_that_was_left_holds_nothing_up(
    page: Path, kept_async: BaseCheckpointSaver[str]
):
    policy = scripted(ZOOM, ANSWER)
    graph = graph_of(policy, kept_async, review_zooms=True)
    async for chunk in graph.astream(given(page), CONFIG, stream_mode="updates"):
        if "__interrupt__" in chunk:
            break
    assert (await graph.ainvoke(Command(resume="accept"), CONFIG))["answer"] == "A. red"
    assert len(received(policy)) == 2


def test_nor_does_one_that_was_left_in_a_thread(page: Path, kept: BaseCheckpointSaver[str]):
    graph = graph_of(scripted(ZOOM, ANSWER), kept, review_zooms=True)
    for chunk in graph.stream(given(page), CONFIG, stream_mode="updates"):
        if "__interrupt__" in chunk:
            break
    stream = graph.stream(Command(resume="accept"), CONFIG)
    next(stream)
    with pytest.raises(ThreadBusyError, match="close what it streams"):
        graph.invoke(Command(resume="accept"), CONFIG)
    stream.close()
    assert graph.invoke(None, CONFIG)["answer"] == "A. red"
