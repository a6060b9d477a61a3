"""A document as a scanner leaves it: pictures of its pages, a little slanted and grained."""

import io
from random import Random

import numpy as np
import pypdfium2
from fpdf import FPDF
from PIL import Image

__all__ = ["drawn_pages", "garbled", "scan_of", "scanned", "turned"]

_POINTS = 72
_WHITE = 255


def scanned(pdf: bytes, *, random: Random, dpi: int = 200) -> bytes:
    """The pages as grey JPEG pictures in a PDF without a text layer.

    Args:
        pdf: The document.
        random: Says how each page is slanted, and the grain.
        dpi: Of the scan.
    """
    pictures = [scan_of(page, random) for page in drawn_pages(pdf, dpi=dpi)]
    kept = io.BytesIO()
    pictures[0].save(
        kept, "PDF", save_all=True, append_images=pictures[1:], resolution=dpi, quality=75
    )
    return kept.getvalue()


def garbled(pdf: bytes, *, random: Random, dpi: int = 200) -> bytes:
    """The same with an invisible text layer in which each letter is another one."""
    made = FPDF(unit="pt")
    made.set_auto_page_break(False)
    with pypdfium2.PdfDocument(pdf) as opened:
        texts = [str(page.get_textpage().get_text_bounded()) for page in opened]
    for picture, text in zip(drawn_pages(pdf, dpi=dpi), texts, strict=True):
        made.add_page(format=(595, 842))
        made.image(scan_of(picture, random), 0, 0, 595, 842)
        made.set_font("Helvetica", size=10)
        with made.local_context(text_mode="INVISIBLE"):
            for row, line in enumerate(text.splitlines()[:50]):
                made.text(62, 90 + 14 * row, turned(line))
    return bytes(made.output())


def drawn_pages(pdf: bytes, *, dpi: int) -> list[Image.Image]:
    """The pages of a document in shades of grey."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [
            page.render(scale=dpi / _POINTS, grayscale=True).to_pil().convert("L")
            for page in opened
        ]


def scan_of(page: Image.Image, random: Random) -> Image.Image:
    """A page in shades of grey as it comes out of a scanner."""
    slanted = page.rotate(
        random.uniform(-0.8, 0.8), resample=Image.Resampling.BICUBIC, fillcolor=_WHITE
    )
    noise = np.random.default_rng(random.randrange(2**32)).normal(0, 8, page.size[::-1])
    return Image.fromarray(np.clip(np.asarray(slanted) + noise, 0, _WHITE).astype(np.uint8))


def turned(line: str) -> str:
    """Each letter three further in the alphabet."""
    return "".join(
        chr((ord(letter) - ord("a") + 3) % 26 + ord("a")) if "a" <= letter <= "z" else letter
        for letter in line
        if ord(letter) < 128
    )
