"""Panels: coloured shapes on a page, each with a mark in its middle; drawn pixel by pixel."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ergo_agent.training.scenes.marks import MARK, PERIOD, mark_pixels
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
    def middle(self) -> Region:
        """Where its mark is, in original pixels: its edges are on multiples of the period."""
        by = (self.region.size.width - MARK) // 2 // PERIOD * PERIOD
        left, top = self.region.left + by, self.region.top + by
        return Region(left=left, top=top, right=left + MARK, bottom=top + MARK)


def paint(pixels: NDArray[np.uint8], panel: Panel, *, at: Region) -> None:
    """Paint what of a panel lies in a part of its page.

    Each pixel goes by its place on the page alone, so that a part drawn by itself is the same as it
    is within the whole.

    Args:
        pixels: The part, `(height, width, 3)` levels; it is written to.
        panel: The panel.
        at: Where the part lies, in original pixels.
    """
    seen = panel.region.intersection(at)
    if seen is None:
        return
    part = _window(pixels, seen, at)
    if panel.shape == "square":
        part[...] = COLOURS[panel.colour]
    else:
        part[_inside(panel, seen)] = COLOURS[panel.colour]
    marked = panel.middle.intersection(at)
    if marked is not None:
        _window(pixels, marked, at)[...] = _window(mark_pixels(panel.mark), marked, panel.middle)


def _window(pixels: NDArray[np.uint8], region: Region, within: Region) -> NDArray[np.uint8]:
    left, top = within.left, within.top
    return pixels[region.top - top : region.bottom - top, region.left - left : region.right - left]


def _inside(panel: Panel, seen: Region) -> NDArray[np.bool_]:
    """Which pixels of a part of a panel belong to its shape."""
    side, region = panel.region.size.width, panel.region
    # twice the distance of each pixel's middle from the panel's: whole numbers
    across = np.abs(2 * np.arange(seen.left - region.left, seen.right - region.left) + 1 - side)
    down = np.abs(2 * np.arange(seen.top - region.top, seen.bottom - region.top) + 1 - side)
    across, down = across[None, :], down[:, None]
    if panel.shape == "disc":
        inside = across**2 + down**2 <= side**2
    elif panel.shape == "diamond":
        inside = across + down <= side
    else:  # a cross, its arms as wide as half of it
        inside = np.minimum(across, down) <= side // 2
    return np.asarray(inside)
