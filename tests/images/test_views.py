import io

import numpy as np
import pytest
from PIL import Image

from ergo_agent.images import (
    EncodedView,
    data_url,
    decode_data_url,
    digest_of,
    encode_view,
    known_view,
    open_original,
)
from ergo_agent.views.geometry import Region, Size


def test_a_view_is_a_png_and_says_so(picture: Image.Image, pixels: np.ndarray):
    view = encode_view(picture)
    assert view.media_type == "image/png"
    assert view.digest == digest_of(view.data)
    with Image.open(io.BytesIO(view.data)) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        assert np.array_equal(np.asarray(image), pixels)


def test_a_lossy_view_is_nearly_the_same_jpeg(picture: Image.Image, pixels: np.ndarray):
    view = encode_view(picture, lossy=True)
    assert view.media_type == "image/jpeg"
    assert data_url(view).startswith("data:image/jpeg;base64,")
    assert known_view(view.data) == view
    with Image.open(io.BytesIO(view.data)) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert np.abs(np.asarray(image).astype(int) - pixels).mean() < 6


def test_equal_pixels_give_equal_bytes(png: bytes):
    region, at = Region(left=1, top=2, right=50, bottom=44), Size(56, 56)
    views = [encode_view(open_original(png).shown(region, at)) for _ in range(2)]
    assert views[0] == views[1]


def test_metadata_is_not_sent(picture: Image.Image):
    plain = encode_view(picture)
    picture.info.update(comment="secret", dpi=(300, 300), icc_profile=b"x" * 200)
    assert encode_view(picture) == plain
    assert picture.info["comment"] == "secret"


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_a_view_of_another_mode_is_made_rgb(picture: Image.Image, mode: str):
    with Image.open(io.BytesIO(encode_view(picture.convert(mode)).data)) as image:
        assert image.mode == "RGB"


def test_the_data_url_holds_the_bytes(picture: Image.Image):
    view = encode_view(picture)
    assert data_url(view).startswith("data:image/png;base64,")
    assert decode_data_url(data_url(view)) == view.data


def test_a_view_survives_json(picture: Image.Image):
    view = encode_view(picture)
    assert EncodedView.model_validate_json(view.model_dump_json()) == view


def test_a_webp_view_holds_the_same_pixels(picture: Image.Image, pixels: np.ndarray):
    picture.info.update(comment="secret", icc_profile=b"x" * 200)
    view = encode_view(picture, form="webp")
    assert view == known_view(view.data) == encode_view(picture, form="webp")
    assert view.media_type == "image/webp"
    assert data_url(view).startswith("data:image/webp;base64,")
    with Image.open(io.BytesIO(view.data)) as image:
        assert (image.format, image.mode, set(image.info) - {"loop", "background"}) == (
            "WEBP", "RGB", set()
        )  # fmt: skip
        assert np.array_equal(np.asarray(image), pixels)
    assert encode_view(picture, form="webp", lossy=True) == encode_view(picture, lossy=True)
