"""What a reward is given: one rollout, that is an episode and what the right answer was."""

from collections.abc import Sequence
from typing import Any, Protocol

from langchain_core.messages import AIMessage
from pydantic import BaseModel, ConfigDict

from ergo_agent.dialects import choose_dialect
from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.moves import Answer
from ergo_agent.episode.record import Record
from ergo_agent.episode.turn import Turn
from ergo_agent.errors import StateError
from ergo_agent.images import EncodedView
from ergo_agent.views.view import View

__all__ = ["Rollout", "RolloutSource", "rollout_of"]


class Rollout(BaseModel):
    """One episode as its rewards see it, sampled in training or finished long ago."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    question: str
    """As it was asked, options included."""

    answers: tuple[str, ...] | None = None
    """Every right answer; empty where "not found" is right, None where it is not known."""

    answer: str | None
    """What the policy answered; None for "not found", and where it never answered (`answered`)."""

    answered: bool = True
    """Whether it ended with an answer, "not found" included."""

    views: tuple[View, ...]
    """All that the policy was shown, in order, in original pixels of their pages; views of a check
    of the answer are none of it."""

    strict: tuple[bool, ...]
    """Of each reply of the policy in order, whether it has its dialect's own form."""

    unreadable: bool = False
    """Whether a reply could not be read; that ends a rollout in training, and costs it every
    reward."""

    crops: tuple[EncodedView, ...] | None = None
    """The crops among `views`, in order, encoded exactly as the policy was shown them; None where
    nobody has made them, and then the region cannot be judged."""

    @property
    def cropped(self) -> tuple[View, ...]:
        """The views that are crops, in order."""
        return tuple(view for view in self.views if not view.is_coarse)


class RolloutSource(Protocol):
    """What a trainer's environment has to offer for `Reward.__call__`."""

    def rollout(self, completion: Any, completion_ids: Sequence[int]) -> Rollout:  # noqa: ANN401
        """The rollout that has just ended.

        Args:
            completion: What was said after the prompt, as TRL hands it to a reward: a list of
                messages.
            completion_ids: Its tokens, as they were sampled.
        """


def rollout_of(
    record: Record,
    answers: Sequence[str] | None,
    *,
    dialect: Dialect | None = None,
    crops: Sequence[EncodedView] | None = None,
) -> Rollout:
    """The rollout that a finished episode was.

    Args:
        record: What the episode left.
        answers: Every right answer; empty where "not found" is right, None where it is not known.
        dialect: What its replies are written in; that of the record's policy when left out.
        crops: Its crops in order, as `made_crops` makes them; needed only for the region reward.

    Raises:
        StateError: If a number of crops is given that the record does not have.
        SettingsError: If the record's policy names a dialect that is unknown here.
    """
    dialect = dialect or choose_dialect(record.policy.rpartition("/")[2], model=None)
    said = [turn for turn in record.turns if not turn.check]
    checked = {number for turn in record.turns if turn.check for number in turn.views}
    views = tuple(view for view in record.views if view.number not in checked)
    shown = sum(not view.is_coarse for view in views)
    if crops is not None and len(crops) != shown:
        raise StateError(f"{len(crops)} crops were given for a record with {shown}; give them all")
    last = said[-1].move if said else None
    return Rollout(
        question=record.question,
        answers=None if answers is None else tuple(answers),
        answer=record.answer,
        answered=isinstance(last, Answer),
        views=views,
        strict=tuple(_is_strict(turn, views, dialect) for turn in said),
        unreadable=any(turn.move is None for turn in said),
        crops=None if crops is None else tuple(crops),
    )


def _is_strict(turn: Turn, views: Sequence[View], dialect: Dialect) -> bool:
    """Whether a reply has its dialect's own form; one that was asked for again has not."""
    if turn.reply is None or turn.move is None or turn.second_question:
        return False
    known = [view for view in views if view.number <= max(turn.views, default=len(views))]
    replayed = dialect.replay(turn.reply, record=turn.record, error=None)
    reply = next((each for each in replayed if isinstance(each, AIMessage)), AIMessage(turn.reply))
    return dialect.is_strict(reply, turn.move, known)
