import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from ergo_agent.errors import ImageAccessError, ImageNotFoundError, ImageTooLargeError
from ergo_agent.images import ImageLimits, MemoryStore, OriginalCache

Encode = Callable[..., bytes]


def picture_of(number: int) -> Image.Image:
    return Image.new("RGB", (100, 100), (number, 0, 0))


async def test_one_image_is_opened_once_whatever_it_is_given_as(tmp_path: Path, png: bytes):
    path = tmp_path / "a.png"
    path.write_bytes(png)
    store = MemoryStore()
    cache = OriginalCache(store=store)
    first = await cache.get(png)
    for source in (path, str(path), path.as_uri(), store.put(png)):
        assert await cache.get(source) is first


async def test_equal_pillow_images_are_one():
    cache = OriginalCache()
    assert await cache.get(picture_of(1)) is await cache.get(picture_of(1))
    assert await cache.get(picture_of(1)) is not await cache.get(picture_of(2))


async def test_simultaneous_questions_share_one_original(png: bytes):
    cache = OriginalCache()
    originals = await asyncio.gather(*(cache.get(png) for _ in range(12)))
    assert len({id(original) for original in originals}) == 1


async def test_pages_are_kept_apart(encode: Encode):
    data = encode(picture_of(1), "TIFF", save_all=True, append_images=[picture_of(2)])
    cache = OriginalCache()
    assert (await cache.get(data, 2)).page == 2
    assert (await cache.get(data)).page == 1
    assert await cache.get(data, page=2) is await cache.get(data, 2)
    with pytest.raises(ImageNotFoundError, match="no page 3"):
        await cache.get(data, 3)


async def test_a_kept_digest_needs_no_store(png: bytes):
    cache = OriginalCache()
    original = await cache.get(png)
    assert await cache.get(original.digest) is original


async def test_what_was_not_used_for_longest_makes_room():
    cache = OriginalCache(max_pixels=25_000)
    first, second = await cache.get(picture_of(1)), await cache.get(picture_of(2))
    assert await cache.get(picture_of(1)) is first
    await cache.get(picture_of(3))
    assert await cache.get(picture_of(1)) is first
    assert await cache.get(picture_of(2)) is not second


async def test_an_original_larger_than_the_cache_is_given_but_not_kept():
    cache = OriginalCache(max_pixels=9_999)
    first = await cache.get(picture_of(1))
    assert first.size.area == 10_000
    assert await cache.get(picture_of(1)) is not first


async def test_limits_and_roots_hold(tmp_path: Path, png: bytes):
    (tmp_path / "a.png").write_bytes(png)
    (tmp_path / "sub").mkdir()
    cache = OriginalCache(ImageLimits(max_pixels=100), allowed_roots=[tmp_path / "sub"])
    with pytest.raises(ImageTooLargeError, match="the limit is 100"):
        await cache.get(png)
    with pytest.raises(ImageAccessError, match="is not inside a folder"):
        await cache.get(tmp_path / "a.png")
