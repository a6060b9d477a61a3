"""Pages with more pixels than are decoded at once: shown from parts, within the same limits."""

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

from ergo_agent.errors import ImageFormatError, ImageTooLargeError
from ergo_agent.images import (
    DEFAULT_LIMITS,
    GUARDED_LIMITS,
    ImageLimits,
    Original,
    bands,
    open_original,
    part_sources,
    rasters,
    regions,
)
from ergo_agent.images.pdfs import PdfReader
from ergo_agent.images.pyramids import pages_of_tiff
from ergo_agent.images.tiff_tiles import TiledPicture
from ergo_agent.views.geometry import Region, Size
from tests.support import bombs
from tests.support.large_tiffs import MARK, large_tiff
from tests.support.noise import encoded, exif, interlaced, picture, region

GUARDS = pytest.mark.parametrize("limits", [DEFAULT_LIMITS, GUARDED_LIMITS])

SMALL = ImageLimits(max_pixels=2_100_000)
"""Below the 2.2 megapixels of `picture`, which is opened in parts then."""
SMALL_GUARDED = ImageLimits(max_pixels=2_100_000, max_memory=200_000_000, decode_seconds=3.0)


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where libvips is not installed; in this process."""
    for module in (regions, part_sources):
        monkeypatch.setattr(module, "find_spec", lambda _: None)


@pytest.fixture
def tiles(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the tiles that are decoded."""
    decoded: list[int] = []
    decode = TiledPicture._tile

    def counted(of: TiledPicture, index: int, size: Size) -> Image.Image:
        decoded.append(index)
        return decode(of, index, size)

    monkeypatch.setattr(TiledPicture, "_tile", counted)
    return decoded


def dark(view: Image.Image) -> tuple[int, int, int, int]:
    """Where the view is black: left, top, right, bottom, both ends exclusive."""
    rows, columns = np.nonzero(np.asarray(view)[..., 0] < 128)
    return (
        int(columns.min()),
        int(rows.min()),
        int(columns.max()) + 1,
        int(rows.max()) + 1,
    )


def check_mark(original: Original) -> None:
    """The mark lies where it should in the whole page, a part of it, and at its own edge."""
    assert original.size == Size(20_000, 20_000)
    whole = original.shown(Region.whole(original.size), Size(1000, 1000))
    assert dark(whole) == (750, 600, 800, 625)
    part = original.shown(region(14_000, 11_000, 17_000, 14_000), Size(600, 600))
    assert dark(part) == (200, 200, 400, 300)
    edge = original.shown(region(14_900, 11_900, 15_300, 12_300), Size(400, 400))
    grey = np.asarray(edge)[..., 0]
    assert (grey[99, 200], grey[100, 99], grey[100, 100]) == (255, 255, 0)


@GUARDS
@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("bits", [8, 1])
def test_a_pyramid_of_400_megapixels(limits: ImageLimits, *, bits: int, within: bool):
    original = open_original(large_tiff(bits=bits, within=within), limits=limits)
    assert original.page_count == 1
    check_mark(original)


@pytest.mark.usefixtures("without_extra")
def test_of_a_pyramid_few_tiles_are_decoded(tiles: list[int]):
    check_mark(open_original(large_tiff()))
    assert len(tiles) < 350  # of the 6,241 of the page, and 8,321 in all


@GUARDS
def test_a_page_without_smaller_pictures(limits: ImageLimits):
    check_mark(open_original(large_tiff(levels=0), limits=limits))


@pytest.mark.usefixtures("without_extra")
def test_a_page_without_smaller_pictures_is_shrunk_tile_by_tile():
    original = open_original(large_tiff(levels=0))
    part = original.shown(region(12_000, 10_000, 17_000, 15_000), Size(250, 250))
    assert dark(part) == (150, 100, 200, 125)


def test_smaller_pictures_are_no_pages():
    pages = large_tiff(levels=3)
    image = rasters._opened(pages)
    assert [page.smaller for page in pages_of_tiff(image, most=9)] == [(1, 2, 3)]  # type: ignore[arg-type]


TIFFS: list[tuple[str, str, dict[str, object]]] = [
    ("TIFF", "RGB", {"compression": "raw"}),
    ("TIFF", "RGB", {"compression": "tiff_lzw", "strip_size": 65_536}),
    ("TIFF", "P", {"compression": "tiff_adobe_deflate", "strip_size": 65_536}),
    ("TIFF", "L", {"compression": "packbits", "strip_size": 65_536, "tiffinfo": {262: 0}}),
    ("TIFF", "1", {"compression": "group4", "strip_size": 20_000}),
    ("TIFF", "RGB", {"tile": (256, 128)}),
    ("TIFF", "RGBA", {"compression": "packbits", "strip_size": 65_536}),
    ("TIFF", "CMYK", {"compression": "packbits", "strip_size": 65_536}),
    ("TIFF", "RGB", {"compression": "jpeg", "strip_size": 65_536}),
]
"""In strips and in tiles."""


def close(one: Image.Image, other: Image.Image) -> bool:
    """Whether two views are the same but for how they were shrunk."""
    difference = np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int))
    return float(difference.mean()) < 5


def check_the_same(data: bytes, limits: ImageLimits) -> None:
    """Parts at their own scale to the bit, shrunk ones nearly, against decoding all of it."""
    whole, parts = open_original(data), open_original(data, limits=limits)
    assert (whole._comes_whole, parts._comes_whole) == (True, False)
    assert parts.size == whole.size
    for box, at in [
        ((300, 200, 701, 603), Size(196, 168)),
        ((whole.size.width - 400, whole.size.height - 300, *whole.size), Size(400, 300)),
    ]:
        views = [each.shown(region(*box), at) for each in (whole, parts)]
        assert views[0].tobytes() == views[1].tobytes()
    for box, at in [
        ((0, 0, *whole.size), Size(140, 112)),
        ((101, 203, 1201, 1203), Size(112, 112)),
    ]:
        assert close(*(each.shown(region(*box), at) for each in (whole, parts)))


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize(("kind", "mode", "options"), TIFFS)
def test_parts_of_a_tiff_are_the_same(kind: str, mode: str, options: dict[str, object]):
    check_the_same(encoded(kind, mode, options), SMALL)


@pytest.mark.parametrize("turn", [3, 6])
def test_views_of_a_turned_tiff_are_turned(turn: int):
    """Each by itself, after it was shrunk; Pillow turns all of the page before."""
    data = encoded("TIFF", "RGB", {"strip_size": 65_536, "tiffinfo": {274: turn}})
    whole, parts = open_original(data), open_original(data, limits=SMALL)
    assert whole.size == parts.size
    box = region(300, 200, 701, 603)
    assert parts.shown(box, box.size).tobytes() == whole.shown(box, box.size).tobytes()
    for part, at in ((box, Size(196, 168)), (Region.whole(whole.size), Size(140, 112))):
        assert close(parts.shown(part, at), whole.shown(part, at))


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("JPEG", "RGB", {}),
        ("JPEG", "L", {"quality": 90}),
        ("JPEG", "RGB", {"exif": exif(6)}),
        *[("PNG", mode, {"compress_level": 1}) for mode in ("RGBA", "P", "1")],
        ("TIFF", "RGB", {"tile": (256, 128)}),
    ],
)
def test_parts_by_libvips_are_the_same(kind: str, mode: str, options: dict[str, object]):
    data = encoded(kind, mode, options)
    for limits in (SMALL, SMALL_GUARDED):
        check_the_same(data, limits)


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize("options", [{}, {"exif": exif(6)}, {"subsampling": "4:4:4"}])
def test_parts_of_a_jpeg_without_the_extra(options: dict[str, object]):
    check_the_same(encoded("JPEG", "RGB", options), SMALL)


@GUARDS
def test_a_png_of_400_megapixels(limits: ImageLimits):
    row = b"\0" + b"\xff" * 2500
    data = bombs.png(20_000, 20_000, bits=1, data=zlib.compress(row * 20_000, 1))
    original = open_original(data, limits=limits)
    view = original.shown(Region.whole(original.size), Size(560, 560))
    assert view.getextrema() == ((255, 255),) * 3
    part = original.shown(region(9_000, 8_000, 9_100, 8_100), Size(100, 100))
    assert part.getextrema() == ((255, 255),) * 3


INSTALL = r"pip install .*\[regions\]"


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: encoded("JPEG", "RGB", {"progressive": True}), "a JPEG of this kind cannot"),
        (lambda: encoded("JPEG", "CMYK", {}), "a JPEG of this kind cannot"),
        (lambda: interlaced(picture("RGB")), "a PNG of this kind cannot"),
        (lambda: encoded("WEBP", "RGB", {"method": 0}), "WEBP cannot be opened in parts"),
        (lambda: encoded("BMP", "RGB", {}), "BMP cannot be opened in parts"),
        (
            lambda: encoded("TIFF", "RGB", {"compression": "tiff_lzw", "strip_size": 1 << 28}),
            "strips are of 1700x1300",
        ),
        (lambda: encoded("TIFF", "I;16", {"strip_size": 65_536}), "more than 8 bits"),
    ],
)
def test_what_cannot_be_had_in_parts_is_refused(made: Callable[[], bytes], message: str):
    wanted = rf"2,210,000 pixels, of which 2,100,000 may be decoded at once.*{message}"
    data = made()
    for limits in (SMALL, SMALL_GUARDED):
        with pytest.raises(ImageTooLargeError, match=wanted) as caught:
            open_original(data, limits=limits)
        assert "save it as a TIFF in tiles" in caught.value.for_model
        assert "ImageLimits" not in caught.value.for_model


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize(("kind", "mode"), [("PNG", "1"), ("JPEG", "L")])
def test_what_needs_the_extra_says_so(kind: str, mode: str):
    with pytest.raises(ImageTooLargeError, match=INSTALL) as caught:
        open_original(encoded(kind, mode, {}), limits=SMALL)
    assert "pip" not in caught.value.for_model


@pytest.mark.usefixtures("without_extra")
def test_a_jpeg_without_the_extra_and_without_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(part_sources, "has_room", lambda _: False)
    with pytest.raises(ImageTooLargeError, match=INSTALL):
        open_original(encoded("JPEG", "RGB", {}), limits=SMALL)
    assert bands.has_room(Size(1000, 1000))
    assert not bands.has_room(Size(10**9, 10**9))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"missing": 17}, "1 of the TIFF's 6241 tiles are missing"),
        ({"listed": 6000}, "the TIFF takes 6241 tiles, and has 6000"),
    ],
)
@GUARDS
def test_a_tile_that_is_not_there(wrong: dict[str, int], message: str, limits: ImageLimits):
    with pytest.raises(ImageFormatError, match=message):
        open_original(large_tiff(**wrong), limits=limits)  # type: ignore[arg-type]


@GUARDS
def test_a_header_that_claims_more_than_its_tiles_hold(limits: ImageLimits):
    data = large_tiff(levels=0)
    claimed = data.replace(b"\0\x01\x04\0\x01\0\0\0\x20\x4e", b"\0\x01\x04\0\x01\0\0\0\x30\x75")
    assert claimed != data
    with pytest.raises(ImageFormatError, match="the TIFF takes 9322 tiles, and has 6241"):
        open_original(claimed, limits=limits)


@GUARDS
def test_a_garbled_tile_harms_no_other_part(limits: ImageLimits):
    original = open_original(large_tiff(levels=0, garbled=0), limits=limits)
    part = original.shown(MARK, MARK.size)
    assert part.getextrema() == ((0, 0),) * 3
    with pytest.raises(ImageFormatError, match=r"tile 1 of the TIFF|damaged or cut short"):
        original.shown(region(0, 0, 100, 100), Size(100, 100))
    with pytest.raises(ImageFormatError, match=r"tile 1 of the TIFF|damaged or cut short"):
        original.shown(Region.whole(original.size), Size(500, 500))


@GUARDS
@pytest.mark.parametrize("levels", [0, 4])
def test_a_large_tiff_that_is_cut_short(limits: ImageLimits, levels: int):
    data = large_tiff(levels=levels)
    first = int.from_bytes(data[4:8], "little")
    body, ends = data[:first], data[first:]
    moved = body[:4] + (60).to_bytes(4, "little") + body[8:60] + ends
    with pytest.raises((ImageFormatError, ImageTooLargeError), match=r"TIFF|decoded at once"):
        open_original(moved, limits=limits).shown(MARK, MARK.size)
    with pytest.raises(ImageFormatError, match="damaged"):
        open_original(data[: first + 20], limits=limits)


def test_a_smaller_picture_that_is_another_is_passed_over(tiles: list[int]):
    """Its shape is not the page's, or it lacks tiles: the page has all that it shows."""
    honest = large_tiff(levels=4, within=True)
    width = b"\0\x01\x04\0\x01\0\0\0"
    lying = honest.replace(width + b"\xe2\x04\0\0", width + b"\xe2\x03\0\0")
    assert lying != honest
    check_mark(open_original(lying))
    assert tiles


def test_a_damaged_png_is_refused_where_the_damage_is_seen():
    data = bytearray(encoded("PNG", "RGB", {"compress_level": 1}))
    data[len(data) // 2 : len(data) // 2 + 4000] = bytes(4000)
    for limits in (SMALL, SMALL_GUARDED):
        original = open_original(bytes(data), limits=limits)
        original.shown(region(0, 0, 300, 100), Size(300, 100))
        with pytest.raises(ImageFormatError, match="damaged or cut short"):
            original.shown(Region.whole(original.size), Size(170, 130))


@GUARDS
def test_a_page_larger_than_any(limits: ImageLimits):
    few = limits.model_copy(update={"max_page_pixels": 300_000_000})
    with pytest.raises(ImageTooLargeError, match=r"the limit of a page is 300,000,000.*max_page"):
        open_original(large_tiff(), limits=few)


@GUARDS
def test_a_view_that_takes_too_much_at_once(limits: ImageLimits):
    original = open_original(large_tiff(), limits=limits)
    with pytest.raises(ImageTooLargeError, match=r"at once, the limit is|more memory|takes more"):
        original.shown(Region.whole(original.size), Size(16_000, 15_900))


SHEET = Size(60_001, 60_001)
"""In pixels, at 300 dots per inch."""


@pytest.fixture(scope="module")
def sheet() -> bytes:
    """A PDF page of five metres on each side, with a mark of one centimetre."""
    document = FPDF(unit="pt")
    document.add_page(format=(14_400, 14_400))
    document.set_fill_color(0)
    document.rect(10_000, 4_000, 28.8, 28.8, style="F")
    return bytes(document.output())


@GUARDS
def test_a_pdf_page_of_any_size_is_drawn_at_the_scale_that_is_needed(
    sheet: bytes, limits: ImageLimits
):
    original = open_original(sheet, limits=limits)
    assert original.size == SHEET
    crop = original.shown(region(41_600, 16_600, 41_900, 16_900), Size(300, 300))
    assert np.abs(np.subtract(dark(crop), (67, 67, 187, 187))).max() <= 1
    coarse = original.shown(region(39_600, 14_600, 43_600, 18_600), Size(800, 800))
    assert np.abs(np.subtract(dark(coarse), (413, 413, 437, 437))).max() <= 1


def test_of_a_pdf_page_no_more_is_drawn_than_allowed(sheet: bytes, monkeypatch: pytest.MonkeyPatch):
    areas: list[int] = []
    draw = PdfReader._drawn

    def counted(reader: PdfReader, part: Region, page: Size) -> Image.Image:
        areas.append(part.size.area)
        return draw(reader, part, page)

    monkeypatch.setattr(PdfReader, "_drawn", counted)
    original = open_original(sheet, limits=ImageLimits(max_pixels=1_000_000))
    original.shown(Region.whole(original.size), Size(700, 700))
    original.shown(region(0, 0, 30_000, 30_000), Size(900, 900))
    assert 400_000 < min(areas) <= max(areas) <= 1_000_000
    with pytest.raises(ImageTooLargeError, match="pixels at once, the limit is 1,000,000"):
        original.shown(region(0, 0, 1200, 1200), Size(1200, 1200))
    with pytest.raises(ImageTooLargeError, match="max_pixels"):
        original._opened().decode()
