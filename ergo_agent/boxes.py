"""Boxes as a model gives them to a tool, and the regions of the original that they mean."""

import math
from typing import Literal, NamedTuple

from ergo_agent.errors import RegionError
from ergo_agent.geometry import Region, Size, ViewBox, ViewMap

__all__ = ["BoxFrame", "Boxed"]

BoxFrame = Literal["thousandths", "original", "view"]
"""What the edges of a box count:

- `thousandths`: thousandths of the width and height of the image or view that is named, 0 to 1000;
- `original`: pixels of the full-resolution image, whichever view of it is named;
- `view`: pixels of the view that is named, at the size at which it was shown.
"""

_THOUSANDTHS = Size(1000, 1000)


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
        placed = self._map(frame)
        if frame == "thousandths":
            _check_thousandths(box)
        return placed.to_original(box)

    def _map(self, frame: BoxFrame) -> ViewMap:
        whole = Region.whole(self.original)
        if frame == "original":
            return ViewMap(whole, self.original)
        if frame == "thousandths":
            return ViewMap(self.view.region if self.view else whole, _THOUSANDTHS)
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
    if max(left, top) >= max(_THOUSANDTHS) or min(right, bottom) < 0:
        raise RegionError(
            f"{written} lies outside its image; its edges are {wanted}: give a box inside it, or "
            "name another frame if they count pixels"
        )
    if min(left, top) >= 0 and 0 < max(right, bottom) <= 1:
        raise RegionError(
            f"{written} holds fractions of the width and height, from 0 to 1, but its edges are "
            f"{wanted}; multiply each by 1000"
        )
