"""Images made in the tests, with pixels that are known exactly."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ergo_agent.images.rasters import RasterReader
from ergo_agent.views.geometry import Size
from tests.support.noise import encoded, exif

Pixels = NDArray[np.uint8]
Encode = Callable[..., bytes]


@pytest.fixture
def pixels() -> Pixels:
    """60 x 90 pixels of noise: any wrong offset or turn shows."""
    return np.random.default_rng(7).integers(0, 256, (60, 90, 3), dtype=np.uint8)


@pytest.fixture
def picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(pixels)


@pytest.fixture
def encode() -> Encode:
    """The encoded bytes of an image."""

    def written(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, format=kind, **options)
        return buffer.getvalue()

    return written


@pytest.fixture
def png(picture: Image.Image, encode: Encode) -> bytes:
    return encode(picture)


@pytest.fixture
def wholes(monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """The sizes of what was decoded whole."""
    sizes: list[Size] = []
    raw = RasterReader.raw

    def counted(reader: RasterReader, target: Image.Image | None = None) -> Image.Image:
        sizes.append(reader.stored_size)
        return raw(reader, target)

    monkeypatch.setattr(RasterReader, "raw", counted)
    return sizes


@pytest.fixture(scope="module", params=[1, 6])
def any_jpeg(request: pytest.FixtureRequest) -> bytes:
    return encoded("JPEG", "RGB", {"exif": exif(request.param)})
