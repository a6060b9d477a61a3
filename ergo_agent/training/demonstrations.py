"""Demonstrations for supervised training: finished episodes whose answers were right.

Rejection sampling: a policy is asked often, and learns from what came out right. Only what it said
itself and in its dialect's own form is kept, so that the form is learnt, too.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ergo_agent._common.json_lines import json_models
from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects import choose_dialect
from ergo_agent.episode.agreement import same
from ergo_agent.episode.record import ImageFacts
from ergo_agent.errors import SettingsError
from ergo_agent.training.rewards import Match, accuracy_reward, format_reward
from ergo_agent.training.rollout import own_turns, own_views, rollout_of
from ergo_agent.training.runs import Finished, read_run
from ergo_agent.views.view import View

__all__ = ["Demonstration", "Exported", "Said", "export_demonstrations", "read_demonstrations"]

_NOT_SAID_SO = frozenset({"fewer_views", "smaller_view", "from_reasoning", "cut"})
"""Of `Turn.repairs`: the policy was sent, or said, something else than the turn holds."""


class Said(BaseModel):
    """One turn of a demonstration."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    question: str
    """The text of the user turn, as sent."""

    views: tuple[View, ...]
    """The views that came with it, before the text."""

    reply: str
    """What the policy is to learn to say, verbatim."""


class Demonstration(BaseModel):
    """A conversation to learn from; its views are made again from the image."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    image: str
    """Path of the image; in a file, a relative one starts at the file's folder."""

    facts: ImageFacts
    question: str
    answers: tuple[str, ...]
    """Every right answer; empty where "not found" is right."""

    policy: str
    """Who said it: the model and the dialect."""

    system: str | None
    """The system message."""

    turns: tuple[Said, ...]


class Exported(NamedTuple):
    """What came of a run."""

    kept: int
    dropped: dict[str, int]
    """How many episodes were left out, by reason."""


def export_demonstrations(
    run: str | os.PathLike[str], to: str | os.PathLike[str], *, match: Match = same
) -> Exported:
    """Write the right ones among a run's episodes as demonstrations; blocking.

    The system message is that of the dialect's own prompts: an episode that was asked in the words
    of a prompts file is none to export.

    Args:
        run: As for `read_run`.
        to: The JSONL to write; it is replaced once all is read.
        match: Compares an answer and a right one.

    Returns:
        How many were kept, and why the others were not: every line is counted.

    Raises:
        SettingsError: If a line is none, with its number; or a file cannot be read or written.
    """
    dropped: dict[str, int] = {}
    kept = 0
    unfinished = Path(f"{os.fspath(to)}.part")
    try:
        with unfinished.open("w", encoding="utf-8") as lines:
            for _, line in read_run(run):
                made = _demonstration(line, match, Path(to).resolve().parent)
                if isinstance(made, Demonstration):
                    lines.write(made.model_dump_json() + "\n")
                    kept += 1
                else:
                    dropped[made] = dropped.get(made, 0) + 1
        unfinished.replace(to)
    except OSError as error:
        raise SettingsError(
            f"{to} cannot be written ({error.strerror or error}); give a file in a folder of yours"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return Exported(kept, dropped)


def read_demonstrations(path: str | os.PathLike[str]) -> Iterator[Demonstration]:
    """Read what `export_demonstrations` wrote, each with the whole path of its image.

    Raises:
        SettingsError: If it cannot be read, or a line is none, which is named.
    """
    for _, line in json_models(path, Demonstration):
        yield line.model_copy(update={"image": str(Path(path).parent / line.image)})


def _demonstration(line: Finished, match: Match, folder: Path) -> Demonstration | str:
    """The demonstration in a line, or why there is none."""
    record = line.record
    if record is None:
        return "failed"
    unfit = _unfit(line, record, match)
    if unfit is not None or line.image is None:
        return unfit or "names no image"
    views = {view.number: view for view in own_views(record)}
    dialect = choose_dialect(record.policy.rpartition("/")[2], model=None)
    return Demonstration(
        image=os.path.relpath(line.image, folder),
        facts=record.image,
        question=record.question,
        answers=line.answers,
        policy=record.policy,
        system=dialect.system_prompt(),
        turns=tuple(
            Said(
                question=turn.question,
                views=tuple(views[number] for number in turn.views),
                reply=turn.reply or "",
            )
            for turn in own_turns(record)
        ),
    )


def _unfit(line: Finished, record: VisionAnswer, match: Match) -> str | None:
    """Why an episode is nothing to learn from; None where it is."""
    rollout = rollout_of(record, line.answers, options=line.options)
    rollout = rollout.model_copy(update={"right": line.right})
    turns = own_turns(record)
    if accuracy_reward(rollout, match=match) < 1:
        return "wrong answer"
    if record.document is not None:
        return "several pages: each was a conversation of its own"
    if any(turn.record is not None for turn in turns):
        return "replies in tool calls"
    if format_reward(rollout) < 1:
        return "a reply not in its dialect's form"
    if record.reviews or any(_NOT_SAID_SO & set(turn.repairs) for turn in turns):
        return "not as the policy saw and said it"
    return None
