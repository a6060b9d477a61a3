import asyncio
import io
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ergo_agent.errors import RegionError
from ergo_agent.images import open_original
from ergo_agent.images.rasters import RasterReader
from ergo_agent.views.geometry import Region, Size

Encode = Callable[..., bytes]


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_crop_at_full_resolution_holds_exactly_its_pixels(
    pixels: np.ndarray, png: bytes, data: st.DataObject
):
    left, top = data.draw(st.integers(0, 89)), data.draw(st.integers(0, 59))
    right, bottom = data.draw(st.integers(left + 1, 90)), data.draw(st.integers(top + 1, 60))
    region = Region(left=left, top=top, right=right, bottom=bottom)
    view = open_original(png).shown(region, region.size)
    assert np.array_equal(np.asarray(view), pixels[top:bottom, left:right])


def test_enlarging_a_step_keeps_it_where_it_was():
    step = np.zeros((100, 100, 3), dtype=np.uint8)
    step[:, 50:] = 255
    region = Region(left=40, top=40, right=60, bottom=60)
    view = np.asarray(open_original(Image.fromarray(step)).shown(region, Size(560, 560)))
    edge = int(np.argmax(view[280, :, 0] > 127))
    assert abs(edge - 280) <= 1


@pytest.mark.parametrize("side", [1000, 1001, 1007, 3333])
def test_a_coarse_jpeg_is_not_shifted_by_decoding_it_small(encode: Encode, side: int):
    ramp = np.linspace(0, 255, side).astype(np.uint8)
    image = Image.fromarray(np.repeat(np.repeat(ramp[None, :, None], side, 0), 3, 2))
    original = open_original(encode(image, "JPEG", quality=95))
    at = Size(112, 112)
    view = np.asarray(original.shown(Region.whole(original.size), at))[56, :, 0]
    exact = np.asarray(image.resize(at, Image.Resampling.BICUBIC))[56, :, 0]
    assert np.abs(view.astype(int) - exact).max() <= 2


def test_a_coarse_view_looks_as_if_all_had_been_decoded(encode: Encode):
    noise = np.random.default_rng(1).integers(0, 256, (75, 100, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((1600, 1200), Image.Resampling.BICUBIC)
    data = encode(image, "JPEG", quality=95)
    original = open_original(data)
    coarse = np.asarray(original.shown(Region.whole(original.size), Size(196, 140)), dtype=float)
    exact = np.asarray(image.resize((196, 140), Image.Resampling.BICUBIC), dtype=float)
    assert np.sqrt(np.mean((coarse - exact) ** 2)) < 3


def test_a_coarse_jpeg_view_does_not_depend_on_what_was_decoded_before(encode: Encode):
    data = encode(Image.effect_noise((1600, 1200), 80).convert("RGB"), "JPEG")
    first, second = open_original(data), open_original(data)
    whole = Region.whole(first.size)
    second.shown(Region(left=0, top=0, right=50, bottom=50), Size(56, 56))
    assert (
        first.shown(whole, Size(196, 140)).tobytes()
        == second.shown(whole, Size(196, 140)).tobytes()
    )


def test_an_image_is_decoded_once_by_many_threads(png: bytes, monkeypatch: pytest.MonkeyPatch):
    decoded: list[int] = []
    decode = RasterReader.decode

    def counted(reader: RasterReader) -> Image.Image:
        decoded.append(threading.get_ident())
        return decode(reader)

    monkeypatch.setattr(RasterReader, "decode", counted)
    original = open_original(png)
    regions = [Region(left=n, top=n, right=n + 20, bottom=n + 20) for n in range(30)]
    with ThreadPoolExecutor(6) as pool:
        views = list(pool.map(lambda region: original.shown(region, Size(28, 28)), regions))
    assert len(decoded) == 1
    alone = open_original(png)
    assert all(
        view.tobytes() == alone.shown(region, Size(28, 28)).tobytes()
        for view, region in zip(views, regions, strict=True)
    )


def test_a_view_may_be_changed_without_changing_the_original(png: bytes, pixels: np.ndarray):
    original = open_original(png)
    whole = Region.whole(original.size)
    original.shown(whole, original.size).paste("black", (0, 0, 90, 60))
    assert np.array_equal(np.asarray(original.shown(whole, original.size)), pixels)


@pytest.mark.parametrize("box", [(0, 0, 91, 60), (0, 0, 90, 61), (95, 0, 99, 9)])
def test_a_region_beyond_the_original_is_refused(png: bytes, box: tuple[int, int, int, int]):
    region = Region(left=box[0], top=box[1], right=box[2], bottom=box[3])
    with pytest.raises(RegionError, match="reaches beyond the image, which is 90x60 pixels"):
        open_original(png).shown(region, Size(28, 28))


@pytest.mark.parametrize("at", [Size(0, 28), Size(28, -1)])
def test_a_view_without_pixels_is_refused(png: bytes, at: Size):
    with pytest.raises(RegionError, match="cannot be made; give positive sides"):
        open_original(png).shown(Region.whole(Size(90, 60)), at)


async def test_the_event_loop_keeps_ticking_while_an_image_decodes(encode: Encode):
    image = Image.effect_noise((3000, 2500), 60).convert("RGBA")
    original = open_original(encode(image, compress_level=1))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.002)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await original.ashown(Region.whole(original.size), Size(280, 224))
    ticking.cancel()
    assert ticks >= 5


# VmHWM and not ru_maxrss: the latter starts at what the parent, here pytest, had before exec.
MEASURE = """
    import re, sys
    from pathlib import Path
    import langchain_core.messages, langgraph.graph, onnxruntime
    from ergo_agent.views.geometry import Region, Size
    from ergo_agent.images import open_original

    def peak():
        return re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]

    original = open_original(sys.argv[1])
    original.shown(Region.whole(original.size), Size(700, 700))
    print(peak())
    original.shown(Region(left=4000, top=5000, right=6000, bottom=7000), Size(700, 700))
    print(peak())
"""


def tagged(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


@pytest.fixture(scope="module")
def hundred_megapixels() -> bytes:
    """A JPEG of the first orientation."""
    encoded = io.BytesIO()
    image = Image.radial_gradient("L").resize((10_000, 10_000)).convert("RGB")
    image.save(encoded, "JPEG", exif=tagged(1))
    return encoded.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize("orientation", [1, 6])
def test_memory_of_a_hundred_megapixels(
    hundred_megapixels: bytes, tmp_path: Path, orientation: int
):
    assert hundred_megapixels.count(tagged(1)) == 1
    path = tmp_path / "large.jpg"
    path.write_bytes(hundred_megapixels.replace(tagged(1), tagged(orientation)))
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", textwrap.dedent(MEASURE), str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    coarse, crop = (int(line) / 1024 for line in done.stdout.split())
    assert coarse < 400
    assert crop < 1200
