"""One page out of several views of it: crops replace what the coarse view showed less sharply."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.turn import UPRIGHT, Turn

__all__ = ["NEAR", "SHARP", "ReadView", "is_cut", "is_seen", "merged"]

SHARP = 0.95
"""From this scale on (shown pixels per original pixel) a view is as good as the original."""
_BORDER = 2.5
"""View pixels; a line this near to a crop's edge may be cut off."""

_ACROSS, _DOWN = 3.0, 1.0
"""Margins around lines that are looked at closer, in type heights."""
NEAR = 1.5
"""Type heights up to which lines below each other are looked at closer, and marked, as one."""
_SEEN = 0.85
"""Share of a box that a place holds from which it shows it."""


@dataclass(frozen=True)
class ReadView:
    """The text of one view and where the view lies on the page."""

    lines: tuple[TextLine, ...]
    """In the view's reading frame (`turn.py`)."""
    width: int
    height: int
    place: Box
    """What it shows, in pixels of the page's first view."""
    scale: float
    """Shown pixels per original pixel."""
    turn: Turn = UPRIGHT
    """What brings the page upright."""

    @property
    def sharp(self) -> bool:
        """Whether it is shown at full resolution."""
        return self.scale >= SHARP

    def shown(self, box: Box) -> Box:
        """A box of the reading frame in view pixels."""
        return self.turn.to_view(box, self.width, self.height)

    def around(self, lines: Sequence[TextLine]) -> Box:
        """What shows some lines, in view pixels."""
        box, height = Box.around(line.box for line in lines), max(line.height for line in lines)
        return self.shown(box.padded(_ACROSS * height, _DOWN * height))

    def cut(self, box: Box) -> Box:
        """A box of view pixels, cut to the view."""
        return UPRIGHT.to_view(box, self.width, self.height)


def is_seen(box: Box, places: Iterable[Box]) -> bool:
    """Whether one of some places shows a box, or all but its edge."""
    return any(box.share_inside(place) > _SEEN for place in places)


def is_cut(box: Box, views: Sequence[ReadView]) -> bool:
    """Whether each crop that shows a text may have cut it off, by an edge that is not the page's.

    Args:
        box: Of the text, in pixels of the page's first view.
        views: What was read, the page first.
    """
    page, *crops = views
    places = [crop.place for crop in crops if is_seen(box, [crop.place])]
    return bool(places) and all(_reaches_edge(box, place, page) for place in places)


def _reaches_edge(box: Box, place: Box, page: ReadView) -> bool:
    """Whether a text ends where a crop does and the page does not."""
    near = min(box.width, box.height) / 2  # where a word ends is known to half a letter
    return (
        0 < place.left > box.left - near
        or 0 < place.top > box.top - near
        or page.width > place.right < box.right + near
        or page.height > place.bottom < box.bottom + near
    )


def merged(views: Sequence[ReadView]) -> list[TextLine]:
    """All lines of a page, in the reading frame of the first view, each as it was read sharpest."""
    lines: list[TextLine] = []
    for view in sorted(views, key=lambda view: view.scale):
        placed = [(line, _placed(line, view, views[0])) for line in view.lines]
        fresh = [there for line, there in placed if _is_whole(line, there, view, lines)]
        lines = [line for line in lines if not _covered(line.box, fresh)] + fresh
    return lines


def _placed(line: TextLine, view: ReadView, page: ReadView) -> TextLine:
    """A line in the reading frame of the page's first view."""
    across, down = view.place.width / view.width, view.place.height / view.height
    if view.turn.quarters % 2:
        across, down = down, across
    corner = view.turn.corner(view.place, page.width, page.height)
    return replace(line.scaled(across, down).moved(*corner), sharp=view.sharp)


def _is_whole(line: TextLine, placed: TextLine, view: ReadView, known: Sequence[TextLine]) -> bool:
    """Whether a crop shows all of a line: it keeps off the edges, or nothing longer is known."""
    shown, inside = view.shown(line.box), Box(0, 0, view.width, view.height)
    if shown == shown.within(inside.padded(-_BORDER, -_BORDER)):
        return True
    return not _covered(placed.box, known)


def _covered(box: Box, lines: Sequence[TextLine]) -> bool:
    """Whether most of a line's length is that of others on its level.

    Two are where the middle of the lower one lies in the other.
    """
    common = 0.0
    for line in lines:
        if abs(line.box.middle - box.middle) < max(line.box.height, box.height) / 2:
            common += line.box.overlap_across(box)
    return common > box.width - common
