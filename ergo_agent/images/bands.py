"""The rows of a JPEG or PNG down to the last one that a part needs, decoded by Pillow.

Pillow decodes rows from top to bottom while it is given bytes, into memory that need not be there
yet: once the last row has come, it is given no more, and rows above the part are let go of on the
way. Nothing is decoded another way than if all of it were.
"""

import contextlib
import mmap
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin

from ergo_agent.images.buffers import rgb_over
from ergo_agent.views.geometry import Region, Size

__all__ = ["can_be_cut", "decoded_band"]

_MOST = 2 / 3
"""Of the rows. Memory that is fetched page by page makes a row dearer: of a JPEG of 12 megapixels a
quarter takes 19 ms, half 40, three quarters 60, and all of it in memory that is there 53."""

_HUGE: int | None = getattr(mmap, "MADV_HUGEPAGE", None)
_UNNEEDED: int | None = getattr(mmap, "MADV_DONTNEED", None)
_KEPT = 4 << 20
"""Bytes of rows that may lie above the part before they are let go of."""


class _EnoughError(Exception):
    """All rows that are wanted have come."""


def can_be_cut(image: ImageFile.ImageFile) -> bool:
    """Whether an image is decoded row by row into RGB, here on this system.

    Args:
        image: The page, opened and not decoded.
    """
    if _UNNEEDED is None or image.mode != "RGB" or image.has_transparency_data:
        return False
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        return "progressive" not in image.info and image.tell() == 0
    plain = isinstance(image, PngImagePlugin.PngImageFile) and not image.is_animated
    return plain and not image.info.get("interlace")


def decoded_band(image: ImageFile.ImageFile, region: Region) -> Image.Image | None:
    """A part of an image that `can_be_cut`; None where all of it takes less, or there is no room.

    Args:
        image: Opened anew.
        region: In stored pixels.

    Raises:
        Exception: Whatever Pillow raises over a damaged file.
    """
    size = Size(*image.size)
    if region.bottom > _MOST * size.height:
        return None
    stride = 4 * size.width
    try:
        memory = mmap.mmap(-1, stride * size.height, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except (OSError, ValueError):
        return None
    if _HUGE is not None:
        memory.madvise(_HUGE)
    target = rgb_over(memory, size)
    opened: Any = image  # Pillow's readers of both formats have `load_read`
    opened.im = target.im
    read: Callable[[int], bytes] = opened.load_read
    last, gone = stride * region.bottom - 1, 0

    def fed(wanted: int) -> bytes:
        nonlocal gone
        if memory[last]:  # the fourth byte of a pixel is 255 once it has come
            raise _EnoughError
        while (end := gone + _KEPT) < stride * region.top and memory[end | 3]:
            assert _UNNEEDED is not None  # `can_be_cut` has seen to it
            memory.madvise(_UNNEEDED, gone, _KEPT)
            gone = end
        return read(wanted)

    opened.load_read = fed
    with contextlib.suppress(_EnoughError):
        opened.load()
    return target.crop(region.as_tuple())
