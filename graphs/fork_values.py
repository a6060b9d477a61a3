"""Which state an episode is forked from, and what is set in it."""

from collections.abc import Sequence

from langgraph.types import Overwrite, StateSnapshot

from ergo_agent._common.text import quoted
from ergo_agent.episode.episode import read_episode
from ergo_agent.episode.review import ZoomDecision, regions_of
from ergo_agent.episode.state import Json, as_json
from ergo_agent.errors import SettingsError

__all__ = ["before_zoom", "fork_values"]


def before_zoom(past: Sequence[StateSnapshot], zoom: int) -> StateSnapshot:
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


def fork_values(snapshot: StateSnapshot, decision: ZoomDecision) -> Json:
    """What makes the review node take the decision as it is, without asking anyone."""
    episode = read_episode(snapshot.values)
    regions_of(decision, within=episode.size, at_most=len(decision.boxes))
    decided = episode.next.model_copy(update={"do": "review", "decision": decision})
    # a review that was already carried out belongs to the path that is left
    kept = [review for review in episode.reviews if review.turn < len(episode.turns)]
    return {"next": as_json(decided), "reviews": Overwrite([as_json(review) for review in kept])}
