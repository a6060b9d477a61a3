"""Regions drawn in to the ink that they hold: a detector's boxes stand off the letters.

On one invented invoice (`benchmarks.extraction`, development layouts, seed 1, the first) none of 28
cells shared half of its area with the printed text before, and 27 did so after; that was without
the margin, which is a guess that the benchmark's boxes of cells measure.
"""

from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ergo_agent.images.originals import Original
from ergo_agent.views.geometry import Region

__all__ = ["drawn_in"]

_RULE = 0.9
"""Share of a row or column of a region that is ink from which it is a rule, and no writing."""
_FAINT = 40
"""Levels of grey between paper and ink below which a region is left as it is."""

_MARGIN = 0.15
"""Of the ink's height, left around it: digits are seven tenths as high as their type."""

K = TypeVar("K")


async def drawn_in(original: Original, regions: Mapping[K, Region]) -> dict[K, Region]:
    """Each region without the paper around what is printed in it.

    Args:
        original: The page.
        regions: In original pixels.

    Raises:
        ImageError: If the page cannot be drawn any more.
    """
    if not regions:
        return {}
    whole = Region.bounding(regions.values())
    shown = await original.ashown(whole, whole.size)
    grey = np.asarray(shown.convert("L"))
    return {name: _drawn_in(region, whole, grey) for name, region in regions.items()}


def _drawn_in(region: Region, whole: Region, grey: NDArray[np.uint8]) -> Region:
    left, top = region.left - whole.left, region.top - whole.top
    part = grey[top : top + region.size.height, left : left + region.size.width].astype(np.int16)
    away = np.abs(part - np.median(part))
    if away.max() < _FAINT:
        return region
    ink = away > away.max() / 2
    ink[ink.mean(axis=1) > _RULE] = False
    ink[:, ink.mean(axis=0) > _RULE] = False
    down, across = np.nonzero(ink.any(axis=1))[0], np.nonzero(ink.any(axis=0))[0]
    if not len(down) or not len(across):
        return region
    margin = round((down[-1] + 1 - down[0]) * _MARGIN)
    return Region(
        left=max(region.left, region.left + int(across[0]) - margin),
        top=max(region.top, region.top + int(down[0]) - margin),
        right=min(region.right, region.left + int(across[-1]) + 1 + margin),
        bottom=min(region.bottom, region.top + int(down[-1]) + 1 + margin),
    )
