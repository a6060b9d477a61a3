"""Pixels are lent within a number of bytes, whoever asks and whatever goes wrong."""

import gc
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from ergo_agent.errors import ImageFormatError
from ergo_agent.images import MemoryStore, OriginalCache, open_original, originals
from ergo_agent.images.pixel_memory import PixelMemory, memory_for
from ergo_agent.views.geometry import Region, Size


class Counted:
    """Counts what is being decoded or used at the moment, in bytes."""

    def __init__(self, memory: PixelMemory) -> None:
        self.memory = memory
        self.most = self.now = self.decoded = 0
        self._lock = threading.Lock()

    def use(self, key: object, size: int, *, kept: int | None = None) -> None:
        def decode() -> bytes:
            with self._lock:
                self.decoded += 1
            return b"pixels"

        kept = size if kept is None else kept
        with self.memory.lend(key, peak=size, kept=kept, decode=decode) as pixels:
            with self._lock:
                self.now += size
                self.most = max(self.most, self.now)
            assert pixels == b"pixels"
            with self._lock:
                self.now -= size


def test_many_threads_stay_within_the_bytes():
    counted = Counted(PixelMemory(max_bytes=100))
    order = random.Random(3)
    sizes = [order.choice((10, 30, 60, 100)) for _ in range(400)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda size: counted.use(object(), size), sizes))
    assert 0 < counted.most <= 100


def test_what_is_larger_than_all_of_it_is_lent_alone():
    counted = Counted(PixelMemory(max_bytes=100))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda size: counted.use(object(), size), [30, 500, 30, 300] * 20))
    assert counted.most == 500


def test_what_is_wanted_again_is_decoded_once_while_there_is_room():
    counted = Counted(PixelMemory(max_bytes=100))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: counted.use(key, 50), [1, 2] * 30))
    assert counted.decoded == 2
    counted.use(3, 50)  # in the room of the one not used for longest
    counted.use(3, 50)
    assert counted.decoded == 3


def test_what_decoding_needs_at_its_peak_is_free_again_afterwards():
    counted = Counted(PixelMemory(max_bytes=100))
    counted.use(1, 100, kept=40)
    counted.use(2, 60)
    counted.use(1, 100, kept=40)
    assert counted.decoded == 2
    counted.use(3, 100, kept=0)
    counted.use(3, 100, kept=0)
    assert counted.decoded == 4


def test_what_fails_gives_its_room_back():
    memory = PixelMemory(max_bytes=100)

    def fail() -> bytes:
        raise ImageFormatError("damaged")

    for _ in range(3):
        with (
            pytest.raises(ImageFormatError, match="damaged"),
            memory.lend(1, peak=100, kept=100, decode=fail),
        ):
            pass
    counted = Counted(memory)
    counted.use(1, 100)
    memory.forget(1)
    counted.use(2, 100)
    assert counted.decoded == 2


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> PixelMemory:
    """Room for two images of 100 x 100 pixels."""
    memory = PixelMemory(max_bytes=100_000)
    monkeypatch.setattr(originals, "memory_for", lambda _: memory)
    return memory


def test_small_loans_do_not_push_out_one_that_is_larger_than_all():
    large = Counted(memory_for(10**9))
    assert memory_for(10**6) is not large.memory
    large.use("large", 10**9)
    Counted(memory_for(10**6)).use("small", 10**6)
    large.use("large", 10**9)
    assert large.decoded == 1
    large.memory.forget("large")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "PDF"])
def test_an_original_is_decoded_again_as_often_as_is_needed(kind: str, memory: PixelMemory):
    """Its reader holds the bytes of most kinds once only."""
    encoded = BytesIO()
    Image.effect_noise((100, 100), 90).convert("RGB").save(encoded, kind)
    original = open_original(encoded.getvalue())
    part = Region(left=0, top=0, right=original.size.width // 2, bottom=original.size.height // 2)
    views = []
    for _ in range(3):
        views += [original.shown(part, part.size), original.shown(part, Size(28, 28))]
        with memory.lend(object(), peak=100_000, kept=0, decode=bytes):
            assert len(memory._decoded) == 1  # it made room
        originals._readers.pop(original._key)
    assert len({view.tobytes() for view in views}) == 2


def test_originals_that_are_gone_leave_nothing(memory: PixelMemory, tmp_path: Path):
    path = tmp_path / "a.png"
    Image.new("RGB", (100, 100)).save(path)
    part = Region(left=0, top=0, right=50, bottom=50)
    for _ in range(3):
        original = open_original(path)
        original.shown(part, part.size)
    assert memory._held == 40_000
    del original
    gc.collect()
    assert memory._held == 0


def test_more_originals_than_there_is_room_for_are_shown_at_once(
    memory: PixelMemory, tmp_path: Path
):
    store = MemoryStore()
    cache = OriginalCache(store)
    digests = []
    for number in range(12):
        Image.new("RGB", (100, 100), (number, 0, 0)).save(tmp_path / "a.png")
        digests.append(store.put((tmp_path / "a.png").read_bytes()))
    part = Region(left=0, top=0, right=50, bottom=50)

    def red(digest: str) -> int:
        colour = cache.get(digest, 1).shown(part, part.size).getpixel((0, 0))
        assert isinstance(colour, tuple)
        return int(colour[0])

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(red, digests * 5)) == list(range(12)) * 5
    assert memory._held <= 100_000
