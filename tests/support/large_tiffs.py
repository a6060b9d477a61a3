"""Very large TIFFs, written in no time: white with one black mark, alike tiles stored once."""

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ergo_agent.views.geometry import Region, Size

__all__ = ["MARK", "Picture", "large_tiff"]

MARK = Region(left=15_000, top=12_000, right=16_000, bottom=12_500)
"""Where the black mark is, in pixels of a page of 20,000 x 20,000."""

SIZE = Size(20_000, 20_000)

_DEFLATE = 8


class Picture(NamedTuple):
    """A picture of a TIFF, and what may be wrong with it."""

    size: Size
    mark: Region
    tile: int = 256
    bits: int = 8
    missing: int | None = None
    """A tile that is said not to be there."""

    garbled: int | None = None
    """A tile whose bytes are no tile."""

    listed: int | None = None
    """How many tiles are listed; all when left out."""


def large_tiff(
    size: Size = SIZE,
    *,
    levels: int = 4,
    within: bool = False,
    bits: int = 8,
    **wrong: int,
) -> bytes:
    """A TIFF in tiles, with smaller pictures of the page.

    Args:
        size: Of the page.
        levels: How many smaller pictures, each half as large as the one before.
        within: Whether the page's directory names them; else they are frames behind it.
        bits: For a pixel, 8 or 1.
        **wrong: What is wrong with the page; see `Picture`.
    """
    pictures = [Picture(size, MARK, bits=bits, **wrong)]
    for _ in range(levels):
        last = pictures[-1]
        left, top, right, bottom = (edge // 2 for edge in last.mark.as_tuple())
        half = Region(left=left, top=top, right=right, bottom=bottom)
        pictures.append(Picture(Size(last.size.width // 2, last.size.height // 2), half, bits=bits))
    return _written(pictures, within=within)


def _written(pictures: Sequence[Picture], *, within: bool) -> bytes:
    body, known, directories = bytearray(b"II*\0\0\0\0\0"), dict[bytes, tuple[int, int]](), []
    for number, picture in enumerate(pictures):
        offsets, counts = _tiles(picture, body, known)
        tags = {254: [int(number > 0)], 256: [picture.size.width], 257: [picture.size.height]}
        tags |= {258: [picture.bits], 259: [_DEFLATE], 262: [1], 277: [1]}
        tags |= {322: [picture.tile], 323: [picture.tile], 324: offsets, 325: counts}
        directories.append(tags)
    if within:
        places = [_put(tags, body, following=0) for tags in directories[1:]]
        first = _put({**directories[0], 330: places}, body, following=0)
    else:
        first = 0
        for tags in reversed(directories):
            first = _put(tags, body, following=first)
    body[4:8] = struct.pack("<I", first)
    return bytes(body)


def _put(tags: dict[int, list[int]], body: bytearray, *, following: int) -> int:
    """Append a directory of long values; where it is."""
    entries = b""
    for tag, values in sorted(tags.items()):
        packed = struct.pack(f"<{len(values)}I", *values)
        place = packed
        if len(values) > 1:
            place = struct.pack("<I", len(body))
            body += packed
        entries += struct.pack("<HHI", tag, 4, len(values)) + place
    at = len(body)
    body += struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)
    return at


def _tiles(
    picture: Picture, body: bytearray, known: dict[bytes, tuple[int, int]]
) -> tuple[list[int], list[int]]:
    """Offsets and lengths of the tiles; alike ones lie at one place."""
    places, side = list[tuple[int, int]](), picture.tile
    for top in range(0, picture.size.height, side):
        for left in range(0, picture.size.width, side):
            place = Region(left=left, top=top, right=left + side, bottom=top + side)
            data = _tile(picture, place)
            if len(places) == picture.garbled:
                data = b"no tile" * 9
            if data not in known:
                known[data] = len(body), len(data)
                body += data
            places.append(known[data] if len(places) != picture.missing else (0, 0))
    places = places[: picture.listed]
    return [at for at, _ in places], [length for _, length in places]


_blank: dict[tuple[int, int], bytes] = {}


def _tile(picture: Picture, place: Region) -> bytes:
    black = place.intersection(picture.mark)
    key = picture.tile, picture.bits
    if black is None and key in _blank:
        return _blank[key]
    pixels = np.full((picture.tile, picture.tile), 255, np.uint8)
    if black is not None:
        left, top = black.left - place.left, black.top - place.top
        pixels[top : top + black.size.height, left : left + black.size.width] = 0
    rows = np.packbits(pixels > 0, axis=1) if picture.bits == 1 else pixels
    data = zlib.compress(rows.tobytes())
    if black is None:
        _blank[key] = data
    return data
