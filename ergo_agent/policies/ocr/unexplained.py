"""What of a view has ink where its text layer says nothing: stamps, pictures of text, drawings.

Type of some twelve pixels has edges of a height that marks are known by, so a view is looked at in
that size.

Beside a number of the marks stands what another one makes of the words of 28 clean development
pages, shown at 0.15 of their size, that lie in the parts found (33 %), and of the area of those
(3.9 %), in points; measured when these chose the unseen marks of `unread`, too. Of lines left out
of the layers of 52 pages 95.8 % are found; by `marks.py`, in ten settings, it was 47 to 73 %.
"""

from collections.abc import Iterator, Sequence
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ergo_agent.layout.text import Box, TextLine

__all__ = ["unexplained"]

_TYPE = 12.0
"""Pixels of a line's height at which marks are looked for."""
_AROUND = 0.4
"""Of a line's height, that its letters may reach beyond its box."""
_EDGE = 24
"""Levels of grey between neighbouring pixels that make an edge (16: words +1.2, area +0.1; 36:
words -3.2, area -1.2)."""
_RULE = 17
"""Pixels from which an upright edge is a rule, and no writing (11: area -0.1; 26: words +0.6, area
+0.2)."""
_CELL = 12
"""Pixels of the cells in which marks are counted (8: words +1.1, area -1.1, not tried on very large
sheets; 18: words -1.2)."""
_TOUCHING = (3, 5)
"""Cells, down and across, around one in which others belong to it."""
_WRITTEN = 0.06
"""Share of a cell's pixels that are edges from which it may hold writing: a quarter of what type of
four pixels has (0.04: words +0.1, area +0.1; 0.09: words -0.6, area -0.9)."""
_FEWEST = 40
"""Edges that a word of four pixels' type has; the corner of a frame has fewer (27: words +0.3, area
+0.1; 60: the same)."""


def unexplained(view: Image.Image, lines: Sequence[TextLine]) -> list[Box]:
    """Parts of a view with marks like writing that its layer does not hold, in view pixels.

    Args:
        view: As it was shown.
        lines: Of the layer, in view pixels.
    """
    height = median(line.height for line in lines) if lines else _TYPE
    scale = min(1.0, _TYPE / height)
    size = max(1, round(view.width * scale)), max(1, round(view.height * scale))
    grey = view.convert("L").resize(size, Image.Resampling.BOX, reducing_gap=None)
    marks = _marks_of(np.asarray(grey))
    for line in lines:
        around = (max(0, round(edge * scale)) for edge in line.padded(_AROUND))
        left, top, right, bottom = around
        marks[top:bottom, left:right] = 0
    whole = Box(0, 0, *view.size)
    return [Box(*(edge / scale for edge in box)).within(whole) for box in _clusters(marks)]


def _marks_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where the view has upright edges that are no rules: 1, elsewhere 0."""
    edges = np.zeros(grey.shape, np.uint8)
    edges[:, 1:] = np.abs(np.diff(grey.astype(np.int16), axis=1)) > _EDGE
    rules = cv2.morphologyEx(edges, cv2.MORPH_OPEN, np.ones((_RULE, 1), np.uint8))
    return np.asarray(edges * (1 - rules), dtype=np.uint8)


def _clusters(marks: NDArray[np.uint8]) -> Iterator[Box]:
    """Boxes around written cells that touch; what is one cell wide, as a bullet, is no word."""
    height, width = (side // _CELL * _CELL for side in marks.shape)
    cells = marks[:height, :width].reshape(height // _CELL, _CELL, width // _CELL, _CELL)
    written = (cells.mean(axis=(1, 3)) > _WRITTEN).astype(np.uint8)
    near = cv2.dilate(written, np.ones(_TOUCHING, np.uint8))
    count, names = cv2.connectedComponents(near)
    for name in range(1, count):
        down, across = np.nonzero((names == name) & (written > 0))
        if across.min() == across.max():
            continue
        left, top = across.min() * _CELL, down.min() * _CELL
        right, bottom = (across.max() + 1) * _CELL, (down.max() + 1) * _CELL
        if marks[top:bottom, left:right].sum() >= _FEWEST:
            yield Box(float(left), float(top), float(right), float(bottom)).padded(_CELL, _CELL)
