import io
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageCms

from ergo_agent.images import open_original
from ergo_agent.images.colours import to_rgb
from ergo_agent.views.geometry import Region, Size

Encode = Callable[..., bytes]


def all_of(source: bytes | Image.Image) -> np.ndarray:
    original = open_original(source)
    view = original.shown(Region.whole(original.size), original.size)
    assert view.mode == "RGB"
    return np.asarray(view)


def grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values[..., None], 3, axis=-1)


RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "GIF", "BMP"])
def test_bilevel(encode: Encode, kind: str):
    bits = RAMP % 3 == 0
    assert np.array_equal(all_of(encode(Image.fromarray(bits), kind)), grey(bits * np.uint8(255)))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "GIF", "BMP", "PPM", "JPEG2000"])
def test_grey(encode: Encode, kind: str):
    assert np.array_equal(all_of(encode(Image.fromarray(RAMP), kind)), grey(RAMP))


def test_grey_with_transparency_lies_on_white(encode: Encode):
    alpha = np.where(RAMP % 2, 255, 0).astype(np.uint8)
    image = Image.merge("LA", [Image.fromarray(RAMP), Image.fromarray(alpha)])
    expected = grey(np.where(alpha == 255, RAMP, 255).astype(np.uint8))
    assert np.array_equal(all_of(encode(image)), expected)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "BMP"])
def test_palette(encode: Encode, picture: Image.Image, kind: str):
    image = picture.quantize(32)
    assert np.array_equal(all_of(encode(image, kind)), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_palette_with_one_transparent_colour(encode: Encode, kind: str):
    image = Image.fromarray((RAMP % 3).astype(np.uint8), mode=None).convert("P")
    image.putpalette([250, 0, 0, 0, 250, 0, 0, 0, 250])
    shown = all_of(encode(image, kind, transparency=1))
    colours = np.array([[250, 0, 0], [255, 255, 255], [0, 0, 250]], dtype=np.uint8)
    assert np.array_equal(shown, colours[RAMP % 3])


def test_palette_with_graded_transparency(encode: Encode):
    image = Image.fromarray((RAMP % 2).astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 0, 0, 0])
    shown = all_of(encode(image, transparency=bytes([255, 128])))
    assert set(np.unique(shown)) == {0, 127}


def test_rgb_with_a_transparent_colour(encode: Encode):
    rgb = np.zeros((4, 4, 3), dtype=np.uint8)
    rgb[1, 1] = (9, 8, 7)
    shown = all_of(encode(Image.fromarray(rgb), transparency=(9, 8, 7)))
    assert tuple(shown[1, 1]) == (255, 255, 255)
    assert tuple(shown[0, 0]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": 1})]
)
def test_rgba_lies_on_white(
    encode: Encode, pixels: np.ndarray, kind: str, options: dict[str, object]
):
    alpha = np.random.default_rng(3).integers(0, 256, pixels.shape[:2], dtype=np.uint8)
    image = Image.fromarray(np.dstack([pixels, alpha]))
    share = alpha[..., None] / 255
    expected = pixels * share + 255 * (1 - share)
    seen = alpha > 0  # WebP may drop the colour of what cannot be seen
    shown = all_of(encode(image, kind, **options))
    assert np.abs(shown - expected)[seen].max() <= 1
    assert (shown[~seen] == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "PPM", "WEBP", "JPEG2000"])
def test_rgb_is_not_changed(encode: Encode, picture: Image.Image, pixels: np.ndarray, kind: str):
    options = {"lossless": True} if kind == "WEBP" else {}
    assert np.array_equal(all_of(encode(picture, kind, **options)), pixels)


def test_avif(encode: Encode):
    shown = all_of(encode(Image.new("RGB", (32, 32), (200, 30, 60)), "AVIF"))
    assert np.abs(shown.astype(int) - (200, 30, 60)).max() <= 4


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk(encode: Encode, kind: str):
    image = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    shown = all_of(encode(image, kind))
    assert np.abs(shown.astype(int) - (255, 0, 0)).max() <= 3


def test_an_adobe_cmyk_jpeg_is_not_a_negative(encode: Encode):
    data = encode(Image.new("CMYK", (32, 32), (0, 0, 0, 0)), "JPEG")
    assert b"Adobe" in data
    assert all_of(data).min() >= 250


@pytest.mark.parametrize(("bits", "top"), [(8, 255), (10, 1023), (12, 4095), (16, 65535)])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_by_the_bits_used(encode: Encode, bits: int, top: int, kind: str):
    deep = np.linspace(0, top, 256).astype(np.uint16).reshape(16, 16)
    expected = grey((deep >> (bits - 8)).astype(np.uint8))
    assert np.array_equal(all_of(encode(Image.fromarray(deep), kind)), expected)


def test_sixteen_bits_of_either_byte_order():
    deep = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for mode, order in (("I;16", "<u2"), ("I;16B", ">u2")):
        image = Image.frombytes(mode, (16, 16), deep.astype(order).tobytes())
        assert np.array_equal(np.asarray(to_rgb(image)), grey((deep >> 8).astype(np.uint8)))


def test_whole_numbers_beyond_sixteen_bits_span_black_to_white():
    deep = np.linspace(-70_000, 70_000, 256).astype(np.int32).reshape(16, 16)
    shown = all_of(Image.fromarray(deep))
    assert (shown.min(), shown.max()) == (0, 255)
    assert (np.diff(shown[..., 0].ravel().astype(int)) >= 0).all()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 1.0, (0, 255)), (0.0, 200.0, (0, 200)), (-5.0, 5.0, (0, 255)), (3.0, 3.0, (3, 3))],
)
def test_floats(encode: Encode, low: float, high: float, expected: tuple[int, int]):
    values = np.linspace(low, high, 256, dtype=np.float32).reshape(16, 16)
    shown = all_of(encode(Image.fromarray(values), "TIFF"))
    assert (shown.min(), shown.max()) == expected


def test_floats_that_are_no_numbers_are_black():
    values = np.full((4, 4), 0.5, dtype=np.float32)
    values[0] = [np.nan, np.inf, -np.inf, 1.0]
    shown = all_of(Image.fromarray(values))
    assert shown[0, :, 0].tolist() == [0, 0, 0, 255]
    assert shown[1, 0, 0] == 127
    nothing = Image.fromarray(np.full((4, 4), np.nan, dtype=np.float32))
    assert all_of(nothing).max() == 0


@pytest.mark.parametrize("mode", ["YCbCr", "HSV"])
def test_other_colour_spaces(mode: str):
    image = Image.new("RGB", (16, 16), (200, 40, 90)).convert(mode)
    assert np.abs(all_of(image).astype(int) - (200, 40, 90)).max() <= 4


def test_lab():
    red = Image.new("RGB", (16, 16), (200, 40, 90))
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    lab = ImageCms.applyTransform(red, ImageCms.buildTransform(*profiles, "RGB", "LAB"))
    assert lab is not None
    buffer = io.BytesIO()
    lab.save(buffer, "TIFF")
    assert np.abs(all_of(buffer.getvalue()).astype(int) - (200, 40, 90)).max() <= 6


@pytest.mark.parametrize("mode", ["La", "RGBa", "PA", "RGBX"])
def test_rare_modes_become_rgb(mode: str):
    through = {"La": "LA", "RGBa": "RGBA", "PA": "LA"}.get(mode, "RGB")
    image = Image.new("RGB", (16, 16), "white").convert(through).convert(mode)
    assert all_of(image).min() == 255


def test_blocks_join_without_seams():
    values = np.random.default_rng(5).integers(0, 256, (1030, 4100), dtype=np.uint8)
    assert np.array_equal(np.asarray(to_rgb(Image.fromarray(values))), grey(values))


def test_png_of_sixteen_bit_colour():
    """Pillow cannot write one, so it is written by hand: one pixel of 16-bit RGB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    header = struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0)
    row = zlib.compress(b"\0" + struct.pack(">HHH", 0xFFFF, 0x8000, 0))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")
    assert open_original(data).size == Size(1, 1)
    assert all_of(data)[0, 0].tolist() == [255, 128, 0]
