"""A part that is decoded alone is the same as that part of all pixels."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ergo_agent.errors import ImageFormatError
from ergo_agent.images import DEFAULT_LIMITS, GUARDED_LIMITS, ImageLimits, open_original, regions
from ergo_agent.images.rasters import RasterReader
from ergo_agent.views.geometry import Size
from tests.support.noise import encoded, exif, region, shown

ALONE = [
    *[("JPEG", "RGB", {"subsampling": each}) for each in ("4:4:4", "4:2:2", "4:2:0", "4:1:1")],
    *[("JPEG", "RGB", {"quality": each}) for each in (20, 100)],
    *[("JPEG", "RGB", {"exif": exif(each)}) for each in range(1, 9)],
    ("JPEG", "RGB", {"restart_marker_rows": 1}),
    ("JPEG", "RGB", {"keep_rgb": True}),
    ("JPEG", "L", {}),
    ("PNG", "RGB", {}),
    ("PNG", "RGB", {"transparency": (128, 128, 128)}),
    *[("PNG", "RGB", {"exif": exif(each)}) for each in range(1, 9)],
    *[("PNG", mode, {}) for mode in ("RGBA", "LA", "L", "P", "P4", "1")],
    ("PNG", "L", {"transparency": 128}),
    ("PNG", "P", {"transparency": bytes(range(200))}),
    ("PNG", "RGB", {"gamma": 0.3, "icc_profile": b"none"}),
    *[
        ("TIFF", mode, {"compression": each, "strip_size": 65_536})
        for mode in ("RGB", "L", "P")
        for each in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits")
    ],
    *[("TIFF", "1", {"compression": each}) for each in ("raw", "packbits", "group4")],
    ("TIFF", "1", {"compression": "group4", "tiffinfo": {262: 0}}),
    ("TIFF", "L", {"compression": "tiff_lzw", "tiffinfo": {262: 0}}),
    ("TIFF", "RGB", {"compression": "tiff_lzw", "strip_size": 1 << 28}),
    ("TIFF", "RGB", {"tile": (256, 128)}),
]
"""Of which a part is decoded alone."""

WHOLE = [
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "CMYK", {}),
    ("JPEG", "CMYK", {"progressive": True}),
    ("PNG", "RGB", {"interlaced": True}),
    ("PNG", "I;16", {}),
    ("PNG", "P4", {"transparency": 3}),
    ("TIFF", "I;16", {"strip_size": 65_536}),
    ("TIFF", "RGBA", {"strip_size": 65_536}),
    ("TIFF", "CMYK", {"strip_size": 65_536}),
    ("TIFF", "RGB", {"compression": "jpeg", "strip_size": 65_536}),
    ("TIFF", "RGB", {"strip_size": 65_536, "tiffinfo": {274: 6}}),
    ("WEBP", "RGB", {"lossless": True, "method": 0}),
    ("BMP", "RGB", {}),
]
"""Of which it is not."""


@pytest.mark.parametrize(("kind", "mode", "options"), ALONE)
def test_a_part_decoded_alone_is_the_same(
    kind: str, mode: str, options: dict[str, object], wholes: list[Size]
):
    data = encoded(kind, mode, options)
    alone = shown(data)
    assert not wholes
    assert alone == shown(data, alone=False)
    assert len(wholes) == len(alone)
    assert alone == shown(data, limits=GUARDED_LIMITS)


@pytest.mark.parametrize(("kind", "mode", "options"), WHOLE)
def test_what_cannot_be_decoded_in_part_is_decoded_whole(
    kind: str, mode: str, options: dict[str, object], wholes: list[Size]
):
    data = encoded(kind, mode, options)
    views = shown(data)
    assert len(wholes) == len(views)
    assert views == shown(data, limits=GUARDED_LIMITS)


@pytest.mark.parametrize(("kind", "mode", "options"), [ALONE[6], ALONE[20], ALONE[-1]])
def test_without_the_extra_it_is_the_same(
    kind: str,
    mode: str,
    options: dict[str, object],
    wholes: list[Size],
    monkeypatch: pytest.MonkeyPatch,
):
    data = encoded(kind, mode, options)
    alone = shown(data)
    assert not wholes
    monkeypatch.setattr(regions, "find_spec", lambda _: None)
    assert shown(data) == alone


ROWS = [
    (kind, mode, options)
    for kind, mode, options in ALONE
    if mode == "RGB" and kind != "TIFF" and "transparency" not in options
]
"""Of which Pillow alone can leave out what lies below a part."""


@pytest.mark.parametrize(("kind", "mode", "options"), ROWS)
def test_without_the_extra_rows_below_a_part_are_left_out(
    kind: str, mode: str, options: dict[str, object], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(regions, "find_spec", lambda _: None)
    data = encoded(kind, mode, options)
    reader, whole = (RasterReader(data, page=1, limits=DEFAULT_LIMITS) for _ in range(2))
    pixels = whole.raw()
    for box in ((300, 200, 700, 600), (0, 0, 9, 1), (1600, 700, 1700, 866)):
        part = reader.part(region(*box))
        assert part is not None
        assert part.tobytes() == pixels.crop(box).tobytes()
    assert reader.part(region(0, 700, 90, 867)) is None


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_part_at_any_size_is_the_same(any_jpeg: bytes, data: st.DataObject):
    width, height = open_original(any_jpeg).size
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right = data.draw(st.integers(left + 1, min(width, left + 1000)))
    bottom = data.draw(st.integers(top + 1, min(height, top + 800)))
    at = Size(data.draw(st.integers(1, 900)), data.draw(st.integers(1, 900)))
    box = region(left, top, right, bottom)
    alone, whole = open_original(any_jpeg), open_original(any_jpeg)
    whole._parts = "none"
    assert alone.shown(box, at).tobytes() == whole.shown(box, at).tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("limits", [DEFAULT_LIMITS, GUARDED_LIMITS])
def test_a_damaged_file_comes_to_the_same(kind: str, limits: ImageLimits):
    """Where the damage lies within the part's rows, or the file is unreadable from there on."""
    data = bytearray(encoded(kind, "RGB", {"strip_size": 65_536} if kind == "TIFF" else {}))
    middle = len(data) // 9
    data[middle : middle + 4000] = bytes(4000)

    def come_to(*, alone: bool) -> list[bytes] | str:
        try:
            return shown(bytes(data), limits=limits, alone=alone)
        except ImageFormatError as error:
            return str(error)

    assert come_to(alone=True) == come_to(alone=False)
