import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fpdf import FPDF
from PIL import Image

from ergo_agent.errors import ImageFormatError, ImageNotFoundError, ImageTooLargeError
from ergo_agent.images import DEFAULT_LIMITS, GUARDED_LIMITS, ImageLimits, open_original
from ergo_agent.images.pdfs import PdfReader
from ergo_agent.views.geometry import Region, Size

Encode = Callable[..., bytes]

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]


def frames() -> list[Image.Image]:
    return [Image.new("RGB", (40, 30), colour) for colour in COLOURS]


def colour_of(data: bytes, page: int) -> tuple[int, ...]:
    original = open_original(data, page=page)
    view = original.shown(Region(left=5, top=5, right=33, bottom=25), Size(28, 28))
    return tuple(np.asarray(view)[14, 14].tolist())


@pytest.fixture
def pdf() -> bytes:
    """Two pages: A4 upright with a black bar, and a small landscape one."""
    document = FPDF(unit="pt")
    document.add_page(format=(595, 842))
    document.set_fill_color(0)
    document.rect(100, 200, 300, 50, style="F")
    document.add_page(format=(288, 144))
    return bytes(document.output())


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP"])
def test_a_page_is_a_frame(encode: Encode, kind: str):
    first, *others = frames()
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encode(first, kind, save_all=True, append_images=others, **options)
    for page, colour in enumerate(COLOURS, start=1):
        original = open_original(data, page=page)
        assert (original.page, original.page_count, original.size) == (page, 3, Size(40, 30))
        assert colour_of(data, page) == colour


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("page", [0, -1, 4, 10**9])
def test_a_page_that_is_not_there(encode: Encode, kind: str, page: int):
    first, *others = frames()
    data = encode(first, kind, save_all=True, append_images=others)
    with pytest.raises(ImageNotFoundError, match=rf"no page {page}: the image has 3 pages"):
        open_original(data, page=page)


def test_a_page_that_is_not_there_in_single_images(png: bytes, picture: Image.Image):
    for source in (png, picture):
        with pytest.raises(ImageNotFoundError, match=r"no page 2: the image has 1 page;"):
            open_original(source, page=2)


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP"])
def test_too_many_frames(encode: Encode, kind: str):
    first, *others = frames()
    data = encode(first, kind, save_all=True, append_images=others)
    assert open_original(data, limits=ImageLimits(max_frames=3)).page_count == 3
    with pytest.raises(ImageTooLargeError, match=r"more than 2 pages or frames.*max_frames"):
        open_original(data, limits=ImageLimits(max_frames=2))


def test_a_late_frame_of_a_large_animation(encode: Encode):
    many = [Image.new("RGB", (40, 30), (n * 9, 0, 0)) for n in range(20)]
    data = encode(many[0], "GIF", save_all=True, append_images=many[1:])
    limits = ImageLimits(max_pixels=1200)
    assert open_original(data, page=16, limits=limits).size == Size(40, 30)
    with pytest.raises(ImageTooLargeError, match="frame 17 of the animation needs 17 frames"):
        open_original(data, page=17, limits=limits)


def test_frames_of_a_tiff_have_sizes_of_their_own(encode: Encode):
    large = Image.new("RGB", (400, 300))
    data = encode(frames()[0], "TIFF", save_all=True, append_images=[large])
    assert open_original(data, page=2).size == Size(400, 300)
    with pytest.raises(ImageTooLargeError, match="400x300"):
        open_original(data, page=2, limits=ImageLimits(max_pixels=2000))


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg", "group4"])
def test_tiff_compressions(encode: Encode, compression: str):
    mode = "1" if compression == "group4" else "RGB"
    image = Image.new(mode, (40, 30), "white")
    assert colour_of(encode(image, "TIFF", compression=compression), 1) == (255, 255, 255)


def test_a_tiff_whose_pages_go_round_in_circles(encode: Encode):
    data = bytearray(encode(frames()[0], "TIFF"))
    order = "little" if data[:2] == b"II" else "big"
    start = int.from_bytes(data[4:8], order)
    end = start + 2 + 12 * int.from_bytes(data[start : start + 2], order)
    data[end : end + 4] = start.to_bytes(4, order)
    assert open_original(bytes(data)).page_count == 1


def test_a_stereo_jpeg(encode: Encode):
    first, *others = frames()
    data = encode(first, "MPO", save_all=True, append_images=others)
    assert open_original(data).page_count == 3
    for page, colour in enumerate(COLOURS, start=1):
        assert np.abs(np.subtract(colour_of(data, page), colour)).max() <= 3


def test_a_pdf_page_is_rendered_at_the_dpi_of_the_limits(pdf: bytes):
    original = open_original(pdf)
    assert original.media_type == "application/pdf"
    assert (original.page, original.page_count) == (1, 2)
    assert original.size == Size(2480, 3509)
    assert open_original(pdf, page=2, limits=ImageLimits(pdf_dpi=144)).size == Size(576, 288)


def test_the_content_of_a_pdf_lies_where_it_should(pdf: bytes):
    original = open_original(pdf, limits=ImageLimits(pdf_dpi=144))
    whole = np.asarray(original.shown(Region.whole(original.size), original.size))
    rows, columns = np.nonzero(whole[..., 0] < 128)
    assert abs(rows.min() - 400) <= 1
    assert abs(rows.max() - 499) <= 1
    assert abs(columns.min() - 200) <= 1
    assert abs(columns.max() - 799) <= 1


def test_a_pdf_page_that_is_not_there(pdf: bytes):
    with pytest.raises(ImageNotFoundError, match=r"no page 3: the image has 2 pages"):
        open_original(pdf, page=3)


def test_too_many_pdf_pages(pdf: bytes):
    with pytest.raises(ImageTooLargeError, match=r"more than 1 pages or frames.*max_pages"):
        open_original(pdf, limits=ImageLimits(max_pages=1))


@pytest.mark.parametrize("sides", [(14_000, 14_000), (2384, 3370), (14_000, 3), (3, 14_000)])
@pytest.mark.parametrize("guard", [{}, {"max_memory": 480_000_000, "decode_seconds": 3.0}])
def test_a_page_of_any_size_has_as_many_pixels_as_are_allowed(
    sides: tuple[int, int], guard: dict[str, float]
):
    document = FPDF(unit="pt")
    document.add_page(format=sides)
    document.set_fill_color(0)
    document.rect(0, 0, sides[0] / 2, sides[1], style="F")
    limits = ImageLimits(max_page_pixels=1_000_000, **guard)
    original = open_original(bytes(document.output()), limits=limits)
    assert original.size.area <= 1_000_000
    if min(sides) > 3:
        assert original.size.area > 990_000
        assert original.size.width / original.size.height == pytest.approx(
            sides[0] / sides[1], rel=0.01
        )
    whole = np.asarray(original.shown(Region.whole(original.size), original.size))
    dark = np.nonzero(whole[original.size.height // 2, :, 0] < 128)[0]
    assert abs(len(dark) - original.size.width / 2) <= 1


def test_a_page_that_fits_is_drawn_at_the_dpi(pdf: bytes):
    fitting = ImageLimits(max_page_pixels=2480 * 3509)
    assert open_original(pdf, limits=fitting).size == Size(2480, 3509)
    assert open_original(pdf, limits=GUARDED_LIMITS).size == Size(2480, 3509)


GUARDS = pytest.mark.parametrize("limits", [DEFAULT_LIMITS, GUARDED_LIMITS])


@GUARDS
def test_an_encrypted_pdf(limits: ImageLimits):
    document = FPDF()
    document.add_page()
    document.set_encryption(owner_password="owner", user_password="user")
    with pytest.raises(ImageFormatError, match="give one without a password"):
        open_original(bytes(document.output()), limits=limits)


@GUARDS
@pytest.mark.parametrize("keep", [20, 200])
def test_a_broken_pdf(pdf: bytes, keep: int, limits: ImageLimits):
    with pytest.raises(ImageFormatError, match="the PDF cannot be opened") as caught:
        open_original(pdf[:keep], limits=limits)
    assert "password" not in str(caught.value)


def test_pdfs_of_several_threads(pdf: bytes):
    barrier = threading.Barrier(4)

    def render(page: int) -> bytes:
        barrier.wait(timeout=10)
        original = open_original(pdf, page=page, limits=ImageLimits(pdf_dpi=72))
        return original.shown(Region.whole(original.size), original.size).tobytes()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(render, [1, 2, 1, 2]))
    assert results[0] == results[2]
    assert results[1] == results[3]


@pytest.mark.parametrize("box", [b"[0 0 0 0]", b"[9 9 9 9]"])
def test_a_pdf_page_without_area_gets_the_size_that_pdfium_assumes(pdf: bytes, box: bytes):
    flat = pdf.replace(b"/MediaBox [0 0 288.00 144.00]", b"/MediaBox " + box)
    assert flat != pdf
    assert open_original(flat, page=2, limits=ImageLimits(pdf_dpi=72)).size == Size(612, 792)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pixels each drawing of a page had."""
    areas: list[int] = []
    draw = PdfReader._drawn

    def counted(reader: PdfReader, region: Region, page: Size) -> Image.Image:
        areas.append(region.size.area)
        return draw(reader, region, page)

    monkeypatch.setattr(PdfReader, "_drawn", counted)
    return areas


def test_a_page_is_drawn_as_it_is_shown(pdf: bytes, drawings: list[int]):
    original = open_original(pdf)
    whole, part = Region.whole(original.size), Region(left=300, top=800, right=700, bottom=1100)
    original.shown(whole, Size(280, 392))
    original.shown(part, part.size)
    original.shown(part, Size(800, 600))
    original.shown(whole, original.size)
    coarse, crop, enlarged, full = drawings
    assert coarse < 10 * 280 * 392
    assert crop == part.size.area
    assert enlarged < 1.1 * part.size.area
    assert full == original.size.area


@pytest.mark.parametrize(
    ("region", "at"),
    [
        (Region(left=300, top=700, right=900, bottom=1100), Size(600, 400)),
        (Region(left=300, top=700, right=900, bottom=1100), Size(150, 100)),
        (Region(left=400, top=800, right=500, bottom=900), Size(300, 300)),
        (Region(left=0, top=0, right=2480, bottom=3509), Size(248, 351)),
        (Region(left=1600, top=1000, right=2480, bottom=3509), Size(352, 1003)),
    ],
)
def test_each_drawing_of_a_page_lies_where_the_page_has_it(pdf: bytes, region: Region, at: Size):
    """Against all of the page, drawn at full resolution and resampled: one bar with sharp edges."""
    drawn = PdfReader(pdf, page=1, limits=DEFAULT_LIMITS).decode()
    exact = drawn.resize(at, Image.Resampling.LANCZOS, box=region.as_tuple())
    for limits in (DEFAULT_LIMITS, GUARDED_LIMITS):
        view = open_original(pdf, limits=limits).shown(region, at)
        difference = np.abs(np.asarray(view, dtype=int) - np.asarray(exact.convert("RGB")))
        assert difference.mean() < 1.5  # one edge that is one pixel off makes 2 at least


def test_a_document_is_not_let_go_of_by_its_first_drawing(pdf: bytes):
    original = open_original(pdf)
    reader = original._opened()
    part = Region(left=300, top=800, right=700, bottom=1100)
    views = [original.shown(part, Size(200, 150)).tobytes() for _ in range(3)]
    assert len(set(views)) == 1
    assert original._opened() is reader
