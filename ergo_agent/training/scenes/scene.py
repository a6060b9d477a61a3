"""One scene: panels on a page, a question about the mark in one of them, and its answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from ergo_agent.views.geometry import Region, Size

__all__ = ["FAMILIES", "HELD_OUT", "SIZE", "Scene", "make_scene", "scenes"]

FAMILIES = ("colour", "crowded", "beside", "absent")
"""Kinds of question: a panel by its colour; by colour and shape among many; by its place beside
another; and one that is not there."""

SIZE = Size(896, 896)
"""In original pixels, where none is given: four times the coarse view across and down."""

HELD_OUT = ("shape", "crowded_held_out", "beside_held_out")
"""Kinds that no policy is trained on."""


@dataclass(frozen=True)
class Scene:
    """A page that is known before it is drawn."""

    seed: int
    number: int
    family: str
    size: Size
    """In original pixels."""

    question: str
    answers: tuple[str, ...]
    """The right answer; empty where "not found" is right."""

    needed: Region | None
    """The mark that has to be seen at full resolution, in original pixels; None without one."""

    target: Region | None
    """The panel that it is in."""

    def image(self) -> Image.Image:
        """The whole page, RGB."""
        raise NotImplementedError

    def drawn(self, region: Region) -> Image.Image:
        """A part of the page alone: the same pixels as `image().crop(region)`, for less."""
        raise NotImplementedError


def make_scene(seed: int, number: int, *, family: str = "colour", size: Size = SIZE) -> Scene:
    """The scene of a seed and a number: the same one each time, and in every process.

    Raises:
        SettingsError: If there is no such family, or the size is out of range.
    """
    raise NotImplementedError


def scenes(
    seed: int,
    *,
    families: Sequence[str] = FAMILIES,
    size: Size = SIZE,
    start: int = 0,
) -> Iterator[Scene]:
    """Scenes without end, the families in turn; `start` skips for nothing.

    Raises:
        SettingsError: As `make_scene` raises it.
    """
    raise NotImplementedError
