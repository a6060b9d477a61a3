"""The frames in which model families write boxes, and the maps to view pixels and back."""

import math
from typing import Literal, NamedTuple

from ergo_agent.errors import RegionError
from ergo_agent.views.geometry import Region, Size, ViewBox, ViewMap

__all__ = ["PIXELS", "THOUSANDTHS", "BoxFrame", "Boxed", "Frame"]

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
        box = box.as_floats()
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


BoxFrame = Literal["thousandths", "original", "view"]
"""What the edges of a box count:

- `thousandths`: thousandths of the width and height of the image or view that is named, 0 to 1000;
- `original`: pixels of the full-resolution image, whichever view of it is named;
- `view`: pixels of the view that is named, at the size at which it was shown.
"""

_FULL = Size(1000, 1000)


class Boxed(NamedTuple):
    """What a box is a part of: an image that was named by itself, or a view of one."""

    original: Size
    """Of the image, in original pixels."""

    view: ViewMap | None = None
    """Where the view lies, and the size at which it was shown; None for the image by itself."""

    def region(self, box: ViewBox, *, frame: BoxFrame) -> Region:
        """A box as a region of the original.

        Swapped corners are put in order, and what hangs over the border is cut.

        Args:
            box: In the frame.
            frame: What the edges count.

        Raises:
            RegionError: If the box is not finite or no part of it lies inside, if it holds
                fractions for thousandths, or if the frame is that of a view and there is none.
        """
        placed, box = self._map(frame), box.as_floats()
        if frame == "thousandths":
            _check_thousandths(box)
        return placed.to_original(box)

    def _map(self, frame: BoxFrame) -> ViewMap:
        whole = Region.whole(self.original)
        if frame == "original":
            return ViewMap(whole, self.original)
        if frame == "thousandths":
            return ViewMap(self.view.region if self.view else whole, _FULL)
        if self.view is None:
            raise RegionError(
                "the frame 'view' counts pixels of a view that a tool showed, and this image is "
                "none; name a view, or give the box in thousandths"
            )
        return self.view


def _check_thousandths(box: ViewBox) -> None:
    """Refuse what `ViewMap` would complain of in pixels, or take for a box of one pixel.

    Raises:
        RegionError: If the box is not finite, lies outside, or holds fractions.
    """
    written = f"the box [{', '.join(f'{edge:.6g}' for edge in box)}]"
    wanted = "in thousandths of the width and height, from 0 to 1000"
    if not all(map(math.isfinite, box)):
        raise RegionError(f"{written} holds a number that is not finite; give four edges {wanted}")
    left, right = sorted((box.left, box.right))
    top, bottom = sorted((box.top, box.bottom))
    if max(left, top) >= max(_FULL) or min(right, bottom) < 0:
        raise RegionError(
            f"{written} lies outside its image; its edges are {wanted}: give a box inside it, or "
            "name another frame if they count pixels"
        )
    if min(left, top) >= 0 and 0 < max(right, bottom) <= 1:
        raise RegionError(
            f"{written} holds fractions of the width and height, from 0 to 1, but its edges are "
            f"{wanted}; multiply each by 1000"
        )
