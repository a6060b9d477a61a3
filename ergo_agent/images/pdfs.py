"""PDF pages, rendered with pdfium.

pdfium is not thread-safe, not even across documents: everything that touches it holds one
process-wide lock.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from ergo_agent.errors import ImageFormatError
from ergo_agent.images.buffers import rgb_over
from ergo_agent.images.decoder import (
    Parts,
    Whole,
    check_page,
    check_page_size,
    check_pixels,
    typed_errors,
)
from ergo_agent.images.formats import PDF, register_format
from ergo_agent.images.large_pages import check_at_once
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.resampler import surroundings
from ergo_agent.views.geometry import Region, Size

__all__ = ["PdfReader", "fitting_scale", "is_pdf", "opened_pdf", "page_pixels"]

_PDFIUM = threading.Lock()
_POINTS_PER_INCH = 72
_SIGNATURE_WITHIN = 1024
"""Bytes among which readers look for the signature; some producers write a preamble."""

_LARGER = 3.0
"""How many times the view's size a part is drawn. Of the words that the embedded reader finds in
exact views of 20 pages it finds 99.1 % again, 98.7 % at twice and 98.2 % at 1.5 times; of the
printed ones as many within 0.3 %: `python -m benchmarks.exactness`."""

_LONGEST = 500_000
"""Pixels of a page's longer side: pdfium reckons in single precision, to 1/32 of a pixel there."""

_AROUND = 0.9
"""Of the pixels that may be drawn at once, what a view's part gets; a filter reads around it."""

_FLAGS = pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_REVERSE_BYTE_ORDER


def is_pdf(data: bytes) -> bool:
    """Whether the bytes begin like a PDF."""
    return b"%PDF-" in data[:_SIGNATURE_WITHIN]


@register_format("pdf", begins=is_pdf)
class PdfReader(Whole):
    """One page of a PDF, form fields and annotations included.

    Its pixels are those of the page at `pdf_dpi`, however many that makes: each view is drawn by
    itself, at somewhat more than its own size, and `max_pixels` bounds what is drawn at once.
    """

    media_type = PDF
    parts: Parts = "own"
    per_pixel = 8

    def __init__(self, data: bytes, *, page: int, limits: ImageLimits) -> None:
        """Read the page's size only.

        Args:
            data: The document.
            page: The page, from 1.
            limits: Checked here, before anything is rendered.

        Raises:
            ImageFormatError: If the document is damaged or encrypted.
            ImageTooLargeError: If it has too many pages.
            ImageNotFoundError: If there is no such page.
        """
        self._data = data
        self._page = page
        with typed_errors("the PDF"), opened_pdf(data) as document:
            self.page_count = len(document)
            check_page(page, page_count=self.page_count, most=limits.max_pages, limit="max_pages")
            points = document.get_page_size(page - 1)
        self._limits = limits
        self.stored_size = page_pixels(points, fitting_scale(points, limits))
        check_page_size(self.stored_size, limits=limits, what=f"page {page} of the PDF")
        self.comes_whole = self.stored_size.area <= limits.max_pixels

    def decode(self) -> Image.Image:
        """The rendered page.

        Raises:
            ImageTooLargeError: If that is more than may be drawn at once.
        """
        check_pixels(self.stored_size, limits=self._limits, what=f"page {self._page} of the PDF")
        return self._drawn(Region.whole(self.stored_size), self.stored_size)

    def cut(
        self, region: Region, at: Size, how: Image.Resampling, *, larger: float = _LARGER
    ) -> Image.Image:
        """A part, drawn by itself: somewhat larger than it is shown, at most as large as it is.

        Args:
            region: In pixels of the page.
            at: The part's size then.
            how: Resampled with this filter.
            larger: How many times the view's size it is drawn, at most.

        Raises:
            ImageTooLargeError: If the view takes more pixels than are drawn at once.
        """
        whole, size = self.stored_size, region.size
        needed = max(at.width / size.width, at.height / size.height)
        allowed = math.sqrt(_AROUND * self._limits.max_pixels / size.area)
        scale = min(1.0, larger * needed, max(needed, allowed))
        drawn = Size(math.ceil(scale * whole.width), math.ceil(scale * whole.height))
        across, down = drawn.width / whole.width, drawn.height / whole.height
        box = (region.left * across, region.top * down, region.right * across, region.bottom * down)
        if drawn == whole and size == at:
            check_at_once(size, limits=self._limits)
            return self._drawn(region, whole)
        around = surroundings(_touched(box, within=drawn), at, how, within=drawn)
        check_at_once(around.size, limits=self._limits)
        left, top = around.left, around.top
        moved = (box[0] - left, box[1] - top, box[2] - left, box[3] - top)
        return self._drawn(around, drawn).resize(at, how, box=moved)

    def _drawn(self, region: Region, page: Size) -> Image.Image:
        """A part of the page, drawn.

        Args:
            region: In pixels of the page as it is drawn.
            page: The size of all of it then.
        """
        width, height = region.size
        with typed_errors("the PDF"), opened_pdf(self._data) as document:
            bitmap = pdfium.PdfBitmap.new_native(
                width, height, pdfium_c.FPDFBitmap_BGRx, rev_byteorder=True
            )
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
            opened = document[self._page - 1]
            place = (-region.left, -region.top, *page, 0, _FLAGS)
            pdfium_c.FPDF_RenderPageBitmap(bitmap, opened, *place)
            if document.formenv:
                pdfium_c.FPDF_FFLDraw(document.formenv, bitmap, opened, *place)
            return rgb_over(bitmap.buffer, region.size, stride=bitmap.stride)


def _touched(box: tuple[float, float, float, float], *, within: Size) -> Region:
    """The whole pixels that a box touches."""
    left, top, right, bottom = box
    return Region(
        left=math.floor(left),
        top=math.floor(top),
        right=min(within.width, math.ceil(right)),
        bottom=min(within.height, math.ceil(bottom)),
    )


@contextmanager
def opened_pdf(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """A document, with the lock held for as long as it is open."""
    with _PDFIUM:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            locked = error.err_code == pdfium_c.FPDF_ERR_PASSWORD
            wanted = "one without a password" if locked else "a complete document"
            raise ImageFormatError(f"the PDF cannot be opened ({error}); give {wanted}") from error
        try:
            document.init_forms()
            yield document
        finally:
            document.close()


def fitting_scale(points: tuple[float, float], limits: ImageLimits) -> float:
    """Pixels for each point: as many as `pdf_dpi` asks for, and `max_page_pixels` allows."""
    scale = limits.pdf_dpi / _POINTS_PER_INCH
    if 0 < max(points) < math.inf:
        scale = min(scale, _LONGEST / max(points))
    while (area := page_pixels(points, scale).area) > limits.max_page_pixels:
        scale *= 0.9999 * math.sqrt(limits.max_page_pixels / area)
    return scale


def page_pixels(points: tuple[float, float], scale: float) -> Size:
    """Size of a page in pixels, rounded as pdfium rounds it; 0x0 if the page's box is senseless."""
    sides = [side * scale for side in points]
    if not all(math.isfinite(side) and side > 0 for side in sides):
        return Size(0, 0)
    return Size(math.ceil(sides[0]), math.ceil(sides[1]))
