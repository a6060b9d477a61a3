"""Whether a text layer is to be trusted: some of its lines are read from the pixels and compared.

A layer may be another text than the page shows: its encoding is broken, it stands elsewhere, it was
made by a poor reader, or somebody wants a machine to read what no person sees.

What becomes of it with other numbers stands in `scripts/reader_numbers`: of 20 honest layers all
are believed, of 40 that lie 4.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image
from rapidfuzz import fuzz

from ergo_agent.documents.page_text import TextSpan
from ergo_agent.documents.quick_look import Eye
from ergo_agent.images.originals import Original
from ergo_agent.layout.text import Box
from ergo_agent.views.geometry import Region, Size

__all__ = ["proved", "sample_of"]

_SAMPLE = 4
"""Lines of a page that are read from its pixels."""
_ALIKE = 75
"""Of `rapidfuzz.fuzz.ratio`, from which a line says the same as its pixels."""
_ENOUGH = 0.5
"""Share of the lines that has to agree."""

_LETTERS = 8
"""Of a line, from which comparing says anything."""
_THINNEST = 4
"""Original pixels of a line's height."""
_HEIGHT = 48
"""View pixels of a strip: the height that the recogniser scales lines to."""
_WIDEST = 1600
"""View pixels; of a longer line its beginning is read."""

_NOTHING = re.compile(r"[\W_]+")


def sample_of(lines: Sequence[TextSpan]) -> list[TextSpan]:
    """The lines of a page that are compared, spread over it: those with enough letters."""
    fit = [
        line
        for line in lines
        if len(_letters(line.text)) >= _LETTERS
        and min(line.right - line.left, line.bottom - line.top) >= _THINNEST
    ]
    if len(fit) <= _SAMPLE:
        return fit
    step = (len(fit) - 1) / (_SAMPLE - 1)
    return [fit[round(at * step)] for at in range(_SAMPLE)]


def proved(sample: Sequence[TextSpan], original: Original, eye: Eye) -> bool:
    """Whether the pixels say what the layer says; blocking.

    Args:
        sample: Lines of the layer, see `sample_of`; at least one.
        original: The page.
        eye: Reads.

    Raises:
        ImageError: If the page cannot be drawn.
    """
    agree = {
        strip.line for line in sample for strip in _strips(line, original) if _agrees(strip, eye)
    }
    return len(agree) >= _ENOUGH * len(sample)


class _Strip(NamedTuple):
    line: TextSpan
    image: Image.Image


def _strips(line: TextSpan, original: Original) -> list[_Strip]:
    """A line as it lies; one that stands, turned either way."""
    if line.right - line.left >= line.bottom - line.top:
        return [_Strip(line, _cut(line, original))]
    standing = _cut(line, original)
    turns = Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270
    return [_Strip(line, standing.transpose(turn)) for turn in turns]


def _agrees(strip: _Strip, eye: Eye) -> bool:
    seen = _letters(eye.recognise(strip.image, Box(0, 0, *strip.image.size)))
    said = _letters(strip.line.text)
    if strip.image.width >= _WIDEST:
        said = said[: len(seen)]
    return fuzz.ratio(said, seen) >= _ALIKE


def _letters(text: str) -> str:
    return _NOTHING.sub("", text).casefold()


def _cut(line: TextSpan, original: Original) -> Image.Image:
    """A line with a little of what is around it, at the height that it is read at."""
    across, down = line.right - line.left, line.bottom - line.top
    height, size = min(across, down), original.size
    beside = height // 6 + 1
    longest = (height + 2 * beside) * _WIDEST // _HEIGHT
    left, top = max(0, line.left - beside), max(0, line.top - beside)
    right = max(left + 1, min(size.width, line.right + beside, left + longest))
    bottom = max(top + 1, min(size.height, line.bottom + beside, top + longest))
    region = Region(left=left, top=top, right=right, bottom=bottom)
    scale = _HEIGHT / min(region.size)
    shown = Size(*(max(1, min(_WIDEST, round(side * scale))) for side in region.size))
    return original.shown(region, shown)
