"""What a reward is given: one rollout, that is an episode and what the right answer was."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from langchain_core.messages import AIMessage
from pydantic import BaseModel, ConfigDict

from ergo_agent.dialects import choose_dialect
from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.moves import Answer
from ergo_agent.episode.record import Record
from ergo_agent.episode.stopping import NO_ANSWER
from ergo_agent.episode.turn import Turn
from ergo_agent.errors import StateError
from ergo_agent.images import EncodedView
from ergo_agent.views.geometry import Region
from ergo_agent.views.view import View

__all__ = ["Rollout", "RolloutSource", "Seen", "own_turns", "own_views", "rollout_of"]


_LETTERED = re.compile(r"\(?([A-Z])[.)]\s+(.*\S)", re.DOTALL)
"""An option and its letter."""


class Rollout(BaseModel):
    """One episode as its rewards see it, sampled in training or finished long ago."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    question: str
    """As it was asked, options included."""

    answers: tuple[str, ...] | None = None
    """Every right answer; empty where "not found" is right, None where it is not known."""

    answer: str | None
    """What the policy itself answered; None for "not found", and where it never answered."""

    right: bool | None = None
    """Whether a scorer has found that answer right; None where nobody has looked, and it is
    compared with the right ones."""

    answered: bool = True
    """Whether it ended with an answer, "not found" included."""

    views: tuple[View, ...]
    """All that the policy was shown, in order; views of a check of the answer are none of it."""

    strict: tuple[bool, ...]
    """Of each reply of the policy in order, whether it has its dialect's own form. One that was
    asked for again has not."""

    unreadable: bool = False
    """Whether it ended on a reply that could not be read; that costs it every reward."""

    needed: Region | None = None
    """What has to be seen to answer, in original pixels of page 1, where that is known. No reward
    of the paper looks at it."""

    crops: tuple[EncodedView, ...] | None = None
    """The crops among `views`, in order, encoded exactly as the policy was shown them; None where
    nobody has made them, and then the region cannot be judged."""

    @property
    def cropped(self) -> tuple[View, ...]:
        """The views that are crops, in order."""
        return tuple(view for view in self.views if not view.is_coarse)

    @property
    def nothing_to_see(self) -> bool:
        """Whether it has no crop, and rightly so: what was asked for is not there."""
        return self.answers == () and not self.cropped


class Seen(NamedTuple):
    """What a reward model said of one rollout's crops."""

    answer: str | None = None
    """Its answer; None for "not found", for a rollout without a crop, and where it failed."""

    error: str | None = None
    """Why it gave none: it failed, hung, or its reply could not be read."""


class RolloutSource(Protocol):
    """What a trainer's environment has to offer for `ErgoReward`."""

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
    options: Sequence[str] = (),
    dialect: Dialect | None = None,
    crops: Sequence[EncodedView] | None = None,
) -> Rollout:
    """The rollout that a finished episode was.

    Args:
        record: What the episode left.
        answers: Every right answer; empty where "not found" is right, None where it is not known.
        options: Of a multiple-choice question, as they were given to `ask`. Where they begin with
            their letters, as `(A) red` or `A. red`, letter and text stand for each other.
        dialect: What its replies are written in; that of the record's policy when left out.
        crops: Its crops in order, as `made_crops` makes them; needed only for the region reward.

    Raises:
        StateError: If another number of crops is given than the record has.
        SettingsError: If the record's policy names a dialect that is unknown here.
    """
    dialect = dialect or choose_dialect(record.policy.rpartition("/")[2], model=None)
    said, views = own_turns(record), own_views(record)
    shown = sum(not view.is_coarse for view in views)
    if crops is not None and len(crops) != shown:
        raise StateError(f"{len(crops)} crops were given for a record with {shown}; give them all")
    last = said[-1].move if said else None
    of_policy = last.text if isinstance(last, Answer) else None
    one_page = record.document is None
    return Rollout(
        question="\n".join([record.question, "Options:", *options]) if options else record.question,
        answers=None if answers is None else _accepted(answers, options),
        answer=of_policy if one_page else record.answer,
        answered=isinstance(last, Answer) if one_page else record.stop_reason not in NO_ANSWER,
        views=views,
        strict=tuple(_is_strict(turn, views, dialect) for turn in said),
        unreadable=one_page and last is None,
        crops=None if crops is None else tuple(crops),
    )


def _accepted(answers: Sequence[str], options: Sequence[str]) -> tuple[str, ...]:
    """The right answers, and of a multiple choice every way to name a right option."""
    accepted = list(answers)
    for option in options:
        named = _LETTERED.match(option)
        if named is not None and (named[1] in answers or named[2] in answers):
            letter, text = named.groups()
            accepted += [letter, f"({letter})", f"{letter}.", f"{letter})", option, text]
    return tuple(dict.fromkeys(accepted))


def own_turns(record: Record) -> tuple[Turn, ...]:
    """What the policy was asked before its answer was checked, in order."""
    return tuple(turn for turn in record.turns if not turn.check)


def own_views(record: Record) -> tuple[View, ...]:
    """What the policy was shown before its answer was checked, in order."""
    checked = {number for turn in record.turns if turn.check for number in turn.views}
    return tuple(view for view in record.views if view.number not in checked)


def _is_strict(turn: Turn, views: Sequence[View], dialect: Dialect) -> bool:
    if turn.reply is None or turn.move is None or turn.second_question:
        return False
    said = dialect.replay(turn.reply, record=turn.record, error=None)
    reply = next((each for each in said if isinstance(each, AIMessage)), AIMessage(turn.reply))
    # what a model thought apart from its reply is part of the move, and not of what it said
    bare = turn.move.model_copy(update={"reasoning": ""})
    return any(dialect.is_strict(reply, move, views) for move in (turn.move, bare))
