"""Boxes as an agent's model gives them, and the regions of the original that they mean."""

from typing import Literal

from ergo_agent.agents.views import SeenView
from ergo_agent.dialects.base import Move, PlacedBox, ShownView, Zoom
from ergo_agent.dialects.frames import THOUSANDTHS
from ergo_agent.dialects.placing import in_pixels
from ergo_agent.errors import RegionError
from ergo_agent.geometry import Region, Size, ViewBox, ViewMap

__all__ = ["BoxFrame", "box_in_image", "box_in_view"]

BoxFrame = Literal["thousandths", "original", "view"]
"""What the edges of a box count:

- `thousandths`: thousandths of the width and height of the image or view that is named, 0 to 1000;
- `original`: pixels of the full-resolution image, whichever view of it is named;
- `view`: pixels of the view that is named, at the size at which it was shown.
"""


def box_in_view(box: ViewBox, seen: SeenView, *, frame: BoxFrame) -> Region:
    """A box of a view as a region of its original.

    Raises:
        MoveError: If no part of it lies inside.
    """
    if frame == "original":
        return _in_pixels_of(box, seen.view.original)
    view = seen.shown_view
    return view.map.to_original(_scaled(box, view) if frame == "thousandths" else box)


def box_in_image(box: ViewBox, size: Size, *, frame: BoxFrame) -> Region:
    """A box of an image that was named by itself, as a region of it.

    Args:
        box: In the frame.
        size: Of the image, in original pixels.
        frame: What the edges count.

    Raises:
        MoveError: If no part of it lies inside, or if the frame is that of a view.
    """
    if frame == "view":
        raise RegionError(
            "the frame 'view' counts pixels of a view that a tool showed, and this image is none; "
            "name a view, or give the box in thousandths"
        )
    if frame == "original":
        return _in_pixels_of(box, size)
    view = ShownView(number=1, region=Region.whole(size), shown=size, original=size)
    return view.map.to_original(_scaled(box, view))


def _in_pixels_of(box: ViewBox, size: Size) -> Region:
    return ViewMap(Region.whole(size), size).to_original(box)


def _scaled(box: ViewBox, view: ShownView) -> ViewBox:
    """A box in thousandths of a view, in its pixels."""
    move: Move = Zoom(boxes=(PlacedBox(box, view.number),))
    return in_pixels(move, frame=THOUSANDTHS, views=[view]).boxes[0].box
