"""Where the labels of boxes stand, so that none covers the words that an answer was read in."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from ergo_agent.views.geometry import Size

__all__ = ["Corner", "Rect", "label_corners", "label_width"]

Corner = Literal["above left", "above right", "below left", "below right"]
"""Outside of a box, at one of its corners."""

_CORNERS: tuple[Corner, ...] = ("above left", "above right", "below left", "below right")

_PHONE = Size(336, 360)
"""The room for a picture on a small phone, in CSS pixels: there a label covers most of it. On a
larger screen it is smaller beside the same corner, so what is free here is free there."""

_HEIGHT, _GAP = 17, 5
"""Of a label, and between it and its box, in CSS pixels; `templates/drawing.html` draws them so."""


class Rect(NamedTuple):
    """A box in percent of a picture's sides; a label may reach beyond them."""

    left: float
    top: float
    right: float
    bottom: float

    def shared(self, other: "Rect") -> float:
        """The area that both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)


def label_width(label: str) -> int:
    """In CSS pixels."""
    return 9 + 8 * len(label)


def label_corners(
    boxes: Sequence[tuple[str, Rect]], proofs: Sequence[Rect], *, picture: Size
) -> list[Corner]:
    """The corner for the label of each box.

    The first that covers nothing of the proofs and of the labels before it, and does not reach
    beyond the picture's left or right edge; where there is none, the one that covers least.

    Args:
        boxes: Each with its label.
        proofs: Where answers were read.
        picture: Size of the picture, in any unit.
    """
    taken: list[Rect] = []
    corners: list[Corner] = []
    for label, box in boxes:
        places = dict(_places(label, box, picture))
        covered = {
            corner: sum(place.shared(each) for each in (*proofs, *taken)) + _beyond(place)
            for corner, place in places.items()
        }
        best = min(_CORNERS, key=covered.__getitem__)
        corners.append(best)
        taken.append(places[best])
    return corners


def _places(label: str, box: Rect, picture: Size) -> Iterator[tuple[Corner, Rect]]:
    """What a label would cover at each corner, on a phone."""
    shown = min(_PHONE.width, _PHONE.height * picture.width / picture.height)
    across, down = 100 / shown, 100 / (shown * picture.height / picture.width)
    width, gap = label_width(label) * across, _GAP * across
    for corner in _CORNERS:
        left = box.left - gap if corner.endswith("left") else box.right + gap - width
        above = corner.startswith("above")
        top = box.top - (_GAP + _HEIGHT) * down if above else box.bottom + _GAP * down
        yield corner, Rect(left, top, left + width, top + _HEIGHT * down)


def _beyond(place: Rect) -> float:
    """How far a label reaches over the left or right edge, beyond the margin that there is."""
    most = 100 * _GAP / _PHONE.width + 1
    return 100 * (max(0.0, -most - place.left) + max(0.0, place.right - 100 - most))
