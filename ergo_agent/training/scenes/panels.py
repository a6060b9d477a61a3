"""Panels: coloured shapes on a page, each with a mark in its middle; drawn pixel by pixel."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from ergo_agent.training.scenes.marks import FIELD, MARK, PERIOD, mark_image
from ergo_agent.views.geometry import Region

__all__ = ["COLOURS", "GROUND", "SHAPES", "Panel", "paint"]

COLOURS = {
    "red": (214, 40, 40),
    "orange": (245, 150, 20),
    "yellow": (240, 225, 60),
    "green": (40, 150, 60),
    "cyan": (60, 210, 225),
    "blue": (35, 70, 200),
    "purple": (130, 50, 160),
    "pink": (245, 145, 190),
}
"""By name, in levels of red, green and blue; apart enough to be told in a few pixels."""

SHAPES = ("square", "disc", "diamond", "cross")
"""Each holds its mark whole."""

GROUND = (236, 236, 232)
"""Of the page."""


class Panel(NamedTuple):
    """One panel."""

    colour: str
    shape: str
    mark: str
    region: Region
    """What it takes up, a square in original pixels."""

    cell: tuple[int, int]
    """Its column and row on the page, from 0."""

    @property
    def field(self) -> Region:
        """The grey field in its middle, its edges on multiples of the hatch's period."""
        return self._middle(FIELD)

    @property
    def hatch(self) -> Region:
        """The hatched part of that, which has to be seen."""
        return self._middle(MARK)

    def _middle(self, side: int) -> Region:
        by = (self.region.size.width - FIELD) // 2 // PERIOD * PERIOD + (FIELD - side) // 2
        left, top = self.region.left + by, self.region.top + by
        return Region(left=left, top=top, right=left + side, bottom=top + side)


def paint(part: Image.Image, panel: Panel, *, at: Region) -> None:
    """Paint what of a panel lies in a part of its page.

    Each pixel goes by its place on the page alone, so that a part drawn by itself is the same as it
    is within the whole.

    Args:
        part: The part, RGB; it is written to.
        panel: The panel.
        at: Where the part lies, in original pixels.
    """
    seen = panel.region.intersection(at)
    if seen is None:
        return
    place = (seen.left - at.left, seen.top - at.top, seen.right - at.left, seen.bottom - at.top)
    shape = None if panel.shape == "square" else _shape(panel, seen)
    part.paste(COLOURS[panel.colour], place, shape)
    field = panel.field  # what of it lies outside is cut by Pillow
    part.paste(mark_image(panel.mark), (field.left - at.left, field.top - at.top))


def _shape(panel: Panel, seen: Region) -> Image.Image:
    """Which pixels of a part of a panel belong to its shape, as a mask of 0 and 255."""
    side, region = panel.region.size.width, panel.region
    # twice the distance of each pixel's middle from the panel's: whole numbers
    columns = np.arange(seen.left - region.left, seen.right - region.left, dtype=np.int32)
    rows = np.arange(seen.top - region.top, seen.bottom - region.top, dtype=np.int32)
    across = np.abs(2 * columns + 1 - side)[None, :]
    down = np.abs(2 * rows + 1 - side)[:, None]
    if panel.shape == "disc":
        inside = across**2 + down**2 <= side**2
    elif panel.shape == "diamond":
        inside = across + down <= side
    else:  # a cross, its arms as wide as half of it
        inside = np.minimum(across, down) <= side // 2
    return Image.fromarray(inside.view(np.uint8) * np.uint8(255))
