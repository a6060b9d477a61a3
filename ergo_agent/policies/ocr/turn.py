"""How a page is turned and slanted, and the frame in which its lines run left to right.

The *reading frame* of a view is the view after some quarter turns, rotated about its upper left
corner until the lines are level, in pixels of the view's size. Layout and finder know only this
frame; boxes go back to view pixels by `Turn.to_view`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ergo_agent.layout.text import Box

__all__ = ["UPRIGHT", "Turn"]


@dataclass(frozen=True)
class Turn:
    """What brings a view upright."""

    quarters: int = 0
    """Counter-clockwise quarter turns, 0 to 3."""
    slant: float = 0.0
    """Radians by which lines go down to the right after that."""

    def upright(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The pixels of a view after the quarter turns."""
        return np.ascontiguousarray(np.rot90(pixels, self.quarters))

    def level(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Points after the quarter turns, of shape (..., 2), in the reading frame."""
        sine, cosine = math.sin(self.slant), math.cos(self.slant)
        return np.asarray(points @ np.array([[cosine, -sine], [sine, cosine]]), dtype=np.float32)

    def corner(self, place: Box, width: float, height: float) -> tuple[float, float]:
        """Where in a page's reading frame that of a crop begins.

        Args:
            place: What the crop shows, in pixels of the page's view.
            width: Of the page's view, in pixels.
            height: Of the page's view, in pixels.
        """
        beside = place.left, place.top, width - place.right, height - place.bottom
        corner = beside[self.quarters], beside[(self.quarters + 1) % 4]
        across, down = self.level(np.array(corner))
        return float(across), float(down)

    def to_view(self, box: Box, width: float, height: float) -> Box:
        """The upright bounds of a box of the reading frame, in view pixels, cut to the view.

        Args:
            box: In the reading frame.
            width: Of the view, in pixels.
            height: Of the view, in pixels.
        """
        left, top, right, bottom = box
        back = Turn(slant=-self.slant)
        x, y = back.level(np.array([(left, top), (right, top), (right, bottom), (left, bottom)])).T
        x, y = [(x, y), (width - y, x), (width - x, height - y), (y, height - x)][self.quarters]
        x, y = np.clip(x, 0, width), np.clip(y, 0, height)
        return Box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))


UPRIGHT = Turn()
