"""What of a view has ink where its text layer says nothing: stamps, pictures of text, drawings.

Type of some twelve pixels has edges of a height that marks are known by (`unread`), so a view is
looked at in that size.
"""

from collections.abc import Sequence
from statistics import median

import numpy as np
from PIL import Image

from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.unread import clusters, marks_of

__all__ = ["unexplained"]

_TYPE = 12.0
"""Pixels of a line's height at which marks are looked for."""
_AROUND = 0.4
"""Of a line's height, that its letters may reach beyond its box."""
_NARROWEST = 48.0
"""Pixels across from which a part is read: two cells of marks with the margin that they are given.
What is narrower, as a bullet, is no word."""


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
    marks = marks_of(np.asarray(grey))
    for line in lines:
        around = line.box.padded(_AROUND * line.height, _AROUND * line.height)
        left, top, right, bottom = (max(0, round(edge * scale)) for edge in around)
        marks[top:bottom, left:right] = 0
    whole = Box(0, 0, *view.size)
    found = []
    for box, _ in clusters(marks):
        if box.width >= _NARROWEST:
            found.append(_cut(Box(*(edge / scale for edge in box)), whole))
    return found


def _cut(part: Box, whole: Box) -> Box:
    return Box(
        max(part.left, whole.left),
        max(part.top, whole.top),
        min(part.right, whole.right),
        min(part.bottom, whole.bottom),
    )
