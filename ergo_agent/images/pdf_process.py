"""PDF pages, rendered in a process that may take only so much memory and time.

pdfium has no limits of its own that would help: 30 kB of PDF that draw one line 70,000 times keep
it busy for 7 s, 300 MB of blanks deflated twice make 3 kB and take 570 MB, forms nested six deep
draw a quarter of a million times. Nothing in a header tells such a page from an honest one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from ergo_agent.errors import ImageFormatError, ImageTooLargeError
from ergo_agent.images.decoder import Draft, check_memory, check_page, check_pixels
from ergo_agent.images.limits import ImageLimits
from ergo_agent.views.geometry import Size

__all__ = ["CagedPdfReader"]

_PROGRAM = Path(__file__).with_name("pdf_child.py")
_KEPT_VARIABLES = frozenset({"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT"})
"""Of the environment: where keys are, the process has no business."""
_PER_PIXEL = 10
"""Bytes in both processes for each pixel: three to render it, three to send it, four to keep it."""
_WAITING = 10
"""How many times the seconds of processor time are waited by the clock, on a busy machine."""


class CagedPdfReader:
    """One page of a PDF, rendered when it is opened."""

    media_type = "application/pdf"
    orientation = 1

    def __init__(self, data: bytes, *, page: int, limits: ImageLimits) -> None:
        """Render the page, if it is within the limits.

        Args:
            data: The document.
            page: The page, from 1.
            limits: With `max_memory` and `decode_seconds`.

        Raises:
            ImageFormatError: If the document is damaged or encrypted.
            ImageTooLargeError: If it has too many pages or pixels, or needs too much memory or
                time.
            ImageNotFoundError: If there is no such page.
        """
        facts, pixels = _rendered(data, page, limits)
        if "error" in facts:
            raise ImageFormatError(
                f"the PDF cannot be opened ({facts['error'][:200]}); give a complete document "
                "without a password"
            )
        self.page_count = int(facts["pages"])
        check_page(page, page_count=self.page_count, most=limits.max_pages, limit="max_pages")
        self.stored_size = Size(*facts["size"])
        what = f"page {page} of the PDF at {limits.pdf_dpi} dpi"
        check_pixels(self.stored_size, limits=limits, what=what)
        check_memory(self.stored_size, per_pixel=_PER_PIXEL, encoded=len(data), limits=limits)
        if not facts.get("ok") or tuple(facts["rendered"]) != tuple(self.stored_size):
            raise ImageFormatError("the PDF page cannot be rendered; save the document anew")
        self._image: Image.Image | None = Image.frombytes(
            "RGB", self.stored_size, pixels, "raw", "RGB", facts["stride"], 1
        )

    def decode(self) -> Image.Image:
        """The rendered page; a page is handed out once."""
        assert self._image is not None
        image, self._image = self._image, None
        return image

    def draft(self, wanted: Size) -> Draft | None:  # noqa: ARG002
        """None: a page is rendered once, at full resolution."""
        return None


def _rendered(data: bytes, page: int, limits: ImageLimits) -> tuple[dict[str, Any], memoryview]:
    """What the process says of the document, and the page's pixels, if any.

    Raises:
        ImageTooLargeError: If it came to an end before it was done.
    """
    memory, seconds = limits.max_memory, limits.decode_seconds
    assert memory is not None
    assert seconds is not None
    asked = {
        "page": page,
        "scale": limits.pdf_dpi / 72,
        "import_from": sys.path,
        "max_pages": limits.max_pages,
        "max_pixels": min(limits.max_pixels, memory // _PER_PIXEL),
        "max_memory": memory * 3 // 4,  # the rest is for the finished page in this process
        "decode_seconds": seconds,
    }
    try:
        process = subprocess.run(  # noqa: S603  # our own program, by its path
            [sys.executable, "-I", str(_PROGRAM), json.dumps(asked)],
            input=data,
            capture_output=True,
            check=False,
            timeout=_WAITING * seconds,
            env={name: os.environ[name] for name in _KEPT_VARIABLES & os.environ.keys()},
        )
    except subprocess.TimeoutExpired:
        raise _too_much(page, limits) from None
    end = process.stdout.find(b"\n")
    if process.returncode or end < 0:
        raise _too_much(page, limits)
    return json.loads(process.stdout[:end]), memoryview(process.stdout)[end + 1 :]


def _too_much(page: int, limits: ImageLimits) -> ImageTooLargeError:
    return ImageTooLargeError(
        f"page {page} of the PDF needs more than {limits.decode_seconds:g} s or "
        f"{limits.max_memory or 0:,} bytes to be drawn; give it as an image, or raise "
        "ImageLimits.decode_seconds or max_memory"
    )
