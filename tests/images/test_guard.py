"""Images that are decoded in another process look as if they were decoded in this one."""

import asyncio
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ergo_agent.errors import ImageError, ImageTooLargeError
from ergo_agent.images import (
    GUARDED_LIMITS,
    ImageLimits,
    Original,
    aopen_original,
    open_original,
    process,
)
from ergo_agent.images.files import read_file
from ergo_agent.images.pixels import PixelReader
from ergo_agent.views.geometry import Region, Size
from tests.support import bombs

Encode = Callable[..., bytes]

SMALL = ImageLimits(max_memory=100_000_000, decode_seconds=3.0)
"""Of which 44 MB are left to decode in: a view of seven megapixels is cut where it is decoded."""


def noise(mode: str, size: tuple[int, int] = (1000, 700)) -> Image.Image:
    image = Image.effect_noise(size, 80)
    if mode in {"RGBA", "LA"}:
        image = image.convert(mode)
        image.putalpha(Image.linear_gradient("L").resize(size))
        return image
    if mode == "I;16":
        return Image.fromarray(np.asarray(image).astype(np.uint16) << 4)
    return image.convert(mode)


def views(data: bytes, limits: ImageLimits | None, page: int = 1) -> list[bytes]:
    """The whole and a part, shrunk, and a part as it is."""
    original = open_original(data, page=page, **({} if limits is None else {"limits": limits}))
    part = Region(left=30, top=20, right=330, bottom=220)
    shown = [(Region.whole(original.size), Size(200, 150)), (part, Size(90, 60)), (part, part.size)]
    return [original.shown(region, at).tobytes() for region, at in shown]


KINDS = [
    ("PNG", "RGB", {}),
    ("PNG", "RGBA", {}),
    ("PNG", "RGB", {"transparency": (128, 128, 128)}),
    ("PNG", "P", {}),
    ("PNG", "1", {}),
    ("PNG", "I;16", {}),
    ("JPEG", "RGB", {}),
    ("JPEG", "CMYK", {"progressive": True}),
    ("JPEG", "RGB", {"exif": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0"}),
    ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", "LA", {}),
    ("GIF", "P", {}),
    ("WEBP", "RGBA", {"lossless": True}),
    ("BMP", "RGB", {}),
    ("PPM", "RGB", {}),
    ("AVIF", "RGBA", {}),
    ("JPEG2000", "L", {}),
]


@pytest.mark.parametrize(("kind", "mode", "options"), KINDS)
def test_views_are_the_same(encode: Encode, kind: str, mode: str, options: dict[str, object]):
    data = encode(noise(mode), kind, **options)
    assert views(data, GUARDED_LIMITS) == views(data, None)


@pytest.mark.parametrize(
    ("kind", "mode", "size"), [("PNG", "L", (3400, 2700)), ("JPEG", "RGB", (2200, 2100))]
)
def test_views_that_are_cut_elsewhere_are_the_same(
    encode: Encode, kind: str, mode: str, size: tuple[int, int]
):
    image = Image.radial_gradient("L").resize(size).convert(mode)
    data = encode(image, kind, **({"progressive": True} if kind == "JPEG" else {}))
    assert views(data, SMALL) == views(data, None)
    part = Region(left=0, top=0, right=9, bottom=9)
    reader = open_original(data, limits=SMALL)._opened()
    assert reader.cut(part, part.size, Image.Resampling.LANCZOS)


def test_a_process_that_was_killed_is_replaced(png: bytes):
    open_original(png, limits=GUARDED_LIMITS)
    for waiting in process._idle:
        os.kill(waiting._process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, waiting._process.pid, os.WEXITED | os.WNOWAIT)
    assert open_original(png, limits=GUARDED_LIMITS).size == Size(90, 60)


def test_one_that_is_cut_off_leaves_others_alone(png: bytes):
    hurried = GUARDED_LIMITS.model_copy(update={"decode_seconds": 0.1})
    hostile = bombs.HOSTILE["jpeg-fill-bytes"][0]()
    with pytest.raises(ImageTooLargeError, match=r"takes more than 0.1 s of the processor"):
        open_original(hostile, limits=hurried)
    assert open_original(png, limits=GUARDED_LIMITS).size == Size(90, 60)


def test_what_an_image_left_behind_is_not_missing_to_the_next(encode: Encode):
    with pytest.raises(ImageTooLargeError):
        views(bombs.HOSTILE["jpeg2000-rgba"][0](), GUARDED_LIMITS)
    left_over = {waiting._process.pid for waiting in process._idle}
    image = Image.radial_gradient("L").resize((2200, 2100)).convert("RGB")
    data = encode(image, "JPEG", progressive=True)
    assert views(data, SMALL) == views(data, None)
    assert left_over.isdisjoint(waiting._process.pid for waiting in process._idle)


async def test_hostile_images_do_not_keep_other_work_waiting():
    hurried = GUARDED_LIMITS.model_copy(update={"decode_seconds": 0.1})
    hostile = bombs.HOSTILE["jpeg-fill-bytes"][0]()
    with ThreadPoolExecutor(2) as few:
        asyncio.get_running_loop().set_default_executor(few)
        opening = [asyncio.ensure_future(aopen_original(hostile, limits=hurried)) for _ in range(4)]
        await asyncio.sleep(0)
        await asyncio.to_thread(str)
        assert not any(each.done() for each in opening)
        for ended in await asyncio.gather(*opening, return_exceptions=True):
            assert isinstance(ended, ImageTooLargeError)


def test_a_small_file_reserves_little(tmp_path: Path):
    (tmp_path / "small.png").write_bytes(bytes(100))
    tracemalloc.start()
    read_file(str(tmp_path / "small.png"), limits=ImageLimits())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


class NoMemory(PixelReader):
    def decode(self) -> Image.Image:
        raise MemoryError


def test_running_out_of_memory_is_an_error_of_the_tree(picture: Image.Image):
    original = Original(NoMemory(picture, limits=ImageLimits()), digest="", page=1)
    with pytest.raises(ImageTooLargeError, match="the view needs more memory than this machine"):
        original.shown(Region.whole(original.size), Size(5, 5))


@pytest.mark.parametrize("name", ["max_memory", "decode_seconds"])
def test_both_limits_go_together(name: str):
    with pytest.raises(ValueError, match="go together"):
        ImageLimits(**{name: 200_000_000})


def test_what_only_the_owner_can_do_is_not_told_to_a_model(png: bytes):
    with pytest.raises(ImageError) as caught:
        open_original(png, limits=ImageLimits(max_pixels=100))
    assert "raise ImageLimits.max_pixels" in str(caught.value)
    assert "ImageLimits" not in caught.value.for_model


def test_libraries_write_nothing_to_the_terminal(tmp_path: Path):
    """libtiff writes a line for each tag that it does not know."""
    tags = [(60_000 + n, 1, n) for n in range(500)]
    plain = [(256, 1, 1), (257, 1, 1), (258, 1, 8), (259, 1, 8), (262, 1, 1), (277, 1, 1)]
    strips = [(273, 1, 8), (278, 1, 1), (279, 1, 20)]
    (tmp_path / "odd.tif").write_bytes(
        bombs.tiff([*plain, *strips, *tags], data=bombs.deflated(1)[:20])
    )
    code = (
        "import sys; from ergo_agent.images import GUARDED_LIMITS, open_original\n"
        "from ergo_agent.views.geometry import Region, Size\n"
        "from ergo_agent import ErgoError\n"
        "original = open_original(sys.argv[1], limits=GUARDED_LIMITS)\n"
        "try: original.shown(Region.whole(original.size), Size(8, 8))\n"
        "except ErgoError: pass\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "odd.tif")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
