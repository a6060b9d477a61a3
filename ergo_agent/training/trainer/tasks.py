"""What a policy is asked in training, by number: scenes that are drawn, or one's own questions."""

import io
import os
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple, Protocol

from ergo_agent.errors import SettingsError
from ergo_agent.training.examples import Example, read_examples
from ergo_agent.training.scenes import FAMILIES, scenes
from ergo_agent.views.geometry import Region, Size

__all__ = ["FileTasks", "SceneTasks", "Task", "Tasks"]

_DRAWN = 64
"""Scenes kept as bytes: those of one step, each asked for once a rollout."""


class Task(NamedTuple):
    """One question, and what is right."""

    image: str | bytes
    """Path of the image, or its bytes."""

    question: str
    answers: tuple[str, ...]
    """Every right answer; empty where "not found" is right."""

    page: int = 1
    needed: Region | None = None
    """What has to be seen, in original pixels, where that is known."""


class Tasks(Protocol):
    """Tasks by number."""

    def __len__(self) -> int:
        """How many there are."""

    def __getitem__(self, number: int, /) -> Task:
        """The task of a number: the same one each time."""


class FileTasks:
    """The questions of a JSONL file, as `read_examples` reads it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Read the file.

        Raises:
            SettingsError: If it cannot be read, a line is no example, or there is none.
        """
        self._examples: list[Example] = list(read_examples(path))
        if not self._examples:
            raise SettingsError(f"{path} holds no example; give one a line")

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, number: int, /) -> Task:
        one = self._examples[number]
        return Task(one.image, one.question, one.answers, one.page, one.box)


class SceneTasks:
    """Drawn scenes: nothing is read, and none is like another."""

    def __init__(
        self,
        count: int,
        *,
        seed: int = 0,
        families: Sequence[str] = FAMILIES,
        size: Size | None = None,
        start: int = 0,
    ) -> None:
        """Say which scenes.

        Args:
            count: How many.
            seed: Of all of them.
            families: Kinds of question, in turn.
            size: Of a scene, in original pixels; that of `make_scene` when left out.
            start: Number of the first, so that what is measured on was not trained on.

        Raises:
            SettingsError: If there is no such family, or the size is out of range.
        """
        self._count, self._seed, self._start = count, seed, start
        self._families = tuple(families)
        self._size = {} if size is None else {"size": size}
        self._task = lru_cache(_DRAWN)(self._drawn)
        self[0]

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int, /) -> Task:
        return self._task(number)

    def _drawn(self, number: int) -> Task:
        stream = scenes(
            self._seed, families=self._families, start=self._start + number, **self._size
        )
        scene = next(islice(stream, 1))
        file = io.BytesIO()
        scene.image().save(file, "PNG", compress_level=1)  # for a few minutes, not for a disk
        return Task(file.getvalue(), scene.question, scene.answers, needed=scene.needed)
