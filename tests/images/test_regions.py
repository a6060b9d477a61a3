"""A part that is decoded alone is the same as that part of all pixels."""

import gc
import io
import struct
import subprocess
import sys
import textwrap
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from ergo_agent.errors import ImageFormatError
from ergo_agent.images import (
    DEFAULT_LIMITS,
    GUARDED_LIMITS,
    ImageLimits,
    Original,
    open_original,
    regions,
)
from ergo_agent.images.pixel_memory import memory_for
from ergo_agent.images.rasters import RasterReader
from ergo_agent.views.geometry import Region, Size
from tests.support import bombs

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


ALONE = [
    *[("JPEG", "RGB", {"subsampling": each}) for each in ("4:4:4", "4:2:2", "4:2:0", "4:1:1")],
    *[("JPEG", "RGB", {"quality": each}) for each in (20, 100)],
    *[("JPEG", "RGB", {"exif": exif(each)}) for each in range(1, 9)],
    ("JPEG", "RGB", {"restart_marker_rows": 1}),
    ("JPEG", "RGB", {"keep_rgb": True}),
    ("JPEG", "L", {}),
    ("PNG", "RGB", {}),
    ("PNG", "RGB", {"transparency": (128, 128, 128)}),
    *[("PNG", "RGB", {"exif": exif(each)}) for each in range(1, 9)],
    *[("PNG", mode, {}) for mode in ("RGBA", "LA", "L", "P", "P4", "1")],
    ("PNG", "L", {"transparency": 128}),
    ("PNG", "P", {"transparency": bytes(range(200))}),
    ("PNG", "RGB", {"gamma": 0.3, "icc_profile": b"none"}),
    *[
        ("TIFF", mode, {"compression": each, "strip_size": 65_536})
        for mode in ("RGB", "L", "P")
        for each in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")
    ],
    *[("TIFF", "1", {"compression": each}) for each in ("raw", "packbits", "group4")],
    ("TIFF", "1", {"compression": "group4", "tiffinfo": {262: 0}}),
    ("TIFF", "L", {"compression": "tiff_lzw", "tiffinfo": {262: 0}}),
    ("TIFF", "RGB", {"compression": "tiff_lzw", "strip_size": 1 << 28}),
    ("TIFF", "RGB", {"tile": (256, 128)}),
]
"""Of which a part is decoded alone."""

WHOLE = [
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("JPEG", "CMYK", {"progressive": True}),
    ("PNG", "RGB", {"interlaced": True}),
    ("PNG", "I;16", {}),
    ("PNG", "P4", {"transparency": 3}),
    ("TIFF", "I;16", {"strip_size": 65_536}),
    ("TIFF", "RGBA", {"strip_size": 65_536}),
    ("TIFF", "CMYK", {"strip_size": 65_536}),
    ("TIFF", "RGB", {"compression": "jpeg", "strip_size": 65_536}),
    ("TIFF", "RGB", {"strip_size": 65_536, "tiffinfo": {274: 6}}),
    ("WEBP", "RGB", {"lossless": True, "method": 0}),
    ("BMP", "RGB", {}),
]
"""Of which it is not."""


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


@pytest.fixture
def wholes(monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """The sizes of what was decoded whole."""
    sizes: list[Size] = []
    raw = RasterReader.raw

    def counted(reader: RasterReader, target: Image.Image | None = None) -> Image.Image:
        sizes.append(reader.stored_size)
        return raw(reader, target)

    monkeypatch.setattr(RasterReader, "raw", counted)
    return sizes


@pytest.mark.parametrize(("kind", "mode", "options"), ALONE)
def test_a_part_decoded_alone_is_the_same(
    kind: str, mode: str, options: dict[str, object], wholes: list[Size]
):
    data = encoded(kind, mode, options)
    alone = shown(data)
    assert not wholes
    assert alone == shown(data, alone=False)
    assert len(wholes) == len(alone)
    assert alone == shown(data, limits=GUARDED_LIMITS)


@pytest.mark.parametrize(("kind", "mode", "options"), WHOLE)
def test_what_cannot_be_decoded_in_part_is_decoded_whole(
    kind: str, mode: str, options: dict[str, object], wholes: list[Size]
):
    data = encoded(kind, mode, options)
    views = shown(data)
    assert len(wholes) == len(views)
    assert views == shown(data, limits=GUARDED_LIMITS)


@pytest.mark.parametrize(("kind", "mode", "options"), [ALONE[6], ALONE[20], ALONE[-1]])
def test_without_the_extra_it_is_the_same(
    kind: str,
    mode: str,
    options: dict[str, object],
    wholes: list[Size],
    monkeypatch: pytest.MonkeyPatch,
):
    data = encoded(kind, mode, options)
    alone = shown(data)
    assert not wholes
    monkeypatch.setattr(regions, "find_spec", lambda _: None)
    assert shown(data) == alone


ROWS = [
    (kind, mode, options)
    for kind, mode, options in ALONE
    if mode == "RGB" and kind != "TIFF" and "transparency" not in options
]
"""Of which Pillow alone can leave out what lies below a part."""


@pytest.mark.parametrize(("kind", "mode", "options"), ROWS)
def test_without_the_extra_rows_below_a_part_are_left_out(
    kind: str, mode: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(regions, "find_spec", lambda _: None)
    data = encoded(kind, mode, options)
    reader, whole = (RasterReader(data, page=1, limits=DEFAULT_LIMITS) for _ in range(2))
    pixels = whole.raw()
    for box in ((300, 200, 700, 600), (0, 0, 9, 1), (1600, 700, 1700, 866)):
        part = reader.part(region(*box))
        assert part is not None
        assert part.tobytes() == pixels.crop(box).tobytes()
    assert reader.part(region(0, 700, 90, 867)) is None


def test_a_band_takes_memory_for_its_part_alone(monkeypatch: pytest.MonkeyPatch):
    """Rows above are let go of on the way, and those below never come."""
    monkeypatch.setattr(regions, "find_spec", lambda _: None)
    data = bombs.encoded(Image.radial_gradient("L").resize((6000, 5000)).convert("RGB"), "JPEG")
    reader = RasterReader(data, page=1, limits=DEFAULT_LIMITS)
    seen: list[int] = []
    crop = Image.Image.crop

    def watched(image: Image.Image, *box: Any) -> Image.Image:
        seen.append(psutil.Process().memory_info().rss)
        return crop(image, *box)

    monkeypatch.setattr(Image.Image, "crop", watched)
    before = psutil.Process().memory_info().rss
    assert reader.part(region(100, 3000, 500, 3300)) is not None
    assert seen[0] - before < 40_000_000  # all of it takes 120 MB, and 80 down to the last row


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_part_at_any_size_is_the_same(any_jpeg: bytes, data: st.DataObject):
    width, height = open_original(any_jpeg).size
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right = data.draw(st.integers(left + 1, min(width, left + 1000)))
    bottom = data.draw(st.integers(top + 1, min(height, top + 800)))
    at = Size(data.draw(st.integers(1, 900)), data.draw(st.integers(1, 900)))
    box = region(left, top, right, bottom)
    alone, whole = open_original(any_jpeg), open_original(any_jpeg)
    whole._parts = "none"
    assert alone.shown(box, at).tobytes() == whole.shown(box, at).tobytes()


@pytest.fixture(scope="module", params=[1, 6])
def any_jpeg(request: pytest.FixtureRequest) -> bytes:
    return encoded("JPEG", "RGB", {"exif": exif(request.param)})


PART = region(100, 100, 300, 300)


def held(original: Original) -> bool:
    """Whether all its pixels are kept."""
    return memory_for(original._peak).holds(original._key)


def test_pixels_that_are_there_are_used_and_for_a_part_none_are_kept(any_jpeg: bytes):
    original = open_original(any_jpeg)
    original.shown(PART, PART.size)
    assert not held(original)
    original.shown(Region.whole(original.size), original.size)
    assert held(original)
    spent = original._spent
    original.shown(PART, PART.size)
    assert original._spent == spent


def test_after_many_parts_all_is_decoded_and_kept(any_jpeg: bytes, wholes: list[Size]):
    original = open_original(any_jpeg)
    low = region(0, original.size.height - 200, 200, original.size.height)
    for _ in range(8):
        original.shown(low, low.size)
    assert len(wholes) == 1
    assert held(original)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("limits", [DEFAULT_LIMITS, GUARDED_LIMITS])
def test_a_damaged_file_comes_to_the_same(kind: str, limits: ImageLimits):
    """Where the damage lies within the part's rows, or the file is unreadable from there on."""
    data = bytearray(encoded(kind, "RGB", {"strip_size": 65_536} if kind == "TIFF" else {}))
    middle = len(data) // 9
    data[middle : middle + 4000] = bytes(4000)

    def come_to(*, alone: bool) -> list[bytes] | str:
        try:
            return shown(bytes(data), limits=limits, alone=alone)
        except ImageFormatError as error:
            return str(error)

    assert come_to(alone=True) == come_to(alone=False)


def test_nothing_of_a_file_is_kept(any_jpeg: bytes):
    vips = regions.load_alone()
    assert vips is not None
    most = vips.voperation.cache_get_max()
    open_original(any_jpeg).shown(PART, PART.size)
    gc.collect()
    assert vips.voperation.cache_get_size() == 0
    assert vips.voperation.cache_get_max() == most > 0


def test_where_strangers_files_are_decoded_no_other_loader_is_open(tmp_path: Path):
    code = """
        import io, sys
        import pyvips
        from PIL import Image
        from ergo_agent.images import jobs

        svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
        pyvips.Image.svgload_buffer(svg)
        assert jobs.prepare({"job": "cut"}) and not jobs.prepare({"job": "cut"})
        known = {"JPEG": pyvips.Image.jpegload_buffer, "PNG": pyvips.Image.pngload_buffer,
                 "TIFF": pyvips.Image.tiffload_buffer}
        for kind in ("JPEG", "PNG", "TIFF", "GIF", "WEBP", "PPM"):
            buffer = io.BytesIO()
            Image.new("RGB", (9, 9)).save(buffer, kind)
            load = known.get(kind, lambda data: pyvips.Image.new_from_buffer(data, ""))
            try:
                load(buffer.getvalue())
                print(kind)
            except pyvips.Error:
                pass
        for name in ("svgload_buffer", "rawload", "matrixload", "csvload", "vipsload", "jpegload",
                     "gifload_buffer", "webpload_buffer", "heifload_buffer", "ppmload"):
            try:
                getattr(pyvips.Image, name)(sys.argv[1] if "buffer" not in name else svg)
                print(name)
            except (pyvips.Error, TypeError, AttributeError):
                pass
    """
    path = tmp_path / "image.jpg"
    Image.new("RGB", (9, 9)).save(path)
    command = [sys.executable, "-c", textwrap.dedent(code), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["JPEG", "PNG", "TIFF"]


@pytest.mark.parametrize("broken", ["OSError", "ImportError"])
def test_a_library_that_does_not_load_is_none(
    any_jpeg: bytes, broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    expected = shown(any_jpeg)
    (tmp_path / "pyvips.py").write_text(f"raise {broken}('no library')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "pyvips")
    regions.load_alone.cache_clear()
    assert shown(any_jpeg) == expected
    assert regions.load_alone() is None
    regions.load_alone.cache_clear()
