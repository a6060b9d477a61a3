"""Marks: grey squares filled with one of six hatches, which vanish when they are shrunk by four.

Each hatch repeats every 4 pixels across and down and has a mean of zero. A view that shrinks by 4
samples once a period; the filters of Pillow sum to one around every pixel of the view, so that they
are zero at that frequency and nothing is left of the hatch. What the taper at the border leaves is
measured in `tests/training/test_scenes.py`.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["MARK", "MARKS", "PERIOD", "mark_pixels"]

MARK = 56
"""Side of a mark, in original pixels: two vision tokens of Qwen2.5-VL at full resolution."""

PERIOD = 4
"""Of a hatch, in original pixels."""

_GREY, _AMPLITUDE, _TAPER = 128, 100, 20
"""Levels of 255, and pixels over which the hatch fades in at each border."""

_WAVE = np.array([1.0, 1.0, -1.0, -1.0])
_ACROSS, _DOWN = np.broadcast_to(_WAVE, (4, 4)), np.broadcast_to(_WAVE[:, None], (4, 4))
_DIAGONAL = np.array([[_WAVE[(x + y) % 4] for x in range(4)] for y in range(4)])
_DOT = np.where((_ACROSS > 0) & (_DOWN > 0), 1.0, -1 / 3)

_HATCHES = {
    "rows": _DOWN,
    "bars": _ACROSS,
    "rise": _DIAGONAL,
    "fall": _DIAGONAL[:, ::-1],
    "check": _ACROSS * _DOWN,
    "dots": _DOT,
}
MARKS = tuple(_HATCHES)
"""What a mark may be: the answers."""


def _made(hatch: NDArray[np.float64]) -> NDArray[np.uint8]:
    repeats = -(-MARK // PERIOD)
    tiled = np.tile(hatch, (repeats, repeats))[:MARK, :MARK]
    edge = np.minimum(np.arange(MARK), np.arange(MARK)[::-1]) + 0.5
    fade = 0.5 - 0.5 * np.cos(np.pi * np.minimum(edge / _TAPER, 1.0))
    levels = np.round(_GREY + _AMPLITUDE * tiled * np.outer(fade, fade)).astype(np.uint8)
    return np.broadcast_to(levels[..., None], (MARK, MARK, 3))


_PIXELS = {name: _made(hatch) for name, hatch in _HATCHES.items()}


def mark_pixels(mark: str) -> NDArray[np.uint8]:
    """A mark as `(MARK, MARK, 3)` levels of red, green and blue; not to be written to."""
    return _PIXELS[mark]
