"""One's own questions to train on: JSONL with an image, a question, its answers, maybe a box."""

import os
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from ergo_agent.views.geometry import Region

__all__ = ["Example", "read_examples"]


class Example(BaseModel):
    """A question about an image, and what is right."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    image: str
    """Path of the image; a relative one starts at the file's folder."""

    question: str
    answers: tuple[str, ...]
    """Every right answer; empty where "not found" is right."""

    box: Region | None = None
    """What has to be seen, in original pixels: `[left, top, right, bottom]`."""

    page: int = 1


def read_examples(path: str | os.PathLike[str]) -> Iterator[Example]:
    """The examples of a file, line by line.

    Raises:
        SettingsError: If it cannot be read, or a line is no example; it names the line and what was
            expected.
    """
    raise NotImplementedError
