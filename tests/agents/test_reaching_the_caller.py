"""A question asked inside another graph: what goes through to that graph, and what does not."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import GraphDrained
from langgraph.graph import START, StateGraph
from langgraph.runtime import RunControl, get_runtime
from langgraph.store.memory import InMemoryStore
from typing_extensions import TypedDict

from ergo_agent import ErgoVisionTool, aask, ask, create_vision_graph
from ergo_agent.episode.events import MoveDecided, TokensSpent, ViewMade, read_event
from ergo_agent.errors import SettingsError
from ergo_agent.policies.base import Policy
from tests.support.pictures import save_picture
from tests.support.scripted import ScriptedModel, scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
EVENTS = [ViewMade, TokensSpent, MoveDecided, ViewMade, TokensSpent, MoveDecided]


class State(TypedDict, total=False):
    said: str
    after: str


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2000, 1500), name="page.png")


def asking(page: Path, policy: Policy, **settings: Any) -> Callable[..., State]:
    return lambda _: {"said": str(ask(page, "q", policy=policy, **settings).answer)}


def calling(page: Path, policy: Policy) -> Callable[..., State]:
    tool = ErgoVisionTool(policy=policy, allowed_roots=[page.parent])
    return lambda _: {"said": tool.invoke({"image": "page.png", "question": "q"}).splitlines()[0]}


def async_asking(page: Path, policy: Policy) -> Callable[..., Any]:
    async def look(_: State) -> State:
        return {"said": str((await aask(page, "q", policy=policy)).answer)}

    return look


def async_calling(page: Path, policy: Policy) -> Callable[..., Any]:
    tool = ErgoVisionTool(policy=policy, allowed_roots=[page.parent])

    async def look(_: State) -> State:
        said = await tool.ainvoke({"image": "page.png", "question": "q"})
        return {"said": said.splitlines()[0]}

    return look


def graph_of(look: Callable[..., Any], **compiled: Any):
    graph = StateGraph(State)
    graph.add_node("look", look)
    graph.add_node("report", lambda state: {"after": f"It is {state['said']}."})
    graph.add_edge(START, "look")
    graph.add_edge("look", "report")
    return graph.compile(**compiled)


@pytest.mark.parametrize("subgraphs", [(), ("too",)])
@pytest.mark.parametrize("way", [asking, calling])
def test_its_events_come_with_the_callers_custom_stream_each_once(
    page: Path, way: Callable[..., Any], subgraphs: tuple[str, ...]
):
    graph = graph_of(way(page, scripted(ZOOM, ANSWER)))
    chunks = graph.stream({}, stream_mode="custom", subgraphs=bool(subgraphs))
    events = [chunk[1] if subgraphs else chunk for chunk in chunks]
    assert [type(read_event(event)) for event in events] == EVENTS


@pytest.mark.parametrize("way", [async_asking, async_calling, asking])
async def test_also_asynchronously(page: Path, way: Callable[..., Any]):
    graph = graph_of(way(page, scripted(ZOOM, ANSWER)))
    events = [event async for event in graph.astream({}, stream_mode="custom")]
    assert [type(read_event(event)) for event in events] == EVENTS


class Tree(BaseCallbackHandler):
    """Which runs began below which."""

    def __init__(self) -> None:
        self.names: dict[Any, str] = {}
        self.parents: dict[Any, Any] = {}

    def on_chain_start(self, *_: Any, **run: Any) -> None:
        self.names[run["run_id"]] = run.get("name") or ""
        self.parents[run["run_id"]] = run.get("parent_run_id")

    def on_tool_start(self, serialized: dict[str, Any], *_: Any, **run: Any) -> None:
        self.on_chain_start(**{**run, "name": serialized["name"]})

    def on_chat_model_start(self, *_: Any, **run: Any) -> None:
        self.on_chain_start(**{**run, "name": "model"})

    def above(self, name: str) -> list[list[str]]:
        """The names of the runs above each run of a name, the innermost first."""
        found = []
        for run, called in self.names.items():
            if called == name:
                path, at = [], self.parents[run]
                while at is not None:
                    path.append(self.names[at])
                    at = self.parents[at]
                found.append(path)
        return found


@pytest.mark.parametrize("way", [asking, calling, async_asking, async_calling])
async def test_callbacks_hear_of_its_models_below_the_node_that_asked(
    page: Path, way: Callable[..., Any]
):
    heard = Tree()
    graph = graph_of(way(page, scripted(ZOOM, ANSWER)), checkpointer=InMemorySaver())
    config = {"callbacks": [heard], "configurable": {"thread_id": "1"}}
    assert (await graph.ainvoke({}, config))["after"] == "It is A. red."
    above = heard.above("model")
    assert len(above) == 2
    for path in above:
        assert path[:2] == ["policy", "coarse_to_fine"]
        assert path[-2:] == ["look", "LangGraph"]
        assert ("look_at_image" in path) == (way in (calling, async_calling))


class Waiting(ScriptedModel):
    """Never replies; says when it was asked, and when that was cancelled."""

    asked: Any = None
    cancelled: Any = None

    async def _agenerate(self, *_: Any, **__: Any) -> Any:  # noqa: ANN401
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()


def waiting() -> tuple[Policy, Waiting]:
    model = Waiting(replies=[], asked=asyncio.Event(), cancelled=asyncio.Event())
    return Policy(model, scripted().dialect), model


@pytest.mark.parametrize("way", [async_asking, async_calling])
async def test_cancelling_the_caller_cancels_it(page: Path, way: Callable[..., Any]):
    policy, model = waiting()
    graph = graph_of(way(page, policy), checkpointer=InMemorySaver())
    run = asyncio.create_task(graph.ainvoke({}, {"configurable": {"thread_id": "1"}}))
    await asyncio.wait_for(model.asked.wait(), 60)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    await asyncio.wait_for(model.cancelled.wait(), 60)


async def events_of(page: Path, policy: Policy) -> None:
    graph = create_vision_graph(policy=policy)
    async for _ in graph.astream({"image": str(page), "question": "q"}, stream_mode="custom"):
        pass


@pytest.mark.parametrize("way", [async_asking, async_calling, events_of])
async def test_so_does_a_web_server_that_cancels_its_scope(page: Path, way: Callable[..., Any]):
    """It does so in every turn of the loop, also while what is cancelled cleans up."""
    policy, model = waiting()
    asked = way(page, policy)
    async with anyio.create_task_group() as scope:
        scope.start_soon(asked if callable(asked) else lambda _: asked, {})
        await asyncio.wait_for(model.asked.wait(), 60)
        scope.cancel_scope.cancel()
    await asyncio.wait_for(model.cancelled.wait(), 60)


@pytest.mark.parametrize("way", [asking, calling])
def test_the_callers_store_is_not_its_own(page: Path, way: Callable[..., Any]):
    def of_the_store(_: list[BaseMessage]) -> str:
        return f"<answer>{get_runtime().store}</answer>"

    graph = graph_of(way(page, scripted(of_the_store)), store=InMemoryStore())
    assert graph.invoke({})["said"] == "None"


@pytest.mark.parametrize("way", [asking, calling])
def test_a_caller_that_is_to_stop_has_its_answer_first(page: Path, way: Callable[..., Any]):
    """Nothing of a guest is kept: stopped halfway, it would be paid for again."""
    control = RunControl()

    def stopping(_: list[BaseMessage]) -> str:
        control.request_drain("the machine is needed")
        return ZOOM

    graph = graph_of(way(page, scripted(stopping, ANSWER)), checkpointer=InMemorySaver())
    config = {"configurable": {"thread_id": "1"}}
    with pytest.raises(GraphDrained, match="needed"):
        graph.invoke({}, config, control=control)
    assert graph.get_state(config).values == {"said": "A. red"}
    assert graph.invoke(None, config)["after"] == "It is A. red."


def test_nobody_can_be_asked_about_its_zooms(page: Path):
    """A caller that waits would ask it anew afterwards, and each answer of a person went astray."""
    look = asking(page, scripted(ZOOM, ANSWER), review_zooms=True)
    graph = graph_of(look, checkpointer=InMemorySaver())
    with pytest.raises(SettingsError, match="review_zooms needs a checkpointer"):
        graph.invoke({}, {"configurable": {"thread_id": "1"}})
