import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ergo_agent.errors import ImageError, ImageFormatError, ImageTooLargeError
from ergo_agent.images import ImageLimits, open_original
from ergo_agent.views.geometry import Region, Size

Encode = Callable[..., bytes]

KINDS = ("PNG", "JPEG", "TIFF", "GIF", "WEBP", "BMP", "JPEG2000", "PPM", "AVIF", "PDF")


def show_all(data: bytes, **options: object) -> None:
    """Open, and decode both ways."""
    original = open_original(data, **options)  # type: ignore[arg-type]
    original.shown(Region.whole(original.size), Size(8, 8))
    original.shown(Region(left=0, top=0, right=1, bottom=1), Size(4, 4))


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def test_text_that_is_named_an_image(tmp_path: Path):
    path = tmp_path / "notes.png"
    path.write_text("Dear diary, today I pretended to be a picture.")
    with pytest.raises(ImageFormatError, match=r"no image of a known kind.*give a JPEG, PNG"):
        open_original(path)


@pytest.mark.parametrize("data", [b"\0", b"\xff\xd8\xff", b"%PDF-1.7", b"GIF89a", b"II*\0" * 9])
def test_a_signature_alone_is_no_image(data: bytes):
    with pytest.raises(ImageFormatError, match=r"damaged|cannot be opened|known kind|cut short"):
        show_all(data)


def test_postscript_is_never_run():
    with pytest.raises(ImageFormatError, match="no image of a known kind"):
        open_original(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"exif": b"Exif\0\0" + b"x" * 99}])
def test_a_cut_jpeg_is_never_shown_grey(
    encode: Encode, picture: Image.Image, share: float, options: dict[str, object]
):
    data = encode(picture.resize((900, 600)), "JPEG", **options)
    with pytest.raises(ImageFormatError, match="JPEG is cut short"):
        open_original(data[: int(len(data) * share)])


def test_a_cut_jpeg_is_noticed_behind_its_thumbnail(encode: Encode, picture: Image.Image):
    thumbnail = encode(picture.resize((16, 16)), "JPEG")
    data = encode(picture.resize((900, 600)), "JPEG", exif=b"Exif\0\0" + thumbnail)
    assert open_original(data).size == Size(900, 600)
    with pytest.raises(ImageFormatError, match="JPEG is cut short"):
        open_original(data[:-2000])


def test_what_follows_a_complete_jpeg_does_not_matter(encode: Encode, picture: Image.Image):
    show_all(encode(picture, "JPEG") + b"\xff\xda" + b"a trailer" * 50)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "JPEG"])
def test_a_cut_file_is_refused(encode: Encode, picture: Image.Image, kind: str):
    options = {"compression": "tiff_lzw"} if kind == "TIFF" else {}
    data = encode(picture.resize((900, 600)), kind, **options)
    with pytest.raises(ImageFormatError, match=r"damaged|cannot be opened|instead of"):
        show_all(data[: len(data) // 2])


@pytest.mark.parametrize("size", [(200_000, 200_000), (2**31 - 1, 2**31 - 1), (300_000_000, 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]):
    with pytest.raises(ImageTooLargeError, match=r"the limit (of a page )?is [\d,]+; shrink"):
        open_original(png_header(*size))


def test_what_a_header_claims_and_the_file_lacks_is_missed_where_it_is_wanted():
    original = open_original(png_header(16_001, 16_000))
    with pytest.raises(ImageFormatError, match="damaged or cut short"):
        original.shown(Region.whole(original.size), Size(100, 100))


def test_a_large_image_within_the_limits_gives_no_warning():
    """Pillow would warn from 89 million pixels on, and refuse from 179 million on."""
    assert open_original(png_header(16_000, 16_000)).size == Size(16_000, 16_000)


def test_the_limit_is_inclusive(png: bytes):
    assert open_original(png, limits=ImageLimits(max_pixels=5400)).size.area == 5400
    with pytest.raises(ImageTooLargeError, match=r"90x60 = 5,400 pixels, the limit is 5,399"):
        open_original(png, limits=ImageLimits(max_pixels=5399))


def test_the_limit_holds_for_pillow_images(picture: Image.Image):
    with pytest.raises(ImageTooLargeError, match="the Pillow image has 90x60"):
        open_original(picture, limits=ImageLimits(max_pixels=5399))


def test_a_pillow_image_without_pixels_is_refused():
    with pytest.raises(ImageFormatError, match="it holds no pixel"):
        open_original(Image.new("RGB", (0, 5)))


def test_pillows_own_limit_is_left_alone(png: bytes):
    before = Image.MAX_IMAGE_PIXELS
    show_all(png)
    assert before == Image.MAX_IMAGE_PIXELS


def test_a_png_text_bomb_is_refused(png: bytes):
    body = b"k\0\0" + zlib.compress(b"\0" * 80_000_000)
    check = struct.pack(">I", zlib.crc32(b"zTXt" + body))
    bomb = png[:33] + struct.pack(">I", len(body)) + b"zTXt" + body + check + png[33:]
    with pytest.raises(ImageFormatError, match="is damaged or of an unknown kind"):
        show_all(bomb)


@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_raises_anything_but_an_image_error(
    encode: Encode, picture: Image.Image, kind: str
):
    """Flipped, lost, repeated and overwritten bytes, most of them near the header."""
    data = encode(picture, kind)
    random = np.random.default_rng(sum(map(ord, kind)))
    limits = ImageLimits(max_pixels=2_000_000)
    for _ in range(150 if kind != "AVIF" else 40):
        damaged = bytearray(data)
        for _ in range(random.integers(1, 6)):
            reach = len(damaged) if random.random() < 0.3 else min(len(damaged), 120)
            at = int(random.integers(0, reach))
            damaged[at : at + 1] = random.integers(
                0, 256, random.integers(0, 4), np.uint8
            ).tobytes()
        try:
            show_all(bytes(damaged), limits=limits)
        except ImageError:
            continue


def test_random_bytes_behind_every_signature_are_refused(encode: Encode, picture: Image.Image):
    random = np.random.default_rng(11)
    for kind in KINDS:
        head = encode(picture, kind)[:16]
        for length in (0, 5, 100, 3000):
            with pytest.raises(ImageError, match=r"\w"):
                show_all(head + random.integers(0, 256, length, np.uint8).tobytes())


def test_fill_bytes_between_the_segments_of_a_jpeg_are_skipped(
    encode: Encode, picture: Image.Image
):
    data = encode(picture, "JPEG")
    show_all(data[:2] + b"\xff\xff" + data[2:])
    with pytest.raises(ImageFormatError, match="JPEG is cut short"):
        open_original(data[:2] + b"\xff\xff" + data[2:-2])
