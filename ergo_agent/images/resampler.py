"""Parts of images resampled, from all pixels or from just those that it takes: the same either way.

A filter reads a little beyond the box that it resamples. What it reads is cut first in both cases,
so that both round alike, and a view is byte for byte the same however it came about.
"""

import math

from PIL import Image
from PIL.Image import Resampling

from ergo_agent.views.geometry import Region, Size

__all__ = ["DRAFT_MARGIN", "is_part", "resampled", "resampled_part", "surroundings"]

DRAFT_MARGIN = 1.4
"""How much larger than the view a JPEG is decoded, or a part of a large page is had, so that
shrinking still smooths it. Sent as JPEG of quality 95, such views of 20 pages lose 0.3 % of the
printed words that the embedded reader finds in exact views of 1280 vision tokens, and none at 640;
decoded at the view's own size they lose 0.6 % at 640: `python -m benchmarks.exactness`."""

_SUPPORT = {Resampling.BICUBIC: 2, Resampling.LANCZOS: 3}
"""Pixels that a filter reads on each side, times the factor by which it shrinks."""

_MOST = 0.5
"""Of an image's pixels; what is more of it is resampled in place, since a copy takes memory."""


def surroundings(region: Region, at: Size, how: Resampling, *, within: Size) -> Region:
    """The pixels that it takes to resample a region; the region itself where it is not resampled.

    Args:
        region: In pixels of the image.
        at: Its size then.
        how: The filter.
        within: The image's size.
    """
    if region.size == at:
        return region
    across = _reach(region.size.width, at.width, how)
    down = _reach(region.size.height, at.height, how)
    return Region(
        left=max(0, region.left - across),
        top=max(0, region.top - down),
        right=min(within.width, region.right + across),
        bottom=min(within.height, region.bottom + down),
    )


def _reach(before: int, after: int, how: Resampling) -> int:
    return math.ceil(_SUPPORT[how] * max(1.0, before / after)) + 1


def is_part(region: Region, *, of: Size) -> bool:
    """Whether a region is so small a part of an image that it may be decoded alone."""
    return region.size.area <= _MOST * of.area


def resampled(image: Image.Image, region: Region, at: Size, how: Resampling) -> Image.Image:
    """A region of an image at another size.

    Args:
        image: All pixels, in any mode that can be resampled.
        region: In its pixels.
        at: The size.
        how: The filter.
    """
    size = Size(*image.size)
    around = surroundings(region, at, how, within=size)
    if not is_part(around, of=size):
        return image.resize(at, how, box=region.as_tuple())
    return resampled_part(image.crop(around.as_tuple()), around, region, at, how)


def resampled_part(
    part: Image.Image, around: Region, region: Region, at: Size, how: Resampling
) -> Image.Image:
    """A region at another size, from the pixels around it.

    Args:
        part: Those that `surroundings` names.
        around: Where they lie in the image.
        region: In pixels of the image.
        at: The size.
        how: The filter.
    """
    if region.size == at:
        return part
    left, top = region.left - around.left, region.top - around.top
    size = region.size
    return part.resize(at, how, box=(left, top, left + size.width, top + size.height))
