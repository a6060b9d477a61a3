"""Files that are small to store and large to open: refused before they are opened, or cut off."""

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ergo_agent import ErgoVisionTool
from ergo_agent.images import GUARDED_LIMITS
from ergo_agent.views.geometry import Size
from tests.security.conftest import Ask, Hostile
from tests.support import bombs
from tests.support.large_tiffs import large_tiff
from tests.support.scripted import scripted

ANSWER, FORMAT, LARGE, NOTHING = (
    "answer",
    "ImageFormatError",
    "ImageTooLargeError",
    "ImageNotFoundError",
)
IN_TIME = f"{ANSWER} or {LARGE}"
"""Of 400 million pixels that are decoded in parts, which takes about the second that there is."""

ONE_SECOND = {**GUARDED_LIMITS.model_dump(), "decode_seconds": 1.0}
MOST = 2.5
"""Seconds of the processor: an image is cut off after one, and a process takes 0.2 s to begin; on a
busy machine 1.6 s were seen. Without an end these files take from three seconds to hours."""

HUGE = 60_000
"""Its square is 3.6 billion pixels."""


def blank(kind: str, size: tuple[int, int], mode: str = "L", **options: object) -> bytes:
    return bombs.encoded(Image.new(mode, size), kind, **options)


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    """A file with another size in its header."""
    assert old in data
    return data.replace(old, new)


def animated(kind: str, frames: int) -> bytes:
    pictures = [Image.new("RGB", (1, 1), (n % 256, n // 256, 0)) for n in range(frames)]
    return bombs.encoded(
        pictures[0], kind, save_all=True, append_images=pictures[1:], lossless=True
    )


def text_bomb(kind: bytes, head: bytes) -> bytes:
    """A PNG with 100 MB of text in front of its one pixel."""
    before = bombs.png_chunk(kind, head + bombs.deflated(100))
    return bombs.png(1, 1, data=bombs.deflated(1), before=before)


def image_in_pdf(side: int) -> bytes:
    entries = (
        b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
        b"/Width %d/Height %d" % (side, side)
    )
    picture = bombs.stream(entries, bombs.deflated(min(side * side // 1_000_000, 300)))
    content = bombs.stream(b"", b"q 300 0 0 300 0 0 cm /I Do Q")
    return bombs.pdf_page(content, picture, resources=b"/XObject<</I 5 0 R>>")


FLATE = b"/Filter/FlateDecode"
TWICE = b"/Filter[/FlateDecode/FlateDecode]"

BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    # PNG
    "png-by-header": (lambda: bombs.png(HUGE, HUGE, data=bombs.deflated(1)), FORMAT),
    "png-of-one-bit": (lambda: blank("PNG", (20_000, 20_000), "1"), IN_TIME),
    "png-beyond-any-page": (lambda: bombs.png(HUGE, 70_000, data=bombs.deflated(1)), LARGE),
    "png-below-max-pixels": (lambda: bombs.png(9500, 9500, data=bombs.deflated(1)), FORMAT),
    "png-of-16-bits": (lambda: blank("PNG", (4000, 4000), "I;16"), ANSWER),
    "png-one-line": (lambda: bombs.png(2**31 - 1, 1, data=bombs.deflated(1)), LARGE),
    "png-no-pixel": (lambda: bombs.png(0, 0, data=b""), FORMAT),
    "png-more-data-than-pixels": (lambda: bombs.png(9, 9, data=bombs.deflated(400)), ANSWER),
    "png-less-data-than-pixels": (lambda: bombs.png(4000, 4000, data=bombs.deflated(1)), FORMAT),
    "png-ztxt": (lambda: text_bomb(b"zTXt", b"k\0\0"), FORMAT),
    "png-itxt": (lambda: text_bomb(b"iTXt", b"k\0\1\0\0\0"), FORMAT),
    "png-profile": (lambda: text_bomb(b"iCCP", b"k\0\0"), FORMAT),
    "apng-of-2-billion-frames": (
        lambda: bombs.png(
            1,
            1,
            data=bombs.deflated(1),
            before=bombs.png_chunk(b"acTL", (2**31 - 1).to_bytes(4) + bytes(4)),
        ),
        LARGE,
    ),
    # TIFF
    "tiff-by-header": (
        lambda: bombs.tiff([(256, 1, HUGE), (257, 1, HUGE), (258, 1, 8), (262, 1, 1), (273, 1, 8)]),
        LARGE,
    ),
    "tiff-deflate": (lambda: blank("TIFF", (9500, 9500), compression="tiff_deflate"), ANSWER),
    "tiff-g4": (lambda: blank("TIFF", (20_000, 20_000), "1", compression="group4"), IN_TIME),
    "tiff-one-tile-55000-times": (lambda: large_tiff(Size(60_000, 60_000), levels=0), LARGE),
    "tiff-of-many-levels": (lambda: large_tiff(levels=8), ANSWER),
    "tiff-tile": (
        lambda: bombs.tiff(
            [
                *((256, 1, 10), (257, 1, 10), (258, 1, 8), (259, 1, 8), (262, 1, 1), (277, 1, 1)),
                *((322, 1, 40_000), (323, 1, 40_000), (324, 1, 8), (325, 1, 1_000_000)),
            ],
            data=bombs.deflated(300),
        ),
        LARGE,
    ),
    "tiff-of-100000-frames": (lambda: bombs.tiff_of_many_frames(100_000), LARGE),
    "tiff-directory-loop": (
        lambda: bombs.tiff(
            [(256, 1, 1), (257, 1, 1), (258, 1, 8), (262, 1, 1), (273, 1, 8), (279, 1, 1)],
            data=b"\0\0",
            following=10,
        ),
        ANSWER,
    ),
    "tiff-tag-of-4-billion-values": (
        lambda: bombs.tiff([(256, 2**32 - 1, 8), (257, 1, 1), (258, 1, 8), (262, 1, 1)]),
        FORMAT,
    ),
    # GIF
    "gif-of-100000-frames": (lambda: bombs.gif(frames=100_000), LARGE),
    "gif-screen": (lambda: bombs.gif(screen=(65_535, 65_535)), LARGE),
    "gif-frame-beyond-screen": (lambda: bombs.gif(frame=(65_535, 65_535)), LARGE),
    # others
    "webp-below-max-pixels": (lambda: blank("WEBP", (5500, 5500), "RGB", method=0), LARGE),
    "webp-of-1001-frames": (lambda: animated("WEBP", 1001), LARGE),
    "jpeg-by-header": (
        lambda: patched(
            blank("JPEG", (320, 240)), b"\x08\x00\xf0\x01\x40", b"\x08\xff\xff\xff\xff"
        ),
        LARGE,
    ),
    "jpeg-of-1000-scans": (
        lambda: bombs.jpeg_of_many_scans((3000, 3000), scans=1000),
        LARGE,
    ),
    "jpeg2000-by-header": (
        lambda: patched(
            blank("JPEG2000", (320, 240), no_jp2=True),
            b"\0\0\x01\x40\0\0\0\xf0\0\0",
            b"\0\0\xea\x60\0\0\xea\x60\0\0",
        ),
        LARGE,
    ),
    "bmp-by-header": (
        lambda: patched(
            blank("BMP", (320, 240)), b"\x40\x01\0\0\xf0\0\0\0", b"\x60\xea\0\0\x60\xea\0\0"
        ),
        LARGE,
    ),
    "ppm-by-header": (lambda: b"P6 60000 60000 255\n" + bytes(100), LARGE),
    "ppm-of-many-digits": (lambda: b"P6 " + b"9" * 1_000_000, FORMAT),
    # PDF
    "pdf-large-page": (lambda: bombs.pdf_page(b"<<>>", box="0 0 14400 14400"), ANSWER),
    "pdf-endless-page": (lambda: bombs.pdf_page(b"<<>>", box="0 0 1e38 1e38"), ANSWER),
    "pdf-flate": (
        lambda: bombs.pdf_page(bombs.stream(FLATE, bombs.deflated(700, of=b" "))),
        LARGE,
    ),
    "pdf-flate-twice": (
        lambda: bombs.pdf_page(bombs.stream(TWICE, zlib.compress(bombs.deflated(700, of=b" "), 9))),
        LARGE,
    ),
    "pdf-strokes": (
        lambda: bombs.pdf_page(bombs.stream(FLATE, bombs.deflated(12, of=b"0 0 m 9 9 l S\n"))),
        LARGE,
    ),
    "pdf-nested-forms": (lambda: bombs.nested_forms(depth=8, width=8), LARGE),
    "pdf-form-in-itself": (
        lambda: bombs.pdf_page(
            bombs.stream(b"", b"/F Do"),
            bombs.stream(
                b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>",
                b"/F Do /F Do",
            ),
            resources=b"/XObject<</F 5 0 R>>",
        ),
        LARGE,
    ),
    "pdf-image": (lambda: image_in_pdf(17_000), ANSWER),
    "pdf-of-a-billion-pages": (
        lambda: patched(bombs.pdf_page(b"<<>>"), b"/Count 1>>", b"/Count 1000000000>>"),
        ANSWER,
    ),
    "pdf-page-tree-loop": (
        lambda: bombs.pdf(
            [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"]
        ),
        FORMAT,
    ),
    "pdf-deep-arrays": (
        lambda: bombs.pdf_page(bombs.stream(b"", b"[" * 100_000 + b"]" * 100_000 + b" TJ")),
        ANSWER,
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(tmp_path: Path, ask_caged: Ask, name: str):
    make, end = BOMBS[name]
    (tmp_path / name).write_bytes(make())
    asked = ask_caged(name, roots=[str(tmp_path)], limits=ONE_SECOND, most_seconds=MOST)
    assert asked.end in end.split(" or ")


@pytest.mark.parametrize("name", bombs.HOSTILE)
def test_what_takes_most_of_its_format(hostile: Hostile, ask_caged: Ask, name: str):
    page, roots = bombs.HOSTILE[name][1], [str(hostile(name).parent)]
    ask_caged(name, page=page, roots=roots, limits=ONE_SECOND, most_seconds=MOST)


def test_the_tool_is_guarded_when_nothing_is_said():
    assert ErgoVisionTool(policy=scripted("x")).limits == GUARDED_LIMITS


def test_a_late_frame_of_a_large_animation(tmp_path: Path, ask_caged: Ask):
    data = bombs.gif(frames=900, screen=(4000, 4000))
    (tmp_path / "late.gif").write_bytes(data)
    assert ask_caged("late.gif", roots=[str(tmp_path)], page=900).end == LARGE
    assert ask_caged("late.gif", roots=[str(tmp_path)], page=901).end == NOTHING


@pytest.mark.parametrize(
    ("kind", "size"), [("JPEG", (9000, 9000)), ("PNG", (7680, 4320)), ("WEBP", (6000, 4000))]
)
def test_what_is_only_large_is_read(
    tmp_path: Path, ask_caged: Ask, kind: str, size: tuple[int, int]
):
    options = {"method": 0} if kind == "WEBP" else {}
    (tmp_path / "large").write_bytes(blank(kind, size, "RGB", **options))
    assert ask_caged("large", roots=[str(tmp_path)]).end == ANSWER
