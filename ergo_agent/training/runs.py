"""Runs: finished episodes with what was right, one a line, wherever they come from.

A line holds `record`, as a `VisionAnswer` writes itself to JSON, and `answers`; and `image`, where
crops are to be made again. The words of an evaluation's `samples.jsonl` are understood, too:
`gold`, `document`, `right`. What else a line holds is not looked at.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from ergo_agent._common.json_lines import Numbered, json_models
from ergo_agent.answer import VisionAnswer
from ergo_agent.errors import SettingsError
from ergo_agent.training.crops import made_crops
from ergo_agent.training.reward import ErgoReward, Scored
from ergo_agent.training.rollout import Rollout, rollout_of

__all__ = ["Finished", "read_run", "rollouts_of_run", "score_run"]

_AT_ONCE = 64
"""Rollouts scored together, so that neither their crops nor a whole run lie in memory."""


class Finished(BaseModel):
    """A line of a run."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    record: VisionAnswer | None
    """What the episode left; None where it failed."""

    answers: tuple[str, ...] = Field(validation_alias=AliasChoices("answers", "gold"))
    """Every right answer; empty where "not found" is right."""

    options: tuple[str, ...] = ()
    """Of a multiple-choice question, as the policy was shown them."""

    right: bool | None = None
    """Whether a scorer has found the policy's answer right; where it has, that counts, and the
    answers are not compared again."""

    image: str | None = Field(default=None, validation_alias=AliasChoices("image", "document"))
    """Path of the image it was about; a relative one starts at the run's folder, or else at the
    working directory."""


def read_run(run: str | os.PathLike[str]) -> Iterator[Numbered[Finished]]:
    """The lines of a run, numbered, each with the whole path of its image.

    Args:
        run: The JSONL file, or a folder in which it is called `records.jsonl` or `samples.jsonl`.

    Raises:
        SettingsError: If it cannot be read, or a line is none, which is named.
    """
    file = Path(run)
    if file.is_dir():
        named = [file / name for name in ("records.jsonl", "samples.jsonl")]
        file = next((each for each in named if each.exists()), named[0])
    for number, line in json_models(file, Finished):
        beside = None if line.image is None else file.parent / line.image
        if beside is not None and beside.exists():
            line = line.model_copy(update={"image": str(beside)})  # noqa: PLW2901
        yield number, line


def rollouts_of_run(run: str | os.PathLike[str], *, crops: bool = True) -> Iterator[Rollout | None]:
    """The rollouts of a run as it is read; None for an episode that failed.

    Args:
        run: As for `read_run`.
        crops: Whether to make the crops again, which the region reward takes.

    Raises:
        SettingsError: As `read_run` raises it; or if a line names no image and there are crops to
            be made.
        ImageError: If an image cannot be read, or is another one.
    """
    for number, line in read_run(run):
        if line.record is None:
            yield None
            continue
        made = None
        if crops:
            if line.image is None:
                raise SettingsError(
                    f"{run}, line {number} names no image; the region reward takes one on each "
                    "line, or score with alpha=0"
                )
            made = made_crops(line.record, *_images(line.record, line.image))
        rollout = rollout_of(line.record, line.answers, options=line.options, crops=made)
        yield rollout.model_copy(update={"right": line.right})


def score_run(run: str | os.PathLike[str], reward: ErgoReward) -> Iterator[Scored]:
    """What each episode of a run is given, in the order of its lines; blocking.

    An episode that failed gets 0, and its `error` says so: none is left out.

    Args:
        run: As for `read_run`.
        reward: How it is scored.

    Raises:
        SettingsError: As `rollouts_of_run` raises it.
        ImageError: Likewise.
    """
    waiting: list[Rollout | None] = []
    for rollout in rollouts_of_run(run, crops=reward.needs_crops):
        waiting.append(rollout)
        if len(waiting) == _AT_ONCE:
            yield from _scored(waiting, reward)
            waiting = []
    yield from _scored(waiting, reward)


def _images(record: VisionAnswer, image: str) -> list[str]:
    """The files that an episode was about; of a folder those that it was asked about."""
    if record.document is None or not Path(image).is_dir():
        return [image]
    return [part.source for part in record.document.parts if part.source and part.digest]


def _scored(rollouts: Sequence[Rollout | None], reward: ErgoReward) -> Iterator[Scored]:
    scored = iter(reward.scored([rollout for rollout in rollouts if rollout is not None]))
    for rollout in rollouts:
        yield _FAILED if rollout is None else next(scored)


_FAILED = Scored(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, error="the episode failed")
