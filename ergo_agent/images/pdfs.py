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
from ergo_agent.images.decoder import Whole, check_page, check_pixels, typed_errors
from ergo_agent.images.formats import register_format
from ergo_agent.images.limits import ImageLimits
from ergo_agent.views.geometry import Size

__all__ = ["PdfReader", "fitting_scale", "is_pdf", "opened_pdf", "page_pixels"]

_PDFIUM = threading.Lock()
_POINTS_PER_INCH = 72
_SIGNATURE_WITHIN = 1024
"""Bytes among which readers look for the signature; some producers write a preamble."""


def is_pdf(data: bytes) -> bool:
    """Whether the bytes begin like a PDF."""
    return b"%PDF-" in data[:_SIGNATURE_WITHIN]


@register_format("pdf", begins=is_pdf)
class PdfReader(Whole):
    """One page of a PDF, form fields and annotations included.

    A page that would have more pixels than allowed is drawn as large as is allowed.
    """

    media_type = "application/pdf"
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
        self._scale = fitting_scale(points, limits)
        self.stored_size = page_pixels(points, self._scale)
        check_pixels(self.stored_size, limits=limits, what=f"page {page} of the PDF")

    def decode(self) -> Image.Image:
        """The rendered page."""
        with typed_errors("the PDF"), opened_pdf(self._data) as document:
            bitmap = document[self._page - 1].render(
                scale=self._scale, rev_byteorder=True, force_bitmap_format=pdfium_c.FPDFBitmap_BGRx
            )
            rendered = Size(bitmap.width, bitmap.height)
            image = rgb_over(bitmap.buffer, rendered, stride=bitmap.stride)
        if rendered != self.stored_size:
            raise ImageFormatError(
                f"the PDF page rendered to {image.width}x{image.height} pixels instead of "
                f"{self.stored_size.width}x{self.stored_size.height}; save the document anew"
            )
        self._data = b""  # a page is rendered once, and each page holds the whole document
        return image


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
    """Pixels for each point: as many as `pdf_dpi` asks for, and `max_pixels` allows."""
    scale = limits.pdf_dpi / _POINTS_PER_INCH
    while (area := page_pixels(points, scale).area) > limits.max_pixels:
        scale *= 0.9999 * math.sqrt(limits.max_pixels / area)
    return scale


def page_pixels(points: tuple[float, float], scale: float) -> Size:
    """Size of a page in pixels, rounded as pdfium rounds it; 0x0 if the page's box is senseless."""
    sides = [side * scale for side in points]
    if not all(math.isfinite(side) and side > 0 for side in sides):
        return Size(0, 0)
    return Size(math.ceil(sides[0]), math.ceil(sides[1]))
