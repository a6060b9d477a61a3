from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from ergo_agent.errors import ImageNotFoundError, ImageTooLargeError
from ergo_agent.images import ImageLimits, MemoryStore, OriginalCache

Encode = Callable[..., bytes]


def picture_of(number: int) -> Image.Image:
    return Image.new("RGB", (100, 100), (number, 0, 0))


def test_an_image_is_opened_once(png: bytes):
    store = MemoryStore()
    cache = OriginalCache(store)
    first = cache.get(store.put(png), 1)
    assert cache.get(first.digest, 1) is first
    assert cache.get(first.digest, 1, data=png) is first


def test_simultaneous_questions_share_one_original(png: bytes):
    store = MemoryStore()
    cache, digest = OriginalCache(store), store.put(png)
    with ThreadPoolExecutor(12) as threads:
        originals = list(threads.map(lambda _: cache.get(digest, 1), range(12)))
    assert len({id(original) for original in originals}) == 1


def test_pages_are_kept_apart(encode: Encode):
    data = encode(picture_of(1), "TIFF", save_all=True, append_images=[picture_of(2)])
    store = MemoryStore()
    cache, digest = OriginalCache(store), store.put(data)
    assert cache.get(digest, 2).page == 2
    assert cache.get(digest, 1).page == 1
    assert cache.get(digest, 2) is cache.get(digest, 2)
    with pytest.raises(ImageNotFoundError, match="no page 3"):
        cache.get(digest, 3)


def test_what_was_not_used_for_longest_makes_room(encode: Encode):
    store = MemoryStore()
    one, two, three = (store.put(encode(picture_of(number), "PNG")) for number in (1, 2, 3))
    cache = OriginalCache(store, most=2)
    first, second = cache.get(one, 1), cache.get(two, 1)
    assert cache.get(one, 1) is first
    cache.get(three, 1)
    assert cache.get(one, 1) is first
    assert cache.get(two, 1) is not second


def test_limits_hold(png: bytes):
    store = MemoryStore()
    cache = OriginalCache(store, ImageLimits(max_pixels=100))
    with pytest.raises(ImageTooLargeError, match="the limit is 100"):
        cache.get(store.put(png), 1)
