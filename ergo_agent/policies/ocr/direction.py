"""Which way round a view stands, and how slanted: found from its lines.

`python -m scripts.reader_numbers directions policies.ocr.direction` turns 18 development pages,
seen with 640 vision tokens, in four ways each: of 72 views the way up of 70 is found, the slant
of 68.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ergo_agent.policies.ocr.engine import Engine, Pixels, Quads, RecognisedLine, cut_out

__all__ = ["lie_down", "reads_well", "slant_of", "way_up"]

_LONG = 3.0
"""Times its height from which a line tells a direction (2: as many; 4.5: the way up of one view
less, the slant of four more)."""
_LEVEL = math.radians(0.2)
"""A slant below this is none: across a page of 640 tokens it is a third of a line."""
_ERROR = 5.0
"""Pixels by which the ends of one line may be misplaced. 3.3 and 7.5 find the same; two level
pages of short lines were seen with slants of 0.008 and 0.012."""
_SAMPLE = 8
"""Lines that are read each way round (5 and 12: the same)."""
_DOUBTFUL = 0.8
"""Mean confidence of a page's lines below which it may stand on its head (0.53: the way up of 15
views less; 1.2, so that every page is tried both ways: as many)."""


def lie_down(quads: Quads) -> bool:
    """Whether most lines of a view, by length, run up or down it."""
    along, across = _sides(quads)
    tall, wide = across > _LONG * along, along > _LONG * across
    return bool(across[tall].sum() > along[wide].sum())


def reads_well(lines: Sequence[RecognisedLine]) -> bool:
    """Whether lines were read too surely to stand on their heads."""
    letters = sum(len(line.text) for line in lines)
    return sum(line.score * len(line.text) for line in lines) >= _DOUBTFUL * letters


def way_up(pixels: Pixels, quads: Quads, engine: Engine, ways: tuple[int, int]) -> int:
    """The one of two numbers of counter-clockwise quarter turns that lets lines read better.

    A few of the longest lines are read both ways; the first way is kept where both read alike.
    """
    length = np.max(_sides(quads), axis=0)
    crops = [cut_out(pixels, quads[at]) for at in np.argsort(-length)[:_SAMPLE]]
    return max(ways, key=lambda way: engine.score([np.rot90(crop, way) for crop in crops]))


def slant_of(quads: Quads) -> float:
    """Radians by which the lines of a view go down to the right: the median, by length."""
    along, across = _sides(quads)
    long = along > _LONG * across
    if not long.any():
        return 0.0
    ends = quads[long][:, 1] + quads[long][:, 2] - quads[long][:, 0] - quads[long][:, 3]
    angles = np.arctan2(ends[:, 1], ends[:, 0])
    order = np.argsort(angles)
    weights = np.cumsum(along[long][order])
    slant = float(angles[order][np.searchsorted(weights, weights[-1] / 2)])
    error = _ERROR / float(along[long].mean() * math.sqrt(long.sum()))
    return slant if abs(slant) > max(_LEVEL, error) else 0.0


def _sides(quads: Quads) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Length and height of each line in pixels, as if it ran across."""
    along = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    across = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    return along, across
