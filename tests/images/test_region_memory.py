"""What is kept of an image that was decoded in part, and what its parts take."""

import gc
from typing import Any

import psutil
import pytest
from PIL import Image

from ergo_agent.images import DEFAULT_LIMITS, Original, open_original, regions
from ergo_agent.images.pixel_memory import memory_for
from ergo_agent.images.rasters import RasterReader
from ergo_agent.views.geometry import Region, Size
from tests.support import bombs
from tests.support.noise import region

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


def test_nothing_of_a_file_is_kept(any_jpeg: bytes):
    vips = regions.load_alone()
    assert vips is not None
    most = vips.voperation.cache_get_max()
    open_original(any_jpeg).shown(PART, PART.size)
    gc.collect()
    assert vips.voperation.cache_get_size() == 0
    assert vips.voperation.cache_get_max() == most > 0
