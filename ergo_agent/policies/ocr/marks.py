"""Marks in a view that may be type too small to be read: what they are like, and where.

Of type one to six pixels high no letter is left, but its ink is: short strips, darker or lighter
than the ground around them, and uneven along their length, which rules and outlines are not. Where
small type fills an area, or something is hatched, the strips run together into blocks.

All boxes are in view pixels. The numbers follow from the sizes that their comments name, and were
held against the pages of `python -m benchmarks.depth --seed 1`, of 4 to 100 megapixels, where they
found 36 of the 38 needles that full resolution finds. Beside some stands what another one makes of
the words of 28 clean pages, shown at 0.15 of their size, that lie in the parts looked at (33.6 %),
and of the area of those (2.8 %), in points; the others are in `scripts/reader_numbers/README.md`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ergo_agent.layout.text import Box

__all__ = ["Mark", "marks_in"]

_Grey = NDArray[np.uint8]

_GROUND = 25
"""Pixels around one whose median is the ground that it stands on: strips of type are narrower."""
_FAINTEST = 9
"""Levels of grey between ink and ground: type of eight pixels that is shown at a tenth of its size
has 15 and more."""
_NOISE = 8.0
"""Times the usual difference from the ground that ink has to reach on paper with noise; of clean
pages 5.3 and 12 change nothing."""
_LONG = 40
"""Pixels from which what is thin or hollow is a rule, a frame or a circle (27: words -0.8, area
-0.2; 60: area +0.4)."""
_UNEVEN = 0.15
"""Standard deviation of a long strip's ink along it, as a share of the mean, below which it is a
rule."""
_HOLLOW = 0.25
"""Share of its box that an outline fills at most."""
_JOINED = (7, 1)
"""Pixels, across and down, over which letters and words belong together."""
_HIGHEST = 7
"""Pixels of a strip; higher type is found by the detector (5: words -0.7, area -0.2; 10: area
+0.1)."""
_SHORTEST = 3
"""Pixels of a strip; what is shorter is dust."""
_LYING = 1.2
"""Times its height that a strip is long at least, so that a speck is none (0.8: words +1.8; 1.8:
words -0.8)."""


class Mark(NamedTuple):
    """A strip or a block."""

    box: Box
    letters: float
    """How much writing it may be, to compare strips with strips and blocks with blocks."""
    is_strip: bool


def marks_in(grey: _Grey, *, known: Iterable[Box]) -> list[Mark]:
    """The marks of a view, in no order.

    Args:
        grey: The view.
        known: Where what it shows is known already.
    """
    ink = _ink(grey, known)
    threshold = max(_FAINTEST, _NOISE * float(np.median(ink)))
    inked = (ink > threshold).astype(np.uint8)
    inked[_long(inked, ink)] = 0
    near = cv2.dilate(inked, np.ones(_JOINED[::-1], np.uint8))
    boxes = cv2.connectedComponentsWithStats(near)[2]
    return [mark for box in boxes[1:] if (mark := _mark(box, inked)) is not None]


def _ink(grey: _Grey, known: Iterable[Box]) -> _Grey:
    """How far each pixel is from the ground around it, in levels of grey; 0 where all is known."""
    ink = np.asarray(cv2.absdiff(grey, cv2.medianBlur(grey, _GROUND)), dtype=np.uint8)
    height, width = grey.shape
    for box in known:
        left, top = max(0, round(box.left)), max(0, round(box.top))
        ink[top : min(height, round(box.bottom)), left : min(width, round(box.right))] = 0
    return ink


def _long(inked: _Grey, ink: _Grey) -> NDArray[np.bool_]:
    """The pixels of rules and outlines."""
    _, names, boxes, _ = cv2.connectedComponentsWithStats(inked)
    rules = np.zeros(len(boxes), bool)
    for name, (left, top, width, height, area) in enumerate(boxes):
        if not name or max(width, height) < _LONG:
            continue
        thin = min(width, height) <= _HIGHEST
        if not thin:
            rules[name] = area < _HOLLOW * width * height
            continue
        part = ink[top : top + height, left : left + width]
        along = part.sum(axis=0 if width > height else 1, dtype=np.float64)
        rules[name] = height > width or along.std() < _UNEVEN * along.mean()
    return np.asarray(rules[names])


def _mark(box: Sequence[int], inked: _Grey) -> Mark | None:
    """What a group of letters may be; None for dust."""
    left, top, width, height = (int(side) for side in box[:4])
    rows, columns = np.nonzero(inked[top : top + height, left : left + width])
    ink = Box(*map(int, (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)))
    place, across, down = ink.moved(left, top), ink.width, ink.height
    if down <= _HIGHEST:
        is_word = across >= max(_SHORTEST, _LYING * down)
        return Mark(place, 2 * across / down, is_strip=True) if is_word else None
    return Mark(place, len(rows), is_strip=False)
