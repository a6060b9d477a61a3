"""HEIC and HEIF, as phones write them, opened like every other format."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw

from ergo_agent.errors import ImageFormatError, ImageNotFoundError, ImageTooLargeError
from ergo_agent.images import GUARDED_LIMITS, ImageLimits, open_original
from ergo_agent.images.heif import is_heif, register_heif
from ergo_agent.views.geometry import Region, Size


@pytest.fixture(autouse=True, scope="module")
def _written_by_another() -> None:
    """The plugin that writes them brings a reader, too; it is not the one that is tested."""
    pillow_heif.register_heif_opener()
    register_heif.cache_clear()


def heic(image: Image.Image, *more: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "HEIF", quality=90, save_all=True, append_images=more, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    """640x480, its upper left corner red."""
    image = Image.new("RGB", (640, 480), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 99, 79), fill="red")
    return image


def pixels(data: bytes, **options: int) -> np.ndarray:
    original = open_original(data, limits=GUARDED_LIMITS, **options)
    return np.asarray(original.shown(Region.whole(original.size), original.size)).astype(int)


def test_it_is_opened_and_told_by_its_bytes(photo: Image.Image):
    original = open_original(heic(photo))
    assert (original.size, original.media_type) == (Size(640, 480), "image/heif")
    assert Image.OPEN["HEIF"][0].__module__.startswith("pi_heif.")
    assert np.abs(pixels(heic(photo)) - np.asarray(photo)).mean() < 3


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (40, 40)), (3, (440, 600)), (6, (40, 440)), (8, (600, 40))]
)
def test_it_is_upright_once(photo: Image.Image, orientation: int, corner: tuple[int, int]):
    """A phone turns the picture by a property and says so in EXIF, too."""
    photo = photo.copy()
    photo.getexif()[274] = orientation
    shown = pixels(heic(photo))
    assert shown.shape[:2] == ((640, 480) if orientation in {6, 8} else (480, 640))
    assert (shown[corner] > (200, 100, 100)).tolist() == [True, False, False]


def test_the_primary_image_is_the_first_page():
    colours = ("red", "lime", "blue")
    three = [Image.new("RGB", (128, 128), colour) for colour in colours]
    data = heic(*three, primary_index=1)
    seen = [pixels(data, page=page)[64, 64].argmax() for page in (1, 2, 3)]
    assert seen == [1, 0, 2]
    with pytest.raises(ImageNotFoundError, match="there is no page 4"):
        open_original(data, page=4)


def test_limits_hold_before_it_is_decoded(photo: Image.Image):
    data = heic(photo)
    with pytest.raises(ImageTooLargeError, match="max_pixels"):
        open_original(data, limits=ImageLimits(max_pixels=100_000))
    small = GUARDED_LIMITS.model_copy(update={"max_memory": 100_000_000})
    large = open_original(heic(Image.new("RGB", (3000, 2500))), limits=small)
    with pytest.raises(ImageTooLargeError, match="memory"):
        large.shown(Region.whole(large.size), Size(300, 250))


@pytest.mark.parametrize("keep", [40, 200, 0.5, 0.95])
def test_what_is_cut_short_is_refused(photo: Image.Image, keep: float):
    data = heic(photo)
    cut = data[: keep if isinstance(keep, int) else int(len(data) * keep)]
    with pytest.raises(ImageFormatError, match="give a complete"):
        pixels(cut)


def test_brands_tell_it_from_avif_and_films(photo: Image.Image):
    avif = io.BytesIO()
    photo.save(avif, "AVIF")
    assert not is_heif(avif.getvalue())
    assert not is_heif(b"\0\0\0\x18ftypmp42" + bytes(100))
    data = heic(photo)
    assert is_heif(data)
    assert is_heif(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + data[24:])
    assert not is_heif(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + data[24:])
