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

from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.pregel import Pregel
from langgraph.types import Overwrite, StateSnapshot

from ergo_agent._common.text import quoted
from ergo_agent.episode.episode import read_episode
from ergo_agent.episode.review import ZoomDecision, read_decision, regions_of
from ergo_agent.episode.state import Json, as_json
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import DecisionError, SettingsError
from ergo_agent.graphs.review_node import crops_of

__all__ = ["acheck_fork", "afork_zoom", "fork_zoom"]


def fork_zoom(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    *,
    boxes: Sequence[Sequence[int]],
    zoom: int = 1,
) -> RunnableConfig:
    """Fork an episode before one of its zooms, with other boxes; the episode itself stays.

    No reply before the zoom is asked for again. Go on with `graph.invoke(None, returned_config)`.

    Args:
        graph: What `create_vision_graph` returned, with a checkpointer.
        config: Names the thread; with a `checkpoint_id`, only the past of that checkpoint counts,
            else that of the newest one. What lies on another branch of the thread is left alone.
        boxes: What to show instead: left, top, right, bottom in original pixels each.
        zoom: Which zoom of the newest episode in that past, from 1.

    Returns:
        The config of the fork.

    Raises:
        SettingsError: If the episode has no such zoom.
        DecisionError: If a box is malformed or holds nothing of the image. One that cannot be shown
            for another reason, as that too few tokens are left, raises it when the fork is run.
    """
    decision = _decision(boxes)
    past: list[StateSnapshot] = []
    at: RunnableConfig | None = config
    while at is not None:
        past.append(graph.get_state(at))
        at = past[-1].parent_config
    snapshot = _before_zoom(past, zoom)
    return graph.update_state(snapshot.config, _values(snapshot, decision), as_node="policy")


async def afork_zoom(
    graph: Pregel[Any, Any, Any, Any],
    config: RunnableConfig,
    *,
    boxes: Sequence[Sequence[int]],
    zoom: int = 1,
) -> RunnableConfig:
    """Like `fork_zoom`, with an async checkpointer."""
    decision = _decision(boxes)
    snapshot = _before_zoom(await _apast(graph, config), zoom)
    values = _values(snapshot, decision)
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
    snapshot = _before_zoom(await _apast(graph, config), zoom)
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


def _decision(boxes: Sequence[Sequence[int]]) -> ZoomDecision:
    try:
        listed = [list(box) for box in boxes]
    except TypeError as error:
        raise DecisionError(
            f"boxes={quoted(boxes)} are no boxes; give [[left, top, right, bottom]] in original "
            "pixels"
        ) from error
    return read_decision({"type": "edit", "boxes": listed})


def _before_zoom(past: Sequence[StateSnapshot], zoom: int) -> StateSnapshot:
    """The checkpoint of the newest episode in which a zoom was decided and not yet made.

    Args:
        past: Newest first.
        zoom: Which zoom, from 1.

    Raises:
        SettingsError: If there is no such zoom.
    """
    found: dict[int, StateSnapshot] = {}
    for snapshot in past:
        if "observe" in snapshot.next:
            break  # what lies before is another episode
        if _decides_zoom(snapshot):
            # of forks and reviews of one zoom, the newest: it comes first
            found.setdefault(read_episode(snapshot.values).zooms + 1, snapshot)
    if not isinstance(zoom, int) or zoom not in found:
        there = ", ".join(map(str, sorted(found))) or "none"
        raise SettingsError(
            f"zoom={quoted(zoom)} is no zoom of the episode; its zooms are: {there}"
        )
    return found[zoom]


def _decides_zoom(snapshot: StateSnapshot) -> bool:
    return bool({"zoom", "review"} & set(snapshot.next)) and bool(snapshot.values.get("turns"))


def _values(snapshot: StateSnapshot, decision: ZoomDecision) -> Json:
    """What makes the review node take the decision as it is, without asking anyone."""
    episode = read_episode(snapshot.values)
    regions_of(decision, within=episode.size, at_most=len(decision.boxes))
    decided = episode.next.model_copy(update={"do": "review", "decision": decision})
    # a review that was already carried out belongs to the path that is left
    kept = [review for review in episode.reviews if review.turn < len(episode.turns)]
    return {"next": as_json(decided), "reviews": Overwrite([as_json(review) for review in kept])}
