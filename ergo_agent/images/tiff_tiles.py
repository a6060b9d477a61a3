"""Parts of large TIFFs, tile by tile or strip by strip, decoded by Pillow.

Pillow hands a compressed TIFF to libtiff as a whole. So each tile becomes a TIFF of its own: the
page's tags that say how pixels are coded, the tile's size, its bytes. It is decoded by the code
that would decode all of the page, and no more than two tiles are there beside what they make up.

Where the file has smaller pictures of the page (a pyramid), a coarse view comes from the smallest
that is large enough. Tags: TIFF 6.0 (Adobe, 1992); sub-directories: TIFF Technical Note 1.
"""

import io
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, TiffImagePlugin

from ergo_agent.errors import ImageFormatError
from ergo_agent.images.colours import to_rgb
from ergo_agent.images.decoder import Draft, typed_errors
from ergo_agent.images.large_pages import PartSource, check_at_once, refused
from ergo_agent.images.limits import ImageLimits
from ergo_agent.views.geometry import Region, Size

__all__ = ["TiledPicture", "TiledSource"]

Tags = TiffImagePlugin.ImageFileDirectory_v2

_WIDTH, _HEIGHT, _BITS, _CODING, _OFFSETS, _ROWS, _COUNTS = 256, 257, 258, 259, 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS = 322, 323, 324, 325
_CODED = (258, 259, 262, 266, 277, 284, 292, 293, 317, 320, 338, 339, 347, 529, 530, 532)
"""Tags that say how pixels are coded; a tile's are those of its page."""
_PLANAR, _OLD_JPEG = 284, 6

_MOST_SHRUNK = 16
"""Times that a tile is shrunk at once: the sides of tiles are multiples of it."""
_MANY = 400
"""Tiles, at 0.7 ms each, from which libvips goes over them instead, where it is there: a page of
6,241 tiles takes it 1.1 s."""
_FEWEST_ROWS, _ROW_PIXELS = 64, 4_000_000
"""Rows put together at once where strips have fewer, and pixels that they may have then."""
_BESIDE = 8
"""Part of `max_pixels` that a tile or strip may have: two lie beside a block of them, each as RGB
and one as it was coded."""


_Kept = dict[int, Image.Image]
"""Tiles as RGB, by their number, the one decoded last at the end."""


class TiledPicture:
    """One picture of a TIFF in tiles or strips: a page, or a smaller picture of one."""

    def __init__(self, data: bytes, tags: Tags, *, limits: ImageLimits) -> None:
        """Check that every tile is there.

        Args:
            data: The whole file.
            tags: The picture's.
            limits: `max_pixels` bounds a tile.

        Raises:
            ImageFormatError: If tiles are missing, or lie beyond the file's end.
            ImageTooLargeError: If it cannot be decoded tile by tile.
        """
        self._data, self._tags = data, tags
        self.size = Size(_whole(tags, _WIDTH), _whole(tags, _HEIGHT))
        tiled = _TILE_WIDTH in tags
        self.tile = Size(
            _whole(tags, _TILE_WIDTH) if tiled else self.size.width,
            _whole(tags, _TILE_HEIGHT) if tiled else min(_rows(tags), self.size.height),
        )
        self._tiled = tiled
        self._across = math.ceil(self.size.width / self.tile.width)
        self._offsets = _numbers(tags, _TILE_OFFSETS if tiled else _OFFSETS)
        self._counts = _numbers(tags, _TILE_COUNTS if tiled else _COUNTS)
        if not tiled and tags.get(_CODING, 1) == 1 and len(self._offsets) == len(self._counts) == 1:
            self._part_rows()
        why = _why_not(tags, self.tile, limits)
        if why:
            raise refused(self.size, why, limits=limits)
        self._check(len(data), "tiles" if tiled else "strips")

    def pixels(self, region: Region, kept: _Kept | None = None) -> Image.Image:
        """A part as RGB.

        Args:
            region: In the picture's own pixels.
            kept: The tiles decoded last, from one call to the next.

        Raises:
            ImageFormatError: If a tile is damaged.
        """
        canvas = Image.new("RGB", region.size)
        for index, place in self._touched(region):
            inside = place.intersection(region)
            assert inside is not None
            tile = self._decoded(index, place.size, {} if kept is None else kept)
            at = inside.left - place.left, inside.top - place.top
            box = (*at, at[0] + inside.size.width, at[1] + inside.size.height)
            canvas.paste(tile.crop(box), (inside.left - region.left, inside.top - region.top))
        return canvas

    def shrunk(self, region: Region, by: int) -> Image.Image:
        """A part at one `by`-th of its size, as RGB, put together from blocks shrunk one by one.

        Args:
            region: In the picture's pixels; its left and top are multiples of `by`.
            by: A power of two, `_MOST_SHRUNK` at most.
        """
        if by == 1:
            return self.pixels(region)
        width, height = region.size
        canvas = Image.new("RGB", (math.ceil(width / by), math.ceil(height / by)))
        kept: _Kept = {}
        for block in self._blocks(region, by):
            place = (block.left - region.left) // by, (block.top - region.top) // by
            canvas.paste(self.pixels(block, kept).reduce(by), place)
        return canvas

    def count(self, region: Region) -> int:
        """How many tiles a region touches."""
        across, down = self._spans(region)
        return len(across) * len(down)

    def _blocks(self, region: Region, by: int) -> Iterator[Region]:
        """Blocks on the grid of tiles as far as `by` allows, in reading order."""
        width, rows = self.tile
        if not self._tiled:
            width = -(-self.size.width // by) * by
            rows = max(rows, min(_FEWEST_ROWS, _ROW_PIXELS // width))
        across, down = (max(by, side // by * by) for side in (width, rows))
        for top in _steps(region.top, region.bottom, down):
            bottom = min(region.bottom, (top // down + 1) * down)
            for left in _steps(region.left, region.right, across):
                right = min(region.right, (left // across + 1) * across)
                yield Region(left=left, top=top, right=right, bottom=bottom)

    def _spans(self, region: Region) -> tuple[range, range]:
        """Columns and rows of the grid that a region touches."""
        width, height = self.tile
        return (
            range(region.left // width, -(-region.right // width)),
            range(region.top // height, -(-region.bottom // height)),
        )

    def _touched(self, region: Region) -> Iterator[tuple[int, Region]]:
        across, down = self._spans(region)
        for row in down:
            for column in across:
                left, top = column * self.tile.width, row * self.tile.height
                bottom = top + self.tile.height
                if not self._tiled:  # the last strip ends with the picture
                    bottom = min(bottom, self.size.height)
                place = Region(left=left, top=top, right=left + self.tile.width, bottom=bottom)
                yield row * self._across + column, place

    def _decoded(self, index: int, size: Size, kept: _Kept) -> Image.Image:
        """A tile as RGB; the last two are kept, since blocks may cut through a strip."""
        if index not in kept:
            while len(kept) > 1:
                del kept[next(iter(kept))]
            kept[index] = self._tile(index, size)
        return kept[index]

    def _tile(self, index: int, size: Size) -> Image.Image:
        begin, length = int(self._offsets[index]), int(self._counts[index])
        with typed_errors(f"tile {index + 1} of the TIFF"):
            head = _head(self._data[:2], _coded(self._tags), size, length)
            image = TiffImagePlugin.TiffImageFile(
                io.BytesIO(head + self._data[begin : begin + length])
            )
            image.load()
            if image.size != size:
                raise ImageFormatError(f"tile {index + 1} of the TIFF is of another size")
            return to_rgb(image)

    def _part_rows(self) -> None:
        """Take one strip of rows that are not coded at all as many strips."""
        width, height = self.size
        bits = self._tags.get(_BITS, (1,))
        if not all(isinstance(each, int) for each in bits):
            return
        row = -(-width * sum(bits) // 8)
        rows = min(height, _FEWEST_ROWS)
        tops = np.arange(0, height, rows)
        if self._counts[0] >= row * height:
            self.tile = Size(width, rows)
            self._offsets = self._offsets[0] + tops * row
            self._counts = np.minimum(rows, height - tops) * row

    def _check(self, length: int, name: str) -> None:
        down = math.ceil(self.size.height / self.tile.height)
        needed = self._across * down
        if not len(self._offsets) == len(self._counts) == needed:
            raise ImageFormatError(
                f"the TIFF takes {needed} {name}, and has {len(self._offsets)}; save it anew"
            )
        bad = (self._counts <= 0) | (self._offsets <= 0)
        if bad.any():
            raise ImageFormatError(
                f"{int(bad.sum())} of the TIFF's {needed} {name} are missing; save it anew"
            )
        if (self._offsets > length - self._counts).any():
            raise ImageFormatError("the TIFF is cut short; give the complete file")


class TiledSource:
    """Parts of a large page of a TIFF."""

    def __init__(
        self, levels: Sequence[TiledPicture], *, limits: ImageLimits, whole: PartSource | None
    ) -> None:
        """Take the page's pictures.

        Args:
            levels: The page, and smaller pictures of it, in any order.
            limits: `max_pixels` bounds what is put together.
            whole: What goes over all of the page in one go, where that is installed.
        """
        self._levels = sorted(levels, key=lambda level: -level.size.area)
        self._limits = limits
        self._whole = whole

    def exact(self, region: Region) -> Image.Image:
        """A part's pixels as RGB."""
        return self._levels[0].pixels(region)

    def reduced(self, region: Region, by: float) -> Draft:
        """A part at no less than one `by`-th of its size."""
        page = self._levels[0].size
        level = next(
            each for each in reversed(self._levels) if page.width <= by * each.size.width * 1.01
        )
        across, down = level.size.width / page.width, level.size.height / page.height
        shrink = _power_of_two(by * across)
        box = (region.left * across, region.top * down, region.right * across, region.bottom * down)
        around = _aligned(box, shrink, within=level.size)
        if self._whole is not None and level.size == page and level.count(around) > _MANY:
            return self._whole.reduced(region, by)
        check_at_once(
            Size(-(-around.size.width // shrink), -(-around.size.height // shrink)),
            limits=self._limits,
        )
        image = level.shrunk(around, shrink)
        left, top, right, bottom = (
            (edge - start) / shrink
            for edge, start in zip(box, (around.left, around.top) * 2, strict=True)
        )
        return Draft(image, (left, top, min(right, image.width), min(bottom, image.height)))


def _power_of_two(most: float) -> int:
    return min(_MOST_SHRUNK, 1 << int(math.log2(max(1.0, most))))


def _aligned(box: tuple[float, float, float, float], to: int, *, within: Size) -> Region:
    """The pixels that a box touches, from multiples of `to` on."""
    left, top, right, bottom = box
    return Region(
        left=int(left) // to * to,
        top=int(top) // to * to,
        right=min(within.width, math.ceil(right)),
        bottom=min(within.height, math.ceil(bottom)),
    )


def _steps(first: int, end: int, step: int) -> Iterator[int]:
    """Where blocks begin: at the first, then at multiples of the step."""
    yield first
    yield from range((first // step + 1) * step, end, step)


def _why_not(tags: Tags, tile: Size, limits: ImageLimits) -> str:
    """Why a picture cannot be decoded tile by tile; empty where it can."""
    bits = tags.get(_BITS, (1,))
    if not all(isinstance(each, int) and each <= 8 for each in bits):
        return "its colours have more than 8 bits"
    if tags.get(_PLANAR, 1) != 1:
        return "its colours are stored apart"
    if tags.get(_CODING, 1) == _OLD_JPEG:
        return "it is coded in a form that is no longer used"
    if tile.area > limits.max_pixels // _BESIDE:
        return f"its tiles or strips are of {tile.width}x{tile.height} pixels"
    return ""


def _whole(tags: Tags, tag: int) -> int:
    value = tags.get(tag)
    if isinstance(value, int) and value > 0:
        return int(value)
    raise ImageFormatError(f"the TIFF has no usable tag {tag}; save it anew")


def _rows(tags: Tags) -> int:
    """Rows of a strip; without that tag all are in one."""
    return _whole(tags, _ROWS if _ROWS in tags else _HEIGHT)


def _numbers(tags: Tags, tag: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A tag's values; none where it is missing, or not of numbers."""
    values = tags.get(tag, ())
    values = values if isinstance(values, tuple) else (values,)
    if not all(isinstance(each, int) for each in values):
        return np.zeros(0, np.int64)
    return np.asarray(values, dtype=np.uint64).astype(np.int64)


def _coded(tags: Tags) -> tuple[tuple[int, int, Any], ...]:
    """How a picture's pixels are coded: tags with their types and values."""
    return tuple((tag, tags.tagtype[tag], tags[tag]) for tag in _CODED if tag in tags)


@lru_cache(maxsize=16)
def _head(order: bytes, coded: tuple[tuple[int, int, Any], ...], size: Size, length: int) -> bytes:
    """What stands before a tile's bytes in a TIFF of its own."""
    start = order + (b"*\0\x08\0\0\0" if order == b"II" else b"\0*\0\0\0\x08")
    tags = Tags(ifh=start)
    for tag, kind, value in coded:
        tags.tagtype[tag] = kind
        tags[tag] = value
    tags[_WIDTH], tags[_HEIGHT] = size
    tags[_ROWS], tags[_OFFSETS], tags[_COUNTS] = size.height, 0, length
    return bytes(start + tags.tobytes(8))
