"""PDF pages, rendered with pdfium.

pdfium is not thread-safe, not even across documents: everything that touches it holds one
process-wide lock.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2 as pdfium
from PIL import Image

from ergo_agent.errors import ImageFormatError
from ergo_agent.images.colours import to_rgb
from ergo_agent.images.decoder import Draft, check_page, check_pixels, typed_errors
from ergo_agent.images.limits import ImageLimits
from ergo_agent.views.geometry import Size

__all__ = ["PdfReader", "is_pdf"]

_PDFIUM = threading.Lock()
_POINTS_PER_INCH = 72
_SIGNATURE_WITHIN = 1024
"""Bytes among which readers look for the signature; some producers write a preamble."""


def is_pdf(data: bytes) -> bool:
    """Whether the bytes begin like a PDF."""
    return b"%PDF-" in data[:_SIGNATURE_WITHIN]


class PdfReader:
    """One page of a PDF, form fields and annotations included."""

    media_type = "application/pdf"
    orientation = 1

    def __init__(self, data: bytes, *, page: int, limits: ImageLimits) -> None:
        """Read the page's size only.

        Args:
            data: The document.
            page: The page, from 1.
            limits: Checked here, before anything is rendered.

        Raises:
            ImageFormatError: If the document is damaged or encrypted.
            ImageTooLargeError: If it has too many pages, or the page too many pixels.
            ImageNotFoundError: If there is no such page.
        """
        self._data = data
        self._page = page
        self._scale = limits.pdf_dpi / _POINTS_PER_INCH
        with typed_errors("the PDF"), _document(data) as document:
            self.page_count = len(document)
            check_page(page, page_count=self.page_count, most=limits.max_pages, limit="max_pages")
            self.stored_size = _pixels(document.get_page_size(page - 1), self._scale)
        what = f"page {page} of the PDF at {limits.pdf_dpi} dpi"
        check_pixels(self.stored_size, limits=limits, what=what)

    def decode(self) -> Image.Image:
        """The rendered page."""
        with typed_errors("the PDF"), _document(self._data) as document:
            bitmap = document[self._page - 1].render(scale=self._scale)
            image = to_rgb(bitmap.to_pil())
            bitmap.close()
        if image.size != self.stored_size:
            raise ImageFormatError(
                f"the PDF page rendered to {image.width}x{image.height} pixels instead of "
                f"{self.stored_size.width}x{self.stored_size.height}; save the document anew"
            )
        self._data = b""  # a page is rendered once, and each page holds the whole document
        return image

    def draft(self, wanted: Size) -> Draft | None:  # noqa: ARG002
        """None: a page is rendered once, at full resolution."""
        return None


@contextmanager
def _document(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """A document, with the lock held for as long as it is open."""
    with _PDFIUM:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError as error:
            raise ImageFormatError(
                f"the PDF cannot be opened ({error}); give a complete document without a password"
            ) from error
        try:
            document.init_forms()
            yield document
        finally:
            document.close()


def _pixels(points: tuple[float, float], scale: float) -> Size:
    """Size of a page in pixels, rounded as pdfium rounds it; 0x0 if the page's box is senseless."""
    sides = [side * scale for side in points]
    if not all(math.isfinite(side) and side > 0 for side in sides):
        return Size(0, 0)
    return Size(math.ceil(sides[0]), math.ceil(sides[1]))
