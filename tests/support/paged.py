"""Documents of many pages, made for tests: born digital, scanned, broken, with layers that lie."""

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
from fpdf import FPDF
from PIL import Image

__all__ = [
    "FILLER",
    "digital",
    "garbled",
    "hidden",
    "manual",
    "rotated",
    "scanned",
    "shifted",
    "with_bad_page",
]

FILLER = (
    "The machine stands on four feet, which are turned until it no longer rocks.",
    "Before the first use, rinse every part that touches food with warm water.",
    "Never pull the plug out of the socket by its cord, and never with wet hands.",
    "The lamp beside the switch is lit for as long as the heating is on.",
    "Children may use the appliance only where somebody looks after them.",
    "Clean the outside with a damp cloth; do not use anything that scratches.",
    "A filter that has turned brown is to be replaced by a new one.",
    "If water runs out below, the seal of the door has to be looked at.",
)
"""Sentences that answer none of the tests' questions."""


def digital(pages: Sequence[Sequence[str]], *, colour: tuple[int, int, int] = (0, 0, 0)) -> FPDF:
    """A PDF with a text layer: each page a list of lines, 12 points high."""
    document = FPDF(unit="pt")
    for lines in pages:
        document.add_page(format=(595, 842))
        document.set_font("Helvetica", size=12)
        document.set_text_color(*colour)
        for row, line in enumerate(lines):
            document.text(60, 80 + 24 * row, line)
    return document


def manual(facts: dict[int, str], *, pages: int) -> list[list[str]]:
    """The lines of a manual: filler, and a fact on each page that has one, in its middle."""
    made = []
    for number in range(1, pages + 1):
        lines = [FILLER[(number + at) % len(FILLER)] for at in range(6)]
        if number in facts:
            lines.insert(3, facts[number])
        made.append([f"Chapter {number}", *lines])
    return made


def scanned(pages: Sequence[Sequence[str]], *, dpi: int = 150) -> bytes:
    """A PDF of pictures of pages, without any text layer."""
    pictures = [_drawn(bytes(digital([lines]).output()), dpi=dpi) for lines in pages]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "PDF", save_all=True, append_images=pictures[1:], resolution=dpi, quality=80
    )
    return buffer.getvalue()


def garbled(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF that shows its pictures, below which an invisible layer says something else.

    As where the encoding of a font is broken: each letter is another one.
    """
    return _layered(pages, [[_turned(line) for line in lines] for lines in pages])


def hidden(pages: Sequence[Sequence[str]], *, secret: str) -> bytes:
    """A digital PDF on each page of which a white line stands that nobody sees."""
    document = digital(pages)
    for number in range(1, len(pages) + 1):
        document.page = number
        document.set_text_color(255, 255, 255)
        document.set_font("Helvetica", size=12)
        document.text(60, 700, secret)
    return bytes(document.output())


def shifted(pages: Sequence[Sequence[str]]) -> bytes:
    """A scan whose invisible layer stands a third of a page too low."""
    return _layered(pages, pages, down=280)


def rotated(pages: Sequence[Sequence[str]], *, degrees: int) -> bytes:
    """A digital PDF whose pages are turned when they are shown."""
    document = pdfium.PdfDocument(bytes(digital(pages).output()))
    for page in document:
        page.set_rotation(degrees)
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


def with_bad_page(pages: Sequence[Sequence[str]], *, bad: int, content: bytes) -> bytes:
    """A digital PDF, uncompressed, one page of which has another content stream.

    Args:
        pages: The lines.
        bad: The page, from 1.
        content: What it draws.
    """
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for number, lines in enumerate(pages, start=1):
        body = content if number == bad else _content(lines)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body))
        at = len(objects)
        kids.append(b"%d 0 R" % (at + 1))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % at
        )
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _file(objects)


def save(data: bytes, path: Path) -> Path:
    path.write_bytes(data)
    return path


def _content(lines: Sequence[str]) -> bytes:
    shown = b"".join(
        b"1 0 0 1 60 %d Tm (%s) Tj\n" % (762 - 24 * row, line.encode("latin-1"))
        for row, line in enumerate(lines)
    )
    return b"BT /F1 12 Tf\n" + shown + b"ET"


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF" % table
    return bytes(out)


def _layered(
    pages: Sequence[Sequence[str]], said: Sequence[Sequence[str]], *, down: float = 0
) -> bytes:
    """Pictures of pages with an invisible text layer on each."""
    document = FPDF(unit="pt")
    for lines, layer in zip(pages, said, strict=True):
        document.add_page(format=(595, 842))
        picture = _drawn(bytes(digital([lines]).output()), dpi=150)
        document.image(picture, 0, 0, 595, 842)
        document.set_font("Helvetica", size=12)
        with document.local_context(text_mode="INVISIBLE"):
            for row, line in enumerate(layer):
                document.text(60, 80 + down + 24 * row, line)
    return bytes(document.output())


def _drawn(pdf: bytes, *, dpi: int) -> Image.Image:
    document = pdfium.PdfDocument(pdf)
    picture = document[0].render(scale=dpi / 72).to_pil().convert("RGB")
    document.close()
    return picture


def _turned(line: str) -> str:
    """Each letter three further in the alphabet."""
    return "".join(
        chr((ord(c) - ord("a") + 3) % 26 + ord("a")) if "a" <= c <= "z" else c for c in line
    )
