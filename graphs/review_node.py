"""The review node: a person is asked about a zoom before it is made.

A node of its own, because LangGraph runs a node that was interrupted again from its beginning: in
the policy's node that would pay for the same reply twice.
"""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import get_runtime
from langgraph.types import interrupt
from pydantic import ValidationError

from ergo_agent.episode.episode import Episode, Next, read_episode, refuse_state
from ergo_agent.episode.events import tell_next
from ergo_agent.episode.moves import Zoom
from ergo_agent.episode.planning import plan_regions
from ergo_agent.episode.review import (
    ZoomDecision,
    ZoomProposal,
    ZoomReview,
    read_decision,
    regions_of,
)
from ergo_agent.episode.state import as_json
from ergo_agent.episode.stopping import REJECTED, not_shown_in_words
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import DecisionError, SettingsError
from ergo_agent.views.view import View

__all__ = ["ReviewNode", "check_waiting", "crops_of"]


class ReviewNode:
    """Asks a person what to do about a zoom, and carries that out."""

    def __init__(self, terms: Terms) -> None:
        """Wire the node.

        Args:
            terms: What an episode is bound by.
        """
        self._terms = terms

    async def __call__(self, state: dict[str, Any], config: RunnableConfig) -> dict[str, Any]:
        """Run the node.

        Raises:
            DecisionError: If a decision in the state itself, as of a fork, cannot be carried out.
            SettingsError: If there is no checkpointer to wait in.
            StateError: If the state is none.
        """
        del config  # as every node has it
        episode = read_episode(state)
        given = episode.next.decision
        if given is None:
            check_waiting()
            decision, crops = self._asked(episode)
        else:
            decision, crops = given, self._crops_of(read_decision(given), episode)
        stop = None if crops else REJECTED
        decided = Next(do="zoom", crops=crops) if crops else Next(do="last_question")
        tell_next(episode, decided, stop=stop, by="person")
        review = ZoomReview(
            turn=len(episode.turns), decision=decision, proposed=_boxes(episode.next.crops)
        )
        return {"next": as_json(decided), "stop_reason": stop, "reviews": [as_json(review)]}

    def _asked(self, episode: Episode) -> tuple[ZoomDecision, tuple[View, ...]]:
        """Ask until there is a decision that can be carried out.

        Each `interrupt` ends the run; when it is resumed, the earlier ones return at once.
        """
        error: str | None = None
        while True:
            value = interrupt(as_json(self._proposal(episode, error)))
            try:
                decision = read_decision(value)
                return decision, self._crops_of(decision, episode)
            except DecisionError as problem:
                error = str(problem)

    def _proposal(self, episode: Episode, error: str | None) -> ZoomProposal:
        move = episode.turns[-1].move
        boxes = _boxes(episode.next.crops)
        try:
            return ZoomProposal(
                question=episode.question,
                image=episode.facts.digest,
                page=episode.facts.page,
                size=episode.size,
                boxes=boxes,
                reasoning=move.reasoning if isinstance(move, Zoom) else "",
                tokens_left=episode.budget(self._terms).remaining,
                max_boxes=self._terms.settings.max_regions,
                error=error,
            )
        except ValidationError as beyond:
            refuse_state("next.crops", boxes, str(beyond.errors(include_url=False)[0]["msg"]))

    def _crops_of(self, decision: ZoomDecision, episode: Episode) -> tuple[View, ...]:
        return crops_of(decision, episode, terms=self._terms)


def crops_of(decision: ZoomDecision, episode: Episode, *, terms: Terms) -> tuple[View, ...]:
    """The crops that follow from a decision; none where the zoom is rejected.

    Args:
        decision: What a person decided.
        episode: As it stands before the zoom.
        terms: What it is bound by.

    Raises:
        DecisionError: If its boxes cannot be shown; it says why.
    """
    if decision.type == "accept":
        return episode.next.crops
    regions = regions_of(decision, within=episode.size, at_most=terms.settings.max_regions)
    if not regions:
        return ()
    budget = episode.budget(terms)
    plan = plan_regions(regions, episode.views, budget=budget)
    if len(plan.crops) < len(regions):
        which = f"of the {len(regions)} boxes only {len(plan.crops)} can"
        why = not_shown_in_words(plan.stop)
        raise DecisionError(
            f"{'the box cannot' if len(regions) == 1 else which} be shown: {why} "
            f"({budget.remaining} vision tokens are left); give other boxes, or fewer"
        )
    return plan.crops


def check_waiting() -> None:
    """Refuse to ask a person where the answer could never arrive: only what is saved can wait.

    Raises:
        SettingsError: If there is no checkpointer.
    """
    run = get_runtime().execution_info
    if run is None or run.thread_id is None:
        raise SettingsError(
            "review_zooms needs a checkpointer, in which the episode waits for the person; give "
            "create_vision_graph(checkpointer=...) and a thread_id, or leave review_zooms out"
        )


def _boxes(crops: tuple[View, ...]) -> list[list[int]]:
    return [list(crop.region.as_tuple()) for crop in crops]
