"""What every side asks, and the only replies that the server may give to it.

Replies are fixed by structured output, a zoom and then an answer, so that every side has the same
work done.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.views.geometry import Size
from ergo_agent.views.view import View

__all__ = ["ANSWER", "BOX", "QUESTION", "ZOOM", "FixedReplies", "Words", "words"]

QUESTION = "What is written in the corner?"
BOX = (240, 180, 440, 330)
"""Left, top, right, bottom in pixels of the coarse view."""
ZOOM = f"<think>there</think><zoom>[{BOX[0]}, {BOX[1]}, {BOX[2]}, {BOX[3]}]</zoom>"
ANSWER = "<think>read</think><answer>nothing</answer>"


class FixedReplies(ErgoDialect):
    """ERGO's dialect with one reply for each stage."""

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> str:  # noqa: ARG002
        """The only reply that the server may give."""
        return _pattern(ZOOM) if stage == "observe" else _pattern(ANSWER)


class Words(NamedTuple):
    """Texts and patterns of both calls, for a loop that knows nothing of this library."""

    system: str
    observe: str
    zoomed: str
    zoom_pattern: str
    answer_pattern: str


def words(view_budget: int) -> Words:
    """What `FixedReplies` says in the two turns of an episode."""
    dialect = FixedReplies()
    terms = Terms(VisionSettings(view_budget=view_budget), dialect.token_rule)
    view = plan_coarse(Size(4000, 3000), page=1, terms=terms)
    return Words(
        dialect.system_prompt(),
        dialect.ask(QUESTION, [view], stage="observe"),
        dialect.ask(QUESTION, [view, view], stage="zoomed"),
        _pattern(ZOOM),
        _pattern(ANSWER),
    )


def _pattern(reply: str) -> str:
    return reply.replace("[", r"\[").replace("]", r"\]")
