"""The rows of a JPEG or PNG down to the last one that a part needs, decoded by Pillow.

Pillow decodes rows from top to bottom while it is given bytes, into memory that need not be there
yet: once the last row has come, it is given no more, and rows above the part are let go of on the
way. Nothing is decoded another way than if all of it were.
"""

import contextlib
import math
import mmap
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin

from ergo_agent._common.installation import install_command
from ergo_agent.errors import ImageTooLargeError
from ergo_agent.images.buffers import rgb_over
from ergo_agent.images.decoder import Draft, typed_errors
from ergo_agent.images.large_pages import check_at_once
from ergo_agent.images.limits import ImageLimits
from ergo_agent.views.geometry import Region, Size

__all__ = ["BandSource", "can_be_cut", "decoded_band", "has_room"]

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


def has_room(size: Size) -> bool:
    """Whether this process may have the address space that a band of so large a page takes."""
    try:
        mmap.mmap(-1, 4 * size.area, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True


class BandSource:
    """Parts of a large JPEG: decoded at 1/2, 1/4 or 1/8 where that is enough, and in rows."""

    def __init__(
        self, opened: Callable[[], ImageFile.ImageFile], size: Size, *, limits: ImageLimits
    ) -> None:
        """Take what opens it.

        Args:
            opened: Opens it anew.
            size: Of the page, in stored pixels.
            limits: `max_pixels` bounds the rows of a part.
        """
        self._opened, self._size, self._limits = opened, size, limits

    def exact(self, region: Region) -> Image.Image:
        """A part's pixels."""
        return self._band(self._opened(), region)

    def reduced(self, region: Region, by: float) -> Draft:
        """A part at no less than one `by`-th of its size, and no less than an eighth."""
        image: Any = self._opened()  # it is a JPEG
        shrink = next(each for each in (8, 4, 2) if each <= by)
        image.draft(None, tuple(max(1, side // shrink) for side in self._size))
        box = tuple(edge / shrink for edge in region.as_tuple())
        around = Region(
            left=int(box[0]),
            top=int(box[1]),
            right=min(image.width, math.ceil(box[2])),
            bottom=min(image.height, math.ceil(box[3])),
        )
        part = self._band(image, around)
        moved = (box[0] - around.left, box[1] - around.top)
        end = (min(box[2] - around.left, part.width), min(box[3] - around.top, part.height))
        return Draft(part, (*moved, *end))

    def _band(self, image: ImageFile.ImageFile, region: Region) -> Image.Image:
        check_at_once(Size(image.width, region.size.height), limits=self._limits)
        with typed_errors("the image"):
            part = decoded_band(image, region, most=1.0)
        if part is None:
            raise ImageTooLargeError(
                f"the image of {self._size.width}x{self._size.height} pixels needs more memory "
                "than there is; save it as a TIFF in tiles, or shrink or cut it",
                owner=f"install the extra `regions`: {install_command('regions')}",
            )
        return part


def decoded_band(
    image: ImageFile.ImageFile, region: Region, *, most: float = _MOST
) -> Image.Image | None:
    """A part of an image that `can_be_cut`; None where all of it takes less, or there is no room.

    Args:
        image: Opened anew.
        region: In stored pixels; of a JPEG that is decoded smaller, in its pixels then.
        most: Of the rows, from which all of it takes less.

    Raises:
        Exception: Whatever Pillow raises over a damaged file.
    """
    size = Size(*image.size)
    if region.bottom > most * size.height:
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
