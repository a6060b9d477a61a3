"""The verify node: ask for the answer again from its crops alone, and say whether it is confirmed.

Each look is a step of its own, so that one that was replied to is not paid for again.
"""

import time
from typing import Any

from langchain_core.runnables import RunnableConfig

from ergo_agent.dialects.messages import reply_end, reply_text
from ergo_agent.episode.episode import Episode, Next, read_episode
from ergo_agent.episode.events import tell_next, tell_turn, tell_view
from ergo_agent.episode.ledger import reported_tokens
from ergo_agent.episode.moves import Answer, Move
from ergo_agent.episode.state import as_json
from ergo_agent.episode.terms import Terms
from ergo_agent.episode.turn import Turn
from ergo_agent.episode.verification import plan_check, settled
from ergo_agent.errors import ContextOverflowError
from ergo_agent.graphs.policy_node import PolicyNode
from ergo_agent.graphs.question import Questions
from ergo_agent.graphs.replies import Outcome, ReplyReader
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy
from ergo_agent.tools import create_zoom_tool
from ergo_agent.tools.base import call_tool
from ergo_agent.views.view import PlacedBox, View

__all__ = ["VerifyNode"]


class VerifyNode:
    """Takes one look at an answer's crops."""

    def __init__(
        self, policy: Policy, *, terms: Terms, maker: ViewMaker, asking: PolicyNode
    ) -> None:
        """Wire the node.

        Args:
            policy: Whom to ask.
            terms: What an episode is bound by.
            maker: Makes the crops.
            asking: Asks the policy, under the deadline.
        """
        self._policy = policy
        self._terms = terms
        self._zoom = create_zoom_tool(maker)
        self._asking = asking
        self._questions = Questions(policy.dialect, terms)
        self._replies = ReplyReader(policy.dialect, terms)

    async def __call__(self, state: dict[str, Any], config: RunnableConfig) -> dict[str, Any]:
        """Run the node."""
        episode = read_episode(state)
        first = episode.next.answer or Answer(text=None)
        left = episode.seconds_left(self._terms.settings)
        planned = plan_check(episode, first, budget=episode.budget(self._terms))
        if planned is None or (left is not None and left <= 0):
            return self._ended(episode, first, verified=False)
        clock = time.perf_counter()
        crop = await self._shown(planned, episode, config)
        turn = await self._asked(crop, episode, config)
        after = episode.model_copy(
            update={"views": (*episode.views, crop), "turns": (*episode.turns, turn)}
        )
        ledger = after.ledger(self._terms)
        tell_turn(turn, number=len(after.turns), ledger=ledger, page=after.facts.page)
        done = settled(first, after.checks)
        if done is None:
            decided = Next(do="verify", answer=first)
        else:
            decided = Next(do="answer", answer=done.answer, verified=done.verified)
        tell_next(after, decided, stop=episode.stop_reason)
        return {
            "views": [as_json(crop)],
            "turns": [as_json(turn)],
            "timings": [["verify", time.perf_counter() - clock]],
            "next": as_json(decided),
        }

    def _ended(self, episode: Episode, answer: Answer, *, verified: bool) -> dict[str, Any]:
        """End without a look."""
        decided = Next(do="answer", answer=answer, verified=verified)
        tell_next(episode, decided, stop=episode.stop_reason)
        return {"next": as_json(decided)}

    async def _shown(self, planned: View, episode: Episode, config: RunnableConfig) -> View:
        """The crop, made."""
        digest, source = episode.facts.digest, episode.source
        arguments = {"image": digest, "view": as_json(planned), "source": source}
        crop: View = await call_tool(self._zoom, arguments, config)
        tell_view(crop)
        return crop

    async def _asked(self, crop: View, episode: Episode, config: RunnableConfig) -> Turn:
        """Ask about a crop as if it were all there is, and by its pixels."""
        alone = crop.model_copy(update={"number": 1, "parent": None})
        only: dict[str, Any] = {"views": (alone,), "turns": (), "trusted_layer": False}
        sent = episode.model_copy(update={**only, "next": Next(do="verify")})
        asked = self._questions.last(sent)
        clock = time.perf_counter()
        try:
            reply = await self._asking.reply(sent, asked, config)
        except ContextOverflowError:
            reply = None  # what cannot be asked confirms nothing
        seconds = time.perf_counter() - clock
        read = Outcome(Next(do="answer"))
        if reply is not None:
            reply, read = self._replies.understood(reply, sent, asked)
        return Turn(
            stage="last",
            question=asked.text,
            check=True,
            views=(crop.number,),
            reply=None if reply is None else reply_text(reply),
            record=None if reply is None else self._policy.dialect.record(reply),
            move=_of_view(read.move, crop.number),
            repairs=read.repairs,
            error=read.error,
            ended=None if reply is None else reply_end(reply),
            seconds=seconds,
            paid={crop.number: crop.tokens},
            **reported_tokens(reply),
        )


def _of_view(move: Move | None, number: int) -> Move | None:
    """A move whose boxes name the view by its number in the whole episode."""
    if move is None:
        return None
    boxes = tuple(PlacedBox(box.box, number) for box in move.boxes)
    return move.model_copy(update={"boxes": boxes})
