"""Boxes between the frame of a dialect and the pixels of the view they belong to."""

import math
from collections.abc import Sequence

from ergo_agent.episode.moves import Move, Zoom
from ergo_agent.errors import ReplyFormatError
from ergo_agent.views.frames import Frame
from ergo_agent.views.geometry import Size, ViewBox
from ergo_agent.views.view import PlacedBox, View

__all__ = ["in_frame", "in_pixels"]


def in_pixels(move: Move, *, frame: Frame, views: Sequence[View]) -> Move:
    """A move whose boxes are in a dialect's frame, with its boxes in view pixels.

    Args:
        move: What a reply said.
        frame: The frame it is written in.
        views: All views shown so far.

    Raises:
        ReplyFormatError: If no box of a zoom lies inside its view. In pixels the graph finds that
            out; in any other frame its complaint would be about numbers that the model never wrote.
    """
    if frame.side is None:
        return move
    sizes = _sizes(views)
    scaled = [
        PlacedBox(frame.to_pixels(box, shown=sizes[view]), view)
        for box, view in move.boxes
        if view in sizes
    ]
    boxes = [placed for placed in scaled if all(map(math.isfinite, placed.box))]  # 1e308 scaled up
    if isinstance(move, Zoom) and not any(_touches(box, sizes[view]) for box, view in boxes):
        written = ", ".join(f"{edge:.6g}" for edge in move.boxes[0].box)
        raise ReplyFormatError(
            f"the box [{written}] lies outside its image, whose edges go from 0 to {frame.side}; "
            "give a box inside it"
        )
    return move.model_copy(update={"boxes": tuple(boxes)})


def in_frame(move: Move, *, frame: Frame, views: Sequence[View]) -> Move:
    """A move whose boxes are in view pixels, with its boxes in a dialect's frame."""
    if frame.side is None:
        return move
    sizes = _sizes(views)
    boxes = (
        PlacedBox(frame.from_pixels(box, shown=sizes[view]), view)
        for box, view in move.boxes
        if view in sizes
    )
    return move.model_copy(update={"boxes": tuple(boxes)})


def _sizes(views: Sequence[View]) -> dict[int, Size]:
    return {view.number: view.shown for view in views}


def _touches(box: ViewBox, shown: Size) -> bool:
    """Whether any of a box lies inside its view, as `ViewMap.to_original` sees it."""
    left, right = sorted((box.left, box.right))
    top, bottom = sorted((box.top, box.bottom))
    return left < shown.width and top < shown.height and right >= 0 and bottom >= 0
