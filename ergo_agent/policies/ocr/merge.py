"""One page out of several views of it: crops replace what the coarse view showed less sharply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ergo_agent.policies.ocr.text import Box, TextLine, Word

__all__ = ["SHARP", "ReadView", "merged"]

SHARP = 0.95
"""From this scale on (shown pixels per original pixel) a view is as good as the original."""
_BORDER = 2.5
"""View pixels; a line this near to a crop's edge may be cut off."""


@dataclass(frozen=True)
class ReadView:
    """The text of one view and where the view lies on the page."""

    lines: tuple[TextLine, ...]
    width: int
    height: int
    place: Box
    """What it shows, in pixels of the page's first view."""
    scale: float
    """Shown pixels per original pixel."""

    @property
    def sharp(self) -> bool:
        """Whether it is shown at full resolution."""
        return self.scale >= SHARP


def merged(views: Sequence[ReadView]) -> list[TextLine]:
    """All lines of a page, in pixels of the first view, each from the sharpest view that has it."""
    lines: list[TextLine] = []
    for view in sorted(views, key=lambda view: view.scale):
        fresh = [_placed(line, view) for line in view.lines if _is_whole(line, view, lines)]
        lines = [line for line in lines if not _replaced(line, fresh)] + fresh
    return lines


def _placed(line: TextLine, view: ReadView) -> TextLine:
    """A line in the pixels of the page's first view."""
    across, down = view.place.width / view.width, view.place.height / view.height
    box = Box(
        view.place.left + line.box.left * across,
        view.place.top + line.box.top * down,
        view.place.left + line.box.right * across,
        view.place.top + line.box.bottom * down,
    )
    words = tuple(
        Word(text, view.place.left + left * across, view.place.left + right * across)
        for text, left, right in line.words
    )
    return replace(line, box=box, words=words, sharp=view.sharp)


def _is_whole(line: TextLine, view: ReadView, known: Sequence[TextLine]) -> bool:
    """Whether a crop shows all of a line: it keeps off the edges, or nothing longer is known."""
    near_side = line.box.left < _BORDER or line.box.right > view.width - _BORDER
    near_end = line.box.top < _BORDER or line.box.bottom > view.height - _BORDER
    if not (near_side or near_end):
        return True
    box = _placed(line, view).box
    return not any(
        other.box.overlap_down(box) > 0.4 * min(other.height, box.height)
        and other.box.overlap_across(box) > 0.4 * box.width
        for other in known
    )


def _replaced(line: TextLine, fresh: Sequence[TextLine]) -> bool:
    """Whether the lines of a sharper view cover most of a line."""
    common = 0.0
    for other in fresh:
        if other.box.overlap_down(line.box) > 0.4 * min(other.height, line.height):
            common += other.box.overlap_across(line.box)
    return common > 0.5 * line.box.width
