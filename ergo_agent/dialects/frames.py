"""The frames in which model families write boxes, and the maps to view pixels and back."""

import math
from typing import NamedTuple

from ergo_agent.geometry import Size, ViewBox

__all__ = ["PIXELS", "THOUSANDTHS", "Frame"]

_DECIMALS = 3
"""Kept of an edge in a relative frame: a millionth of the view, finer than any of its pixels."""


class Frame(NamedTuple):
    """What the numbers of a box count."""

    name: str

    side: int | None
    """Length of either side of a view in this frame; None where it is the view's own, in pixels."""

    words: str
    """What a model is told about it, after "left, top, right, bottom"."""

    def edges(self, shown: Size) -> Size:
        """The right and bottom edge of a view shown at `shown`, in this frame."""
        return shown if self.side is None else Size(self.side, self.side)

    def to_pixels(self, box: ViewBox, *, shown: Size) -> ViewBox:
        """A box in this frame, as a model wrote it, in view pixels.

        In a relative frame a box whose edges all lie between 0 and 1 is taken as fractions: read
        as written it would be a thousandth of the view, which nobody means.
        """
        if self.side is None or not all(map(math.isfinite, box)):
            return box
        full = 1 if min(box) >= 0 and 0 < max(box) <= 1 else self.side
        return _scaled(box, shown.width / full, shown.height / full)

    def from_pixels(self, box: ViewBox, *, shown: Size) -> ViewBox:
        """A box in view pixels, in this frame; `to_pixels` turns it back."""
        if self.side is None:
            return box
        moved = _scaled(box, self.side / shown.width, self.side / shown.height)
        return ViewBox(*(round(edge, _DECIMALS) for edge in moved))


PIXELS = Frame("pixels", None, "in pixels of that image")
"""Absolute pixels of the view, as Qwen2.5-VL and so ERGO-7B write them."""

THOUSANDTHS = Frame(
    "thousandths",
    1000,
    "as whole numbers from 0 to 1000, where 0 is the left or top edge of that image and 1000 its "
    "right or bottom edge",
)
"""Thousandths of the view's width and height, as Qwen2-VL, Qwen3-VL and Gemini write them."""


def _scaled(box: ViewBox, across: float, down: float) -> ViewBox:
    return ViewBox(box.left * across, box.top * down, box.right * across, box.bottom * down)
