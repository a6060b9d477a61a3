"""A state that somebody made up, through `update_state` or as an input: a typed error, or a run."""

import copy
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, Overwrite, StateSnapshot

from ergo_agent import VisionSettings, create_vision_graph
from ergo_agent.errors import ErgoError, QuestionError, StateError
from ergo_agent.graphs import VisionGraph
from tests.support.graph_runs import ANSWER, ZOOM
from tests.support.scripted import scripted

CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
GROWING = ("views", "turns", "reviews", "timings")
JUNK: list[Any] = [
    *(None, True, 0, 5, -1, 1e308, float("nan"), 2**53, "", "x", "\ud800"),
    *([], {}, [5], [None], [[]], [{}], {"a": 1}, [{"number": None}], [{"number": "1"}]),
]


def begun(page: Path, *, review: bool) -> VisionGraph:
    """A graph with an episode of one zoom in its checkpointer."""
    graph = create_vision_graph(
        policy=scripted("gibberish", ZOOM, ANSWER),
        settings=VisionSettings(review_zooms=review),
        checkpointer=InMemorySaver(),
    )
    graph.invoke({"image": str(page), "question": "q", "options": ["A. red"]}, CONFIG)
    if review:
        graph.invoke(Command(resume="accept"), CONFIG)
    return graph


def places(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a value, the whole of it first."""
    yield at
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*at, name))


def replaced(value: Any, at: tuple[Any, ...], new: object) -> Any:  # noqa: ANN401
    if not at:
        return new
    changed = copy.deepcopy(value)
    inside = changed
    for name in at[:-1]:
        inside = inside[name]
    inside[at[-1]] = new
    return changed


def made_up(snapshot: StateSnapshot, junk: Iterator[Any]) -> Iterator[dict[str, Any]]:
    """An update for each place in a state, with something else in it."""
    for name, value in snapshot.values.items():
        for at in places(value):
            changed = replaced(value, at, next(junk))
            yield {name: Overwrite(changed) if name in GROWING else changed}


@pytest.mark.parametrize("review", [(), ("review",)])
def test_whatever_stands_anywhere_in_it(page: Path, review: tuple[str, ...]):
    graph = begun(page, review=bool(review))
    junk, refused = cycle(JUNK), 0
    history = [each for each in graph.get_state_history(CONFIG) if each.values.get("views")]
    assert len(history) > 5
    for snapshot in history:
        for update in made_up(snapshot, junk):
            try:
                graph.invoke(None, graph.update_state(snapshot.config, update))
            except ErgoError:
                refused += 1
    assert refused > 300


@pytest.mark.parametrize("node", ["observe", "policy", "review", "zoom"])
@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("new", [5, None, "x", {}, [5], [None], [{"number": "one"}]])
def test_what_cannot_be_added(page: Path, node: str, name: str, new: object):
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=InMemorySaver())
    graph.invoke({"image": str(page), "question": "q"}, CONFIG)
    before = next(each for each in graph.get_state_history(CONFIG) if each.next == ("policy",))
    with pytest.raises(StateError, match="this is no state of an episode"):
        graph.invoke(None, graph.update_state(before.config, {name: new}, as_node=node))


def test_one_for_a_thread_that_never_began():
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=InMemorySaver())
    with pytest.raises(StateError, match=r"question = .*Field required"):
        graph.update_state(CONFIG, {"next": {"do": "zoom"}}, as_node="policy")


@pytest.mark.parametrize("given", [5, "a question", [], [("image", "page.png")], 1.5, object()])
async def test_an_input_that_is_no_dict(given: Any):  # noqa: ANN401
    graph = create_vision_graph(policy=scripted(ANSWER))
    with pytest.raises(StateError, match="give a dict with an image and a question"):
        graph.invoke(given)
    with pytest.raises(StateError, match="give a dict with an image and a question"):
        await graph.ainvoke(given)


@pytest.mark.parametrize("options", [5, "ab", None, [5], [None], {"A": "red"}])
def test_options_that_are_no_texts(page: Path, options: Any):  # noqa: ANN401
    graph = create_vision_graph(policy=scripted(ANSWER))
    with pytest.raises(QuestionError, match=r"options=.*give a list of texts"):
        graph.invoke({"image": str(page), "question": "q", "options": options})


def test_what_an_input_holds_besides_is_not_taken_up(page: Path):
    graph = create_vision_graph(policy=scripted(ANSWER))
    more: dict[str, Any] = dict.fromkeys(("views", "turns", "next", "context", "facts"), 5)
    assert graph.invoke({**more, "image": str(page), "question": "q"})["answer"] == "A. red"
