from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps

from ergo_agent.images import open_original
from ergo_agent.views.geometry import Region, Size

Encode = Callable[..., bytes]

ALL = range(1, 9)

UNTURN = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}
"""How an upright image is stored under each orientation, by the EXIF standard's definition."""


def stored(pixels: np.ndarray, orientation: int) -> tuple[Image.Image, Image.Exif]:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return Image.fromarray(np.ascontiguousarray(UNTURN[orientation](pixels))), exif


@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_the_original_is_upright(encode: Encode, pixels: np.ndarray, orientation: int, kind: str):
    image, exif = stored(pixels, orientation)
    options = {"lossless": True} if kind == "WEBP" else {}
    original = open_original(encode(image, kind, exif=exif, **options))
    assert original.size == Size(90, 60)
    whole = original.shown(Region.whole(original.size), original.size)
    assert np.array_equal(np.asarray(whole), pixels)
    part = original.shown(Region(left=11, top=5, right=52, bottom=48), Size(41, 43))
    assert np.array_equal(np.asarray(part), pixels[5:48, 11:52])


@pytest.mark.parametrize("orientation", ALL)
def test_a_jpeg_is_upright_coarse_and_fine(encode: Encode, orientation: int):
    quarters = np.zeros((640, 960, 3), dtype=np.uint8)
    quarters[:320, 480:] = (255, 0, 0)
    quarters[320:, :480] = (0, 255, 0)
    quarters[320:, 480:] = (0, 0, 255)
    image, exif = stored(quarters, orientation)
    original = open_original(encode(image, "JPEG", exif=exif, quality=95))
    assert original.size == Size(960, 640)
    coarse = np.asarray(original.shown(Region.whole(original.size), Size(84, 56)))
    fine = np.asarray(
        original.shown(Region(left=440, top=280, right=520, bottom=360), Size(84, 84))
    )
    for view in (coarse, fine):
        seen = [
            view[y, x].argmax() if view[y, x].max() > 128 else -1 for y in (5, -5) for x in (5, -5)
        ]
        assert seen == [-1, 0, 1, 2]


@pytest.mark.parametrize("orientation", ALL)
def test_a_pillow_image_is_upright(pixels: np.ndarray, orientation: int):
    image, exif = stored(pixels, orientation)
    image.getexif()[0x0112] = exif[0x0112]
    original = open_original(image)
    whole = original.shown(Region.whole(original.size), original.size)
    assert np.array_equal(np.asarray(whole), pixels)
    assert np.array_equal(np.asarray(ImageOps.exif_transpose(image)), pixels)


@pytest.mark.parametrize("orientation", ALL)
def test_resampling_then_turning_is_turning_then_resampling(
    encode: Encode, pixels: np.ndarray, orientation: int
):
    image, exif = stored(pixels, orientation)
    region, at = Region(left=10, top=4, right=70, bottom=54), Size(28, 56)
    turned = open_original(encode(image, exif=exif)).shown(region, at)
    upright = open_original(Image.fromarray(pixels)).shown(region, at)
    drift = np.abs(np.asarray(turned).astype(int) - np.asarray(upright).astype(int))
    assert drift.max() <= 1


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_unknown_orientation_means_upright(encode: Encode, picture: Image.Image, value: int):
    exif = Image.Exif()
    exif[0x0112] = value
    assert open_original(encode(picture, exif=exif)).size == Size(90, 60)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_means_upright(encode: Encode, picture: Image.Image):
    data = encode(picture, "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert open_original(data).size == Size(90, 60)


def test_a_png_whose_exif_follows_its_pixels_is_upright(encode: Encode, pixels: np.ndarray):
    image, exif = stored(pixels, 6)
    data = encode(image, exif=exif)
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    last = data.index(b"IEND") - 4
    moved = data[:start] + data[end:last] + data[start:end] + data[last:]
    assert moved.index(b"eXIf") > moved.index(b"IDAT")
    assert open_original(moved).size == Size(90, 60)


def test_exif_that_is_none_means_upright(encode: Encode, picture: Image.Image):
    data = encode(picture, exif=b"Exif\x00\x00this is no EXIF at all")
    assert open_original(data).size == Size(90, 60)
