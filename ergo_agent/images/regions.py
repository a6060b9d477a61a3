"""Parts of JPEGs, PNGs and TIFFs decoded alone, by libvips, where the extra `regions` is installed.

A JPEG or PNG is gone through from its top to the part's last row, and only the part's pixels are
kept; of a tiled TIFF only the tiles are decoded that the part touches. Measured beside decoding
all of it, in milliseconds of one core for a part of a megapixel that ends at 30, 65 and 100 % of
the height: JPEG of 12 megapixels 18, 34 and 50 of 53; A4 page as PNG 9, 17 and 26 of 74.

libvips knows many more formats, some of which run other libraries. Only the three loaders are ever
called, by their names and with the bytes that Pillow has taken for such a file; in the process
that decodes what is not trusted all others are blocked.
"""

import math
import threading
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from ergo_agent.errors import ImageFormatError
from ergo_agent.images.decoder import Draft
from ergo_agent.images.large_pages import check_at_once
from ergo_agent.images.limits import ImageLimits
from ergo_agent.views.geometry import Region, Size

__all__ = ["AloneSource", "decoded_alone", "load_alone", "loader_for"]

_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_PNG_DEPTH_AT = 24
_TIFF_PLAIN = {
    259: (1, 4, 5, 8, 32773, 32946),  # compression: none, Group 4, LZW, Deflate twice, PackBits
    262: (0, 1, 2, 3),  # grey, RGB or palette
    266: (1,),  # order of bits
    274: (1,),  # orientation
    284: (1,),  # colours of a pixel together
    339: ((1,), (1, 1, 1)),  # whole numbers
}
"""Tags of TIFFs that libtiff gives to Pillow and libvips alike, and their values."""
_LOADERS = ("VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadTiffBuffer")

_one_trims = threading.Lock()


def loader_for(image: ImageFile.ImageFile, data: bytes) -> str | None:
    """The loader that gives parts of an image, the same as Pillow's; None where there is none.

    Args:
        image: The page, opened and not decoded.
        data: What it was opened from.
    """
    if find_spec("pyvips") is None:
        return None
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        # all scans of a progressive one are gone through in any case, and its greys are no less
        plain = image.mode in {"L", "RGB"} and "progressive" not in image.info
        return "jpegload_buffer" if plain and image.tell() == 0 else None
    if isinstance(image, PngImagePlugin.PngImageFile):
        return "pngload_buffer" if _is_plain_png(image, data) else None
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return "tiffload_buffer" if _is_plain_tiff(image) else None
    return None


def _is_plain_png(image: PngImagePlugin.PngImageFile, data: bytes) -> bool:
    """Whether it has rows from top to bottom, of 8 bits a colour, or fewer and no transparency."""
    depth = data[_PNG_DEPTH_AT]
    plain = depth == 8 or (depth < 8 and "transparency" not in image.info)
    once = not image.info.get("interlace") and not image.is_animated
    return plain and once and image.mode in _PNG_MODES


def _is_plain_tiff(image: TiffImagePlugin.TiffImageFile) -> bool:
    tags = image.tag_v2
    if any(tags.get(tag, values[0]) not in values for tag, values in _TIFF_PLAIN.items()):
        return False
    bits = tags.get(258, (1,))
    deep = all(each == 8 for each in bits) or (image.mode == "1" and tags.get(262) in {0, 1})
    return deep and image.mode in {"1", "L", "P", "RGB"} and 338 not in tags


def decoded_alone(
    data: bytes, loader: str, region: Region, *, page: int, of: Size
) -> Image.Image | None:
    """A part of an image; None where libvips cannot be loaded, or finds anything wrong.

    Args:
        data: The encoded image.
        loader: What `loader_for` returned.
        region: In stored pixels.
        page: The frame of a TIFF, from 1.
        of: The size of all of it.
    """
    vips = load_alone()
    if vips is None:
        return None
    tiff = loader == "tiffload_buffer"
    options: dict[str, Any] = {"page": page - 1} if tiff else {}
    size = region.size
    try:
        image = getattr(vips.Image, loader)(data, access="sequential", fail_on="warning", **options)
        mode = _MODES.get(image.bands)
        if image.format != "uchar" or mode is None or (image.width, image.height) != of:
            return None
        # in this thread; writing an image would start others
        pixels = vips.Region.new(image).fetch(region.left, region.top, *size)
        return Image.frombytes(mode, size, pixels)
    except vips.Error:
        return None
    finally:
        _trim(vips)


class AloneSource:
    """Parts of a large page, by libvips: it goes down the page in rows and keeps what is wanted."""

    def __init__(
        self, data: bytes, loader: str, *, frame: int, size: Size, limits: ImageLimits
    ) -> None:
        """Take what `loader_for` returned.

        Args:
            data: The encoded image.
            loader: Its loader.
            frame: Of a TIFF, from 1.
            size: Of the page, in stored pixels.
            limits: `max_pixels` bounds a part.
        """
        self._data, self._loader = data, loader
        self._frame, self._size, self._limits = frame, size, limits

    def exact(self, region: Region) -> Image.Image:
        """A part's pixels."""
        part = decoded_alone(self._data, self._loader, region, page=self._frame, of=self._size)
        if part is None:
            raise _damaged()
        return part

    def reduced(self, region: Region, by: float) -> Draft:
        """A part at no less than one `by`-th of its size: a JPEG is decoded smaller, too."""
        vips = load_alone()
        if vips is None:
            raise _damaged()
        try:
            return self._shrunk(vips, region, by)
        except vips.Error:
            raise _damaged() from None
        finally:
            _trim(vips)

    def _shrunk(self, vips: ModuleType, region: Region, by: float) -> Draft:
        first = next(each for each in _jpeg_steps(self._loader) if each <= by)
        then = int(by // first)
        options: dict[str, Any] = {"page": self._frame - 1} if "tiff" in self._loader else {}
        options |= {"shrink": first} if first > 1 else {}
        image = getattr(vips.Image, self._loader)(
            self._data, access="sequential", fail_on="warning", **options
        )
        if (image.width, image.height) != tuple(math.ceil(side / first) for side in self._size):
            raise _damaged()
        box = [edge / first for edge in region.as_tuple()]
        left, top = (int(edge) // then * then for edge in box[:2])
        right = min(image.width, math.ceil(box[2]))
        bottom = min(image.height, math.ceil(box[3]))
        size = Size(-(-(right - left) // then), -(-(bottom - top) // then))
        check_at_once(size, limits=self._limits)
        part = image.crop(left, top, right - left, bottom - top)
        if part.bands in {2, 4}:
            part = part.flatten(background=255)
        if then > 1:
            part = part.shrink(then, then, ceil=True)
        if part.format != "uchar" or part.bands not in {1, 3} or (part.width, part.height) != size:
            raise _damaged()
        pixels = vips.Region.new(part).fetch(0, 0, *size)  # in this thread
        shown = Image.frombytes(_MODES[part.bands], size, pixels).convert("RGB")
        edges = zip(box, (left, top) * 2, (*size, *size), strict=True)
        moved = [min((edge - start) / then, most) for edge, start, most in edges]
        return Draft(shown, (moved[0], moved[1], moved[2], moved[3]))


def _jpeg_steps(loader: str) -> tuple[int, ...]:
    """How many times smaller an image can be decoded."""
    return (8, 4, 2, 1) if loader == "jpegload_buffer" else (1,)


def _damaged() -> ImageFormatError:
    return ImageFormatError(
        "the image is damaged or cut short where the view needs it, or libvips cannot read it; "
        "give the complete file, saved anew"
    )


def _trim(vips: ModuleType) -> None:
    """Have libvips forget what it opened: it would keep a hundred files, 120 MB of photographs."""
    with _one_trims:
        most = vips.voperation.cache_get_max()
        vips.cache_set_max(0)
        vips.cache_set_max(most)


@cache
def load_alone(*, block_others: bool = False) -> ModuleType | None:
    """Load libvips; None where it is not installed or does not load.

    Args:
        block_others: Whether to block all loaders but the three, in all of this process.
    """
    try:
        pyvips = import_module("pyvips")  # here: an extra, and 20 ms of the processor
    except (ImportError, OSError):  # OSError: without its library
        return None
    if block_others:
        pyvips.operation_block_set("VipsForeignLoad", state=True)
        for loader in _LOADERS:
            pyvips.operation_block_set(loader, state=False)
    return pyvips
