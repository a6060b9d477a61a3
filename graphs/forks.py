"""Time travel: go back to a zoom of an episode and take another box.

The helpers use nothing but LangGraph's own history: by hand it is

```
before = next(s for s in graph.get_state_history(config) if {"zoom", "review"} & set(s.next))
decision = {"type": "edit", "boxes": [[1200, 340, 1500, 420]]}  # original pixels
values = {"next": {**before.values["next"], "do": "review", "decision": decision}}
fork = graph.update_state(before.config, values, as_node="policy")
graph.invoke(None, fork)
```
"""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.pregel import Pregel
from langgraph.types import StateSnapshot

from ergo_agent._common.text import quoted
from ergo_agent.episode.episode import read_episode
from ergo_agent.episode.review import ZoomDecision, read_decision
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import DecisionError
from ergo_agent.graphs.document_forks import Access, fork_page
from ergo_agent.graphs.document_graph import DocumentGraph
from ergo_agent.graphs.fork_values import before_zoom, fork_values
from ergo_agent.graphs.review_node import crops_of

__all__ = ["acheck_fork", "afork_zoom", "fork_zoom"]


def fork_zoom(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    *,
    boxes: Sequence[Sequence[int]],
    zoom: int = 1,
    page: int | None = None,
) -> RunnableConfig:
    """Fork an episode before one of its zooms, with other boxes; the episode itself stays.

    No reply before the zoom is asked for again. Go on with `graph.invoke(None, returned_config)`.

    Args:
        graph: What `create_vision_graph` or `create_document_graph` returned, with a checkpointer.
        config: Names the thread; with a `checkpoint_id`, only the past of that checkpoint counts,
            else that of the newest one. What lies on another branch of the thread is left alone.
        boxes: What to show instead: left, top, right, bottom in original pixels each.
        zoom: Which zoom of the newest episode in that past, from 1; of a document, of the page.
        page: Of a document, the number of the page that the zoom was of; the page that was answered
            from when left out. What was found on other pages before it, or beside it, stays.

    Returns:
        The config of the fork.

    Raises:
        SettingsError: If the episode has no such zoom, or the document no such page that was looked
            at.
        DecisionError: If a box is malformed or holds nothing of the image. One that cannot be shown
            for another reason, as that too few tokens are left, raises it when the fork is run.
    """
    decision = _decision(boxes)
    if isinstance(graph, DocumentGraph):
        return _driven(fork_page(_blocking(graph), config, decision=decision, zoom=zoom, page=page))
    past: list[StateSnapshot] = []
    at: RunnableConfig | None = config
    while at is not None:
        past.append(graph.get_state(at))
        at = past[-1].parent_config
    snapshot = before_zoom(past, zoom)
    return graph.update_state(snapshot.config, fork_values(snapshot, decision), as_node="policy")


async def afork_zoom(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    *,
    boxes: Sequence[Sequence[int]],
    zoom: int = 1,
    page: int | None = None,
) -> RunnableConfig:
    """Like `fork_zoom`, with an async checkpointer."""
    decision = _decision(boxes)
    if isinstance(graph, DocumentGraph):
        states = Access(graph.aget_state, graph.aupdate_state)
        return await fork_page(states, config, decision=decision, zoom=zoom, page=page)
    snapshot = before_zoom(await _apast(graph, config), zoom)
    values = fork_values(snapshot, decision)
    return await graph.aupdate_state(snapshot.config, values, as_node="policy")


async def acheck_fork(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    *,
    boxes: Sequence[Sequence[int]],
    terms: Terms,
    zoom: int = 1,
) -> None:
    """Refuse boxes that a fork would refuse when it is run; nothing is changed.

    Args:
        graph: As for `fork_zoom`.
        config: As for `fork_zoom`.
        boxes: As for `fork_zoom`.
        terms: Those of the policy with the settings that the graph was made with; what the episode
            began with replaces them.
        zoom: As for `fork_zoom`.

    Raises:
        SettingsError: If the episode has no such zoom.
        DecisionError: If a box is malformed, holds nothing of the image, shows nothing new, or too
            few tokens are left for it.
    """
    decision = _decision(boxes)
    snapshot = before_zoom(await _apast(graph, config), zoom)
    episode = read_episode(snapshot.values)
    own = terms.overridden(snapshot.values.get("context") or {})
    crops_of(decision, episode, terms=own)


async def _apast(graph: Pregel[Any, Any, Any, Any], config: RunnableConfig) -> list[StateSnapshot]:
    """A checkpoint and those that lead to it, newest first.

    LangGraph's own history lists all branches of a thread, and of a checkpoint that is named
    nothing but itself.
    """
    past: list[StateSnapshot] = []
    at: RunnableConfig | None = config
    while at is not None:
        past.append(await graph.aget_state(at))
        at = past[-1].parent_config
    return past


def _blocking(graph: Pregel[Any, Any, Any, Any]) -> Access:
    """The states of a graph whose checkpointer is not async."""

    async def get(config: RunnableConfig) -> StateSnapshot:
        return graph.get_state(config)

    async def update(
        config: RunnableConfig, values: Mapping[str, Any], node: str
    ) -> RunnableConfig:
        return graph.update_state(config, dict(values), as_node=node)

    return Access(get, update)


def _driven(work: Coroutine[Any, Any, RunnableConfig]) -> RunnableConfig:
    """What a coroutine returns that never waits: it runs here, as its checkpointer expects."""
    try:
        work.send(None)
    except StopIteration as done:
        config: RunnableConfig = done.value
        return config
    raise AssertionError("it waits")


def _decision(boxes: Sequence[Sequence[int]]) -> ZoomDecision:
    try:
        listed = [list(box) for box in boxes]
    except TypeError as error:
        raise DecisionError(
            f"boxes={quoted(boxes)} are no boxes; give [[left, top, right, bottom]] in original "
            "pixels"
        ) from error
    return read_decision({"type": "edit", "boxes": listed})
