"""Demonstrations for supervised training: finished episodes whose answers were right."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ergo_agent.episode.record import ImageFacts
from ergo_agent.training.rewards import Match
from ergo_agent.views.view import View

__all__ = ["Demonstration", "Exported", "Said", "export_demonstrations", "read_demonstrations"]


class Said(BaseModel):
    """One turn of a demonstration."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    question: str
    """The text of the user turn, as sent."""

    views: tuple[View, ...]
    """The views that came with it, before the text."""

    reply: str
    """What the policy is to learn to say."""


class Demonstration(BaseModel):
    """A conversation to learn from; its views are made again from the image."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    image: str
    """Path of the image; a relative one starts at the file's folder."""

    facts: ImageFacts
    question: str
    answers: tuple[str, ...]
    system: str | None
    turns: tuple[Said, ...]


class Exported(NamedTuple):
    """What came of a run."""

    kept: int
    dropped: dict[str, int]
    """How many records were left out, by reason."""


def export_demonstrations(
    run: str | os.PathLike[str], to: str | os.PathLike[str], *, match: Match | None = None
) -> Exported:
    """Write the right ones among a run's episodes as demonstrations; blocking.

    Args:
        run: JSONL, or a folder with `records.jsonl`: each line with `record`, `answers`, `image`.
        to: The JSONL to write.
        match: Compares two answers; `same` when left out.

    Raises:
        SettingsError: If a line is none, with its number; or a file cannot be read or written.
    """
    raise NotImplementedError


def read_demonstrations(path: str | os.PathLike[str]) -> Iterator[Demonstration]:
    """Read back what `export_demonstrations` wrote.

    Raises:
        SettingsError: If it cannot be read, or a line is none.
    """
    raise NotImplementedError
