"""One scene: panels on a page, a question about the mark in one of them, and its answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from PIL import Image

from ergo_agent._common.text import quoted
from ergo_agent.errors import RegionError, SettingsError
from ergo_agent.training.scenes.families import FAMILIES, GRID, HELD_OUT, layout_of
from ergo_agent.training.scenes.marks import MARKS, PERIOD
from ergo_agent.training.scenes.panels import GROUND, Panel, paint
from ergo_agent.views.geometry import Region, Size

__all__ = ["LARGEST", "SIZE", "SMALLEST", "Scene", "make_scene", "scenes"]

SIZE = Size(896, 896)
"""In original pixels, where none is given: shown in 64 vision tokens it is shrunk by four."""

SMALLEST, LARGEST = 896, 8192
"""Shortest and longest side of a scene, in original pixels."""

_SIDES = (0.79, 0.89)
"""Of a cell's shorter side, between which a panel's side lies; at `SIZE` 176 to 200 pixels.
The smallest diamond just holds its mark's field."""

_TRIES = 2**63


@dataclass(frozen=True)
class Scene:
    """A page that is known before it is drawn; it is drawn anew each time."""

    seed: int
    number: int
    family: str
    size: Size
    """In original pixels."""

    question: str
    asked: tuple[str, ...]
    """What of the question tells the panel, for who words it otherwise: `("blue",)`, `("blue",
    "disc")`, `("right of", "blue")`."""

    answers: tuple[str, ...]
    """The right answer, one of `MARKS`; empty where "not found" is right."""

    panels: tuple[Panel, ...]
    """All that is on the page."""

    target: Region | None
    """The panel that is asked for, in original pixels; None where there is none."""

    needed: Region | None
    """Its mark, which has to be seen at full resolution, in original pixels."""

    @property
    def wanted(self) -> Panel | None:
        """The panel that is asked for; None where there is none."""
        return next((panel for panel in self.panels if panel.region == self.target), None)

    def hides_at(self, shown: Size) -> bool:
        """Whether a view of the whole page at this size tells nothing of its marks: at a fourth.

        Args:
            shown: In view pixels.
        """
        return (shown[0] * PERIOD, shown[1] * PERIOD) == self.size

    def image(self) -> Image.Image:
        """The whole page, RGB."""
        return self.drawn(Region.whole(self.size))

    def drawn(self, region: Region) -> Image.Image:
        """A part of the page alone: the same pixels as `image().crop(...)`, without the rest.

        Args:
            region: In original pixels.

        Raises:
            RegionError: If it reaches beyond the page.
        """
        if not Region.whole(self.size).contains(region):
            raise RegionError(
                f"the region {region.as_tuple()} reaches beyond the scene, which is "
                f"{self.size.width}x{self.size.height} pixels; give one inside it"
            )
        part = Image.new("RGB", region.size, GROUND)
        for panel in self.panels:
            paint(part, panel, at=region)
        return part


def make_scene(seed: int, number: int, *, family: str = "colour", size: Size = SIZE) -> Scene:
    """The scene of a seed, a number and a family: the same one each time, and in every process.

    Where panels are and what is asked has nothing to do with which marks they hold: whoever cannot
    see the mark can only guess among `MARKS`.

    Args:
        seed: 0 or more. Keep those of training and evaluation apart.
        number: 0 or more.
        family: One of `FAMILIES`, or of `HELD_OUT`.
        size: Of the page, in original pixels; each side from `SMALLEST` to `LARGEST`.

    Raises:
        SettingsError: If there is no such family, or a number is out of range.
    """
    if family not in (known := (*FAMILIES, *HELD_OUT)):
        raise SettingsError(
            f"there is no family {quoted(family)} of scenes; give one of {', '.join(known)}"
        )
    if not (0 <= seed < _TRIES and 0 <= number < _TRIES):
        raise SettingsError(
            f"seed={quoted(seed)}, number={quoted(number)} name no scene; give 0 or more"
        )
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise SettingsError(
            f"a scene of {quoted(size[0])}x{quoted(size[1])} pixels cannot be made; give sides "
            f"from {SMALLEST} to {LARGEST}"
        )
    random = np.random.default_rng([seed, number, known.index(family)])
    layout = layout_of(family, random)
    places = [_place(placed.cell, Size(*size), random) for placed in layout.panels]
    marks = [MARKS[at] for at in random.integers(len(MARKS), size=len(places))]
    panels = tuple(
        Panel(placed.colour, placed.shape, mark, region, placed.cell)
        for placed, mark, region in zip(layout.panels, marks, places, strict=True)
    )
    wanted = None if layout.target is None else panels[layout.target]
    return Scene(
        seed=seed,
        number=number,
        family=family,
        size=Size(*size),
        question=layout.question,
        asked=layout.asked,
        answers=() if wanted is None else (wanted.mark,),
        panels=panels,
        target=None if wanted is None else wanted.region,
        needed=None if wanted is None else wanted.hatch,
    )


def scenes(
    seed: int, *, families: Sequence[str] = FAMILIES, size: Size = SIZE, start: int = 0
) -> Iterator[Scene]:
    """Scenes without end, the families in turn; each is made when it is asked for.

    Args:
        seed: As for `make_scene`.
        families: The kinds of question.
        size: As for `make_scene`.
        start: Number of the first one; those before it cost nothing, as on a resume.

    Raises:
        SettingsError: As `make_scene` raises it, or if there is no family.
    """
    if not families:
        raise SettingsError(f"no family of scenes was given; give some of {', '.join(FAMILIES)}")
    for number in count(start):
        yield make_scene(seed, number, family=families[number % len(families)], size=size)


def _place(cell: tuple[int, int], size: Size, random: np.random.Generator) -> Region:
    """Where in its cell a panel lies, its edges on multiples of the hatch's period."""
    width, height = size.width // GRID, size.height // GRID
    shortest, longest = (round(share * min(width, height) / PERIOD) for share in _SIDES)
    side = PERIOD * int(random.integers(shortest, longest + 1))
    across, down = ((length - side) // PERIOD for length in (width, height))
    left = PERIOD * (cell[0] * width // PERIOD + int(random.integers(across)))
    top = PERIOD * (cell[1] * height // PERIOD + int(random.integers(down)))
    return Region(left=left, top=top, right=left + side, bottom=top + side)
