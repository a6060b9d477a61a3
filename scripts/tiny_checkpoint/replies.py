"""What the tiny checkpoint is taught to say."""

from ergo_agent.dialects.replies import write_move
from ergo_agent.episode.moves import Answer, Zoom
from ergo_agent.views.geometry import Size, ViewBox
from ergo_agent.views.view import PlacedBox

__all__ = ["EVERY_REPLY", "GREETING", "answer", "around", "middle", "zoom"]

GREETING = "Hello."
"""The reply to a message without any image."""

_KNOWN = "The square is {colour}."
_UNKNOWN = "No square is seen."
_STEP = 14
"""Edges of taught boxes are multiples of this many view pixels, to keep the choice small."""

EVERY_REPLY = (
    GREETING,
    write_move(Answer(text="{colour}", reasoning=_KNOWN)),
    write_move(Answer(text="unknown", reasoning=_UNKNOWN)),
)
"""All wording of the replies, boxes aside."""


def zoom(box: ViewBox, *, view: int, colour: str | None) -> str:
    """A reply that zooms into a box of the last view, whose number is `view`."""
    return write_move(
        Zoom(boxes=(PlacedBox(box, view),), reasoning=_reasoning(colour)), last_view=view
    )


def answer(colour: str | None) -> str:
    """A reply that answers with the square's colour, or that there is no square."""
    return write_move(Answer(text=colour or "unknown", reasoning=_reasoning(colour)))


def middle(shown: Size) -> ViewBox:
    """The middle quarter of a view, in its pixels: where to look if nothing else is known."""
    return around((0.5, 0.5), shown)


def around(centre: tuple[float, float], shown: Size) -> ViewBox:
    """A box that holds a point, half as wide and as high as the view.

    There are nine of them, in steps of a quarter of the view.

    Args:
        centre: The point as fractions of the view's width and height.
        shown: The view's size in view pixels.
    """
    left, top = (
        round(min(max(round(at * 4) - 1, 0), 2) / 4 * side / _STEP) * _STEP
        for at, side in zip(centre, shown, strict=True)
    )
    width, height = (side // 2 // _STEP * _STEP for side in shown)
    return ViewBox(left, top, left + width, top + height)


def _reasoning(colour: str | None) -> str:
    return _KNOWN.format(colour=colour) if colour else _UNKNOWN
