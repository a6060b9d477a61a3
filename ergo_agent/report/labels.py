"""Where the label of a box stands: beside it, where it covers least.

`beside` and `least_covering` are the rule of every picture that a label is drawn on, in whatever
frame its boxes are; `label_corners` applies it to the labels of HTML pages, which keep their size
in CSS pixels while the picture below them is shown larger or smaller.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from PIL import Image, ImageStat

from ergo_agent.layout.text import Box
from ergo_agent.views.geometry import Size

__all__ = ["Corner", "Label", "beside", "label_corners", "label_of", "least_covering"]

Corner = Literal["above left", "above right", "left", "right", "below left", "below right"]
"""Outside of a box, at a corner or at the middle of a side."""

_POINTS: dict[Corner, tuple[float, float]] = {
    "above left": (0, 0),
    "above right": (1, 0),
    "left": (0, 0.5),
    "right": (1, 0.5),
    "below left": (0, 1),
    "below right": (1, 1),
}
"""The point of a box that a label stands at, in its width and height from its left upper corner;
the usual one first."""

_PRINT = 16
"""Grey levels of spread within which paper is plain."""

_PHONE, _LAPTOP = Size(336, 360), Size(620, 724)
"""The room for a picture in a report, in CSS pixels: the least there is, and on a laptop."""

_HEIGHT, _GAP = 17, 5
"""Of a label in HTML, and between it and its box, in CSS pixels."""


class Label(NamedTuple):
    """How a label is drawn in HTML: its point in percent of the picture, the rest from there."""

    x: float
    y: float
    left: float
    """CSS pixels from that point, as all that follows."""

    top: float
    width: float
    height: float


def beside(box: Box, size: tuple[float, float], gap: float) -> dict[Corner, Box]:
    """Where a label may stand beside a box, the usual place first; all in one frame.

    Args:
        box: What it names, with its frame.
        size: Width and height of the label.
        gap: Between them, where the label stands above, below or at a side.
    """
    across, down = size
    lefts = {"left": box.left, "right": box.right - across}
    tops = {"above": box.top - gap - down, "below": box.bottom + gap}
    places: dict[Corner, Box] = {}
    for corner in _POINTS:
        side, _, end = corner.rpartition(" ")
        if side:
            left, top = lefts[end], tops[side]
        else:
            left = box.left - gap - across if end == "left" else box.right + gap
            top = box.middle - down / 2
        places[corner] = Box(left, top, left + across, top + down)
    return places


def least_covering(
    places: Sequence[Sequence[Box]],
    *,
    taken: Sequence[Box],
    picture: Size,
    printed: Image.Image | None,
) -> int:
    """The place where a label covers least: the first of those that are as good as each other.

    Above all it lies on nothing that is taken and not beyond the picture; then on as little print
    as may be.

    Args:
        places: What the label would cover at each, in pixels of the picture: several boxes where
            it is shown in several sizes.
        taken: What no label may cover, in pixels of the picture.
        picture: Size of the picture.
        printed: The picture in grey; None where it is not there.
    """
    paper = Box(0, 0, *picture)
    drawn = [
        round(sum(_taken(each, taken) + each.area - each.overlap(paper) for each in place))
        for place in places
    ]
    least = [at for at, covered in enumerate(drawn) if covered == min(drawn)]
    if printed is None or len(least) == 1:
        return least[0]
    return min(least, key=lambda at: sum(_ink(each, paper, printed) for each in places[at]))


def _taken(place: Box, taken: Sequence[Box]) -> float:
    return sum(place.overlap(each) for each in taken)


def _ink(place: Box, paper: Box, printed: Image.Image) -> int:
    """How much is printed in a place, in steps of grey levels."""
    if place.overlap(paper) < 1:
        return 0
    return int(ImageStat.Stat(printed.crop(place.within(paper))).stddev[0] / _PRINT)


def label_corners(
    boxes: Sequence[tuple[str, Box]],
    proofs: Sequence[Box],
    *,
    picture: Size,
    printed: Image.Image | None = None,
) -> list[Corner]:
    """The corner for the label of each box of an HTML page, by `least_covering`.

    It may be drawn at any size between that of a phone and that of a large screen. None reaches
    beyond the picture's left or right edge, where a phone has no room, unless all do.

    Args:
        boxes: Each with its label, in pixels of the picture.
        proofs: Where answers were read, likewise: what no label may cover.
        picture: Size of the picture.
        printed: The picture in grey; None where it is not there.
    """
    scales = [_css_pixel(picture, room) for room in (_PHONE, _LAPTOP)]
    taken: list[Box] = list(proofs)
    corners: list[Corner] = []
    for label, box in boxes:
        sizes = [_html_places(label, box, scale) for scale in scales]
        margin = _GAP * scales[0] + picture.width / 100
        inside = [c for c, place in sizes[0].items() if _fits(place, picture.width, margin)]
        usable = inside or list(_POINTS)
        places = [[size[corner] for size in sizes] for corner in usable]
        best = least_covering(places, taken=taken, picture=picture, printed=printed)
        corners.append(usable[best])
        taken.append(places[best][0])
    return corners


def label_of(label: str, box: Box, corner: Corner) -> Label:
    """How the label of a box is drawn in HTML.

    Args:
        label: Its text.
        box: The box, in percent of the picture.
        corner: Where the label stands.
    """
    across, down = _POINTS[corner]
    place = _html_places(label, Box(0, 0, 0, 0), 1)[corner]
    x, y = box.left + box.width * across, box.top + box.height * down
    return Label(x, y, place.left, place.top, place.width, place.height)


def _html_places(label: str, box: Box, scale: float) -> dict[Corner, Box]:
    """Where a label of HTML may stand, of so many pixels of the picture for one of CSS."""
    size = ((9 + 8 * len(label)) * scale, _HEIGHT * scale)
    return beside(box.padded(_GAP * scale, _GAP * scale), size, 0)


def _css_pixel(picture: Size, room: Size) -> float:
    """Pixels of the picture in one of CSS, where it fills some room."""
    return max(picture.width / room.width, picture.height / room.height)


def _fits(place: Box, width: int, margin: float) -> bool:
    return place.left >= -margin and place.right <= width + margin
