"""One picture of noise and lines in every mode and encoding, and parts of it as they are shown."""

import io
import struct
import zlib
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, open_original
from ergo_agent.views.geometry import Region, Size
from tests.support import bombs

__all__ = ["encoded", "exif", "interlaced", "picture", "region", "shown"]

SIZE = (1700, 1300)


@cache
def picture(mode: str) -> Image.Image:
    """Noise over gradients with sharp lines: a wrong offset, filter or colour shows."""
    return _drawn() if mode == "RGB" else _turned_into(mode, _drawn())


@cache
def _drawn() -> Image.Image:
    seeds = (Image.effect_noise(SIZE, spread) for spread in (30, 60, 90))
    gradient = Image.radial_gradient("L").resize(SIZE).convert("RGB")
    image = Image.blend(Image.merge("RGB", tuple(seeds)), gradient, 0.6)
    pen = ImageDraw.Draw(image)
    for at in range(0, SIZE[0], 37):
        pen.line((at, 0, SIZE[0] - at, SIZE[1]), fill=(at % 256, 255 - at % 256, 90))
    return image


def _turned_into(mode: str, image: Image.Image) -> Image.Image:
    if mode in {"RGBA", "LA"}:
        image = image.convert(mode)
        image.putalpha(Image.linear_gradient("L").resize(SIZE))
        return image
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) << 4)
    if mode in {"P", "P4"}:  # by the octree, which takes a hundredth of the time of median cuts
        return image.quantize(200 if mode == "P" else 13, Image.Quantize.FASTOCTREE)
    return image.convert(mode)


def region(left: int, top: int, right: int, bottom: int) -> Region:
    return Region(left=left, top=top, right=right, bottom=bottom)


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def encoded(kind: str, mode: str, options: dict[str, object]) -> bytes:
    image = picture(mode)
    if "tile" in options:
        return tiled(image, options["tile"])
    if "interlaced" in options:
        return interlaced(image)
    if kind == "PNG" and [*options] == ["exif"]:
        return with_exif(plain_png(mode), options["exif"])
    if kind == "PNG":
        options = {"compress_level": 1, **options}
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def plain_png(mode: str) -> bytes:
    """Compressed once for all orientations: that takes half a second."""
    return bombs.encoded(picture(mode), "PNG", compress_level=1)


def with_exif(png: bytes, tags: Image.Exif) -> bytes:
    """A PNG with a chunk of tags behind its header, where Pillow writes it."""
    chunk = bombs.png_chunk(b"eXIf", tags.tobytes().removeprefix(b"Exif\0\0"))
    return png[:33] + chunk + png[33:]


def tiled(image: Image.Image, tile: tuple[int, int]) -> bytes:
    """A TIFF of uncompressed tiles, which Pillow does not write."""
    width, height = tile
    boxes = [
        (left, top, left + width, top + height)
        for top in range(0, image.height, height)
        for left in range(0, image.width, width)
    ]
    tiles = [image.crop(box).tobytes() for box in boxes]
    first, length, count = 8 + 12 + 8 * len(tiles), len(tiles[0]), len(tiles)
    data = struct.pack("<3I", 8, 8, 8)
    data += struct.pack(f"<{count}I", *(first + length * at for at in range(count)))
    data += struct.pack(f"<{count}I", *([length] * count))
    entries = [(256, 1, image.width), (257, 1, image.height), (258, 3, 8), (259, 1, 1), (262, 1, 2)]
    entries += [(277, 1, 3), (322, 1, width), (323, 1, height)]
    entries += [(324, count, 8 + 12), (325, count, 8 + 12 + 4 * count)]
    return bombs.tiff(entries, data=data + b"".join(tiles))


def interlaced(image: Image.Image) -> bytes:
    """A PNG in Adam7's order, which Pillow does not write."""
    pixels, rows = np.asarray(image), b""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)]
    passes += [(0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    for left, top, across, down in passes:
        rows += b"".join(b"\0" + row.tobytes() for row in pixels[top::down, left::across])
    head = struct.pack(">IIBBBBB", *image.size, 8, 2, 0, 0, 1)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(bombs.png_chunk(*chunk) for chunk in chunks)


def shown(data: bytes, *, limits: ImageLimits = DEFAULT_LIMITS, alone: bool = True) -> list[bytes]:
    """Parts of it: as they are, shrunk, enlarged, and at its edges."""
    width, height = open_original(data).size
    views = []
    for box, at in [
        ((300, 200, 701, 603), Size(401, 403)),
        ((300, 200, 701, 603), Size(140, 84)),
        ((0, 0, 333, 100), Size(700, 504)),
        ((width - 400, height - 300, width, height), Size(196, 140)),
    ]:
        original = open_original(data, limits=limits)
        if not alone:
            original._parts = "none"
        views.append(original.shown(region(*box), at).tobytes())
    return views
