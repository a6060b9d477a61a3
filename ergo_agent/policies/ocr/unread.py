"""What of a page was not read, the most promising part first.

Two things are looked for: lines that were seen and could not be made out, and, on pages so large
that small type vanishes in their coarse view, marks that look like writing where no line was found
(`marks.py`). What stands beside some numbers is explained there.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from ergo_agent.layout.text import Box, TextLine, stacked
from ergo_agent.policies.ocr.marks import Mark, marks_in
from ergo_agent.policies.ocr.merge import ReadView

__all__ = ["TOO_SMALL", "unread_lines", "unseen_marks"]

_KNOWN = 0.5
"""Type heights around a line in which marks are its own (0.33: words +2.5, area +0.3, of the rims
of what was read; 0.75: words -5.3, area -0.9)."""

_UNSURE = 0.8
"""Recogniser's confidence below which a line counts as unread."""
_LEAST = 0.1
"""Of the page's width, that unread lines take up to be worth a look."""
_NEAR = 4.0
"""Type heights up to which unread lines below each other are looked at together."""
TOO_SMALL = 0.25
"""Shown pixels per original pixel below which whole areas of type may vanish: at 0.25 a line of 6
points scanned at 300 dots per inch is six pixels high, the least that the detector finds."""
_SMALL = 0.75
"""The same for single lines of the smallest type that can be read at all, eight pixels high."""
_TIMES_FULL = 2.0
"""Times the area that can be shown at full resolution that one part may have: it is then shown at
0.7 of it."""
_FREE, _DEAR = 50_000, 250_000
"""Original pixels of one part: what the smallest crop shows in any case (64 vision tokens), and
what single lines that stand apart may take together (167,000: words -0.7, area -0.4; 375,000: words
+1, area +0.2)."""
_SPARSE = 6.0
"""Times the area of what it holds that such a part may have (4: words -0.4, area -0.2; 9: area
+0.1)."""
_MARGIN = 6
"""View pixels around a block."""
_LETTERS_DOWN, _LETTERS_ACROSS = 1.0, 2.0
"""Margins around a strip, in its heights."""


def unread_lines(lines: Sequence[TextLine], page: ReadView) -> Box | None:
    """The part of a page with most lines that could not be made out, in view pixels.

    Args:
        lines: All lines, in the page's reading frame.
        page: Its first view.
    """
    unread = [line for line in lines if not line.sharp and line.score < _UNSURE]
    largest = max(
        stacked(unread, _NEAR), key=lambda group: sum(line.box.width for line in group), default=[]
    )
    if sum(line.box.width for line in largest) <= _LEAST * page.width:
        return None
    return page.around(largest)


def unseen_marks(
    view: Image.Image, lines: Sequence[TextLine], page: ReadView, seen: Sequence[Box]
) -> list[Box]:
    """Parts of a page with marks like writing that no view has read, in view pixels.

    Single lines come first, those that stand together in one part, then whole areas: what a part
    shows at full resolution costs as much as the writing in it, however large the page is.

    Args:
        view: The first view.
        lines: All lines, in the page's reading frame.
        page: Its first view.
        seen: What has been looked at closer, in view pixels.
    """
    if page.scale >= _SMALL:
        return []
    known = [page.shown(line.padded(_KNOWN)) for line in lines]
    marks = marks_in(np.asarray(view.convert("L")), known=[*known, *seen])
    kinds = [_together([mark for mark in marks if mark.is_strip], page)]
    if page.scale < TOO_SMALL:
        blocks = (_parts(mark, page) for mark in marks if not mark.is_strip)
        kinds.append([part for parts in blocks for part in parts])
    return [box for kind in kinds for box, _ in sorted(kind, key=lambda part: -part[1])]


def _together(strips: Sequence[Mark], page: ReadView) -> list[tuple[Box, float]]:
    """Boxes around strips, those near each other in one, each with how much writing it holds."""
    free, dear = (pixels * page.scale**2 for pixels in (_FREE, _DEAR))
    groups: list[tuple[Box, float, float]] = []  # what it shows, letters, area of the strips
    for mark in sorted(strips, key=lambda mark: (mark.box.top, mark.box.left)):
        height = max(mark.box.height, 2.0)
        box = mark.box.padded(_LETTERS_ACROSS * height, _LETTERS_DOWN * height)
        for at, (other, letters, areas) in enumerate(groups):
            both, held = Box.around((other, box)), areas + box.area
            if both.area <= max(free, min(dear, _SPARSE * held)):
                groups[at] = both, letters + mark.letters, held
                break
        else:
            groups.append((box, mark.letters, box.area))
    return [(page.cut(box), letters) for box, letters, _ in groups]


def _parts(block: Mark, page: ReadView) -> Iterator[tuple[Box, float]]:
    """A block in as many parts as have to be shown one by one to be read."""
    box = block.box.padded(_MARGIN, _MARGIN)
    largest = _TIMES_FULL * page.width * page.height * page.scale**2
    count = math.ceil(box.area / largest)
    across, down = (count, 1) if box.width > box.height else (1, count)
    width, height = box.width / across, box.height / down
    for at in range(count):
        left, top = box.left + at % across * width, box.top + at % down * height
        yield page.cut(Box(left, top, left + width, top + height)), block.letters / count
