"""What the nodes say in the custom stream; the events themselves are in `ergo_agent.events`."""

from typing import Literal

from ergo_agent.budget import Ledger
from ergo_agent.dialects.base import Zoom
from ergo_agent.events import MoveDecided, TokensSpent, ViewMade, emit
from ergo_agent.result import StopReason, Turn, View
from ergo_agent.state import Episode, Next

__all__ = ["report_move", "report_turn", "report_view"]

_MOVES: dict[str, Literal["zoom", "review", "answer", "ask_again", "last_question"]] = {
    "zoom": "zoom",
    "review": "review",
    "answer": "answer",
    "repair": "ask_again",
    "last": "last_question",
}


def report_view(view: View) -> None:
    """Say that a view was made."""
    emit(ViewMade(**view.model_dump()))


def report_turn(turn: Turn, *, number: int, ledger: Ledger) -> None:
    """Say what a turn cost.

    Args:
        turn: The question that was just replied to.
        number: Its number within the episode, from 1.
        ledger: What was spent, this turn included.
    """
    emit(
        TokensSpent(
            turn=number,
            vision_tokens=ledger.spent,
            max_vision_tokens=ledger.max_vision_tokens,
            input_tokens=turn.input_tokens,
            output_tokens=turn.output_tokens,
            cached_tokens=turn.cached_tokens,
            seconds=turn.seconds,
        )
    )


def report_move(
    episode: Episode,
    decided: Next,
    *,
    stop: StopReason | None,
    by: Literal["policy", "person"] = "policy",
) -> None:
    """Say what comes next.

    Args:
        episode: With the turn that it was decided on.
        decided: What comes next.
        stop: Why the zooming ended, if it did.
        by: Who decided.
    """
    move = episode.turns[-1].move
    answer = decided.answer
    wanted = move.reasoning if isinstance(move, Zoom) else ""
    emit(
        MoveDecided(
            turn=len(episode.turns),
            by=by,
            move=_MOVES[decided.do],
            regions=[crop.region for crop in decided.crops],
            answer=None if answer is None else answer.text,
            reasoning=wanted if answer is None else answer.reasoning,
            stop_reason=stop,
            error=decided.error or None,
        )
    )
