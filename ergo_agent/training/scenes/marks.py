"""Marks: grey squares filled with one of six hatches, which vanish when they are shrunk by four.

Each hatch repeats every 4 pixels across and down, has a mean of zero, fades at its border, and
stands on a grey field that is as much wider as Pillow's bicubic filter reads when it shrinks by 4.
Such a view samples the hatch once a period, where the filter lets nothing of it through; what the
fading leaves stays below half a level, and so is rounded away: **a page shrunk by 4 is byte for
byte the same whatever its marks are**.

At no other scale is that so. Shrunk by 3.9 to 8 some pixels differ by 1 or 2 levels of 255, by 3.2
by 8, by 2.7 by 34, and little is enough: of 80 marks at a known place, nearest neighbours in 160
others name .23 at 4 (chance is .17), .41 at 4.4, .68 at 4.9, all at 3.1, and .23 at 8.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["FIELD", "MARK", "MARKS", "PERIOD", "mark_image"]

MARK = 56
"""Side of a hatch, in original pixels: two vision tokens of Qwen2.5-VL at full resolution."""

_MARGIN = 16
"""Original pixels that the filter reads together, so that none of a view mixes hatch and colour."""

FIELD = MARK + 2 * _MARGIN
"""Side of the grey field."""

PERIOD = 4
"""Of a hatch, in original pixels."""

_GREY, _UNIT, _FADE = 128, 28, 20
"""Level of 255, levels of a hatch for each 1 of it, and pixels over which it fades in from each
border. Of the levels from 24 to 41 and the 21 fadings tried, those that leave nothing at 4 have no
stronger contrast."""

_WAVE = np.array([1, 1, -1, -1])
_ACROSS, _DOWN = np.broadcast_to(_WAVE, (4, 4)), np.broadcast_to(_WAVE[:, None], (4, 4))
_RISE = np.array([[_WAVE[(x + y) % 4] for x in range(4)] for y in range(4)])

_HATCHES = {
    "rows": 3 * _DOWN,
    "bars": 3 * _ACROSS,
    "rise": 3 * _RISE,
    "fall": 3 * _RISE[:, ::-1],
    "check": 3 * _ACROSS * _DOWN,
    "dots": np.where((_ACROSS > 0) & (_DOWN > 0), 3, -1),
}
MARKS = tuple(_HATCHES)
"""What a mark may be: the answers."""


def _made(hatch: NDArray[np.int64]) -> Image.Image:
    tiled = np.tile(hatch, (MARK // PERIOD, MARK // PERIOD))
    edge = np.minimum(np.arange(MARK), np.arange(MARK)[::-1]) + 0.5
    fade = 0.5 - 0.5 * np.cos(np.pi * np.minimum(edge / _FADE, 1.0))
    hatched = np.round(_GREY + _UNIT * tiled * np.outer(fade, fade)).astype(np.uint8)
    return Image.fromarray(np.pad(hatched, _MARGIN, constant_values=_GREY)).convert("RGB")


_IMAGES = {name: _made(hatch) for name, hatch in _HATCHES.items()}


def mark_image(mark: str) -> Image.Image:
    """A mark in its field, an RGB image; not to be written to."""
    return _IMAGES[mark]
