"""The text layer of PDF pages: words with their boxes in original pixels of the page as drawn.

What a layer says is what its author wrote into it, which need not be what a page shows: nothing
here believes it. `read_pdf_text` runs in the process that decodes; `text_layers` asks for it.
"""

import ctypes
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ergo_agent.errors import ErgoError
from ergo_agent.images.decoder import typed_errors
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.pdfs import fitting_scale, opened_pdf, page_pixels
from ergo_agent.views.geometry import Size

__all__ = ["HIDDEN", "MOST_CHARS", "read_pdf_text"]

MOST_CHARS = 100_000
"""Characters of one page that are read: a dense page of a newspaper has 20,000."""

HIDDEN = 1
"""Flag of a word that nobody sees: it is drawn invisibly, in white or tiny, and its box is bare."""

_INVISIBLE = 3
"""pdfium's number for text that is neither filled nor stroked, as below a scan."""
_WHITE = 245
"""Of 255 in all three channels: lighter than any paper a scan shows."""
_SMALLEST = 3.0
"""Height of a letter in original pixels below which it cannot be read at any zoom."""
_INK = 40
"""Of 255, between the lightest and the darkest pixel of a word's box: more than the noise of a
scan's paper, less than print on coloured paper. A guess, still to be measured."""
_MOST_PICTURES = 1000
_MOST_DRAWN = 400_000_000
"""Original pixels of a page that is drawn for that; at 300 dpi 23 million pixels then."""
_FAR = 10_000
"""Points over which pdfium's map to pixels is taken, since it gives whole numbers."""

_ENDS = frozenset("\r\n\f\v\0")
_JOINED = 0x02
"""What pdfium gives for the hyphen at the end of a line, where it leaves out that the line ends."""


def read_pdf_text(data: bytes, *, first: int, last: int, limits: ImageLimits) -> dict[str, Any]:
    """The text layers of some pages, as plain JSON; blocking.

    Args:
        data: The document.
        first: The first page, from 1.
        last: The last page; below `first` for none. Pages that are not there are left out.
        limits: Decide at how many pixels a page is drawn, which the boxes are in.

    Returns:
        `count`, the number of pages of the document, and `pages`: for each its `page` number and
        either `size`, `pictured` and `lines`, or `error`. A line is a list of words, each its text,
        left, top, right, bottom and flags; `pictured` the share of the page that its largest
        picture takes.

    Raises:
        ImageFormatError: If the document is damaged or encrypted.
    """
    with typed_errors("the PDF"), opened_pdf(data) as document:
        count = len(document)
        pages = [_read(document, number, limits) for number in range(first, min(last, count) + 1)]
    return {"count": count, "pages": pages}


def _read(document: pdfium.PdfDocument, number: int, limits: ImageLimits) -> dict[str, Any]:
    """One page; what is wrong with it must not keep the others from being read."""
    try:
        with typed_errors(f"page {number} of the PDF"):
            points = document.get_page_size(number - 1)
            size = page_pixels(points, fitting_scale(points, limits))
            page = document[number - 1]
            lines = _lines(page, size)
            _look_for_ink(page, size, lines)
            pictured = _pictured(page, points)
    except ErgoError as error:
        return {"page": number, "error": str(error)}
    return {"page": number, "size": list(size), "pictured": pictured, "lines": lines}


def _pictured(page: pdfium.PdfPage, points: tuple[float, float]) -> float:
    """The share of a page that its largest picture takes, from 0 to 1."""
    largest = 0.0
    pictures = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=2)
    for picture in islice(pictures, _MOST_PICTURES):
        left, bottom, right, top = picture.get_bounds()
        largest = max(largest, abs((right - left) * (top - bottom)))
    return round(min(1.0, largest / (points[0] * points[1])), 3)


def _look_for_ink(page: pdfium.PdfPage, size: Size, lines: list[list[list[Any]]]) -> None:
    """Take the flag from words that are seen after all, as white ones on a dark ground.

    The page is drawn at 72 dpi for it, and only where a word has the flag: 15 ms for A4.
    """
    doubtful = [word for line in lines for word in line if word[5]]
    if not doubtful or size.area > _MOST_DRAWN:
        return
    width, height = page.get_size()
    drawn = page.render(scale=1, grayscale=True).to_pil()
    across, down = width / size.width, height / size.height
    for word in doubtful:
        left, top, right, bottom = word[1:5]
        box = (
            max(0, int(left * across)),
            max(0, int(top * down)),
            min(drawn.width, int(right * across) + 1),
            min(drawn.height, int(bottom * down) + 1),
        )
        if box[0] < box[2] and box[1] < box[3] and bottom - top >= _SMALLEST:
            darkest, lightest = drawn.crop(box).getextrema()
            if lightest - darkest > _INK:
                word[5] = 0


class _Char(NamedTuple):
    text: str
    box: tuple[float, float, float, float]
    """Left, bottom, right, top in points of the page."""
    at: int


def _lines(page: pdfium.PdfPage, size: Size) -> list[list[list[Any]]]:
    """The words of a page by its lines, those left out that lie outside of it."""
    textpage = page.get_textpage()
    placed = _placer(page, size)
    lines: list[list[list[Any]]] = []
    try:
        for line in _runs(textpage):
            words = [_word(word, textpage, placed, size) for word in line]
            seen = [word for word in words if word is not None]
            if seen:
                lines.append(seen)
    finally:
        textpage.close()
    return lines


def _runs(textpage: pdfium.PdfTextPage) -> Iterator[list[list[_Char]]]:
    """Lines of words of characters, in the order of the layer."""
    line: list[list[_Char]] = [[]]
    raw = textpage.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for at in range(min(textpage.count_chars(), MOST_CHARS)):
        code = pdfium_c.FPDFText_GetUnicode(raw, at)
        text = _letter(code)
        if text in _ENDS:
            yield [word for word in line if word]
            line = [[]]
        elif text.isspace():
            line.append([])
        else:
            pdfium_c.FPDFText_GetCharBox(raw, at, left, right, bottom, top)
            box = left.value, bottom.value, right.value, top.value
            line[-1].append(_Char(text, box, at))
            if code == _JOINED:
                yield [word for word in line if word]
                line = [[]]
    yield [word for word in line if word]


def _letter(code: int) -> str:
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd"
    return "-" if code == _JOINED else chr(code)


_Placer = Callable[[float, float], tuple[float, float]]


def _placer(page: pdfium.PdfPage, size: Size) -> _Placer:
    """Points of a page to original pixels, turned as the page is drawn; pdfium rounds, so far."""

    def device(across: float, up: float) -> tuple[int, int]:
        x, y = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, size.width, size.height, 0, across, up, x, y)
        return x.value, y.value

    origin, across, up = device(0, 0), device(_FAR, 0), device(0, _FAR)
    along = [(end - begin) / _FAR for end, begin in zip(across, origin, strict=True)]
    upward = [(end - begin) / _FAR for end, begin in zip(up, origin, strict=True)]

    def placed(x: float, y: float) -> tuple[float, float]:
        return (
            origin[0] + x * along[0] + y * upward[0],
            origin[1] + x * along[1] + y * upward[1],
        )

    return placed


def _word(
    chars: list[_Char], textpage: pdfium.PdfTextPage, placed: _Placer, size: Size
) -> list[Any] | None:
    """A word with its box in original pixels; None where it lies outside the page."""
    lefts, bottoms, rights, tops = zip(*(char.box for char in chars), strict=True)
    corners = [placed(min(lefts), min(bottoms)), placed(max(rights), max(tops))]
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(*corners, strict=True))
    if right <= 0 or bottom <= 0 or left >= size.width or top >= size.height:
        return None
    text = "".join(char.text for char in chars)
    hidden = max(bottom - top, right - left) < _SMALLEST or _unseen(textpage, chars[0].at)
    box = [round(edge, 1) for edge in (left, top, right, bottom)]
    return [text, *box, HIDDEN if hidden else 0]


def _unseen(textpage: pdfium.PdfTextPage, at: int) -> bool:
    """Whether a character is drawn invisibly, or in white, as far as pdfium says so."""
    raw = textpage.raw
    drawn = pdfium_c.FPDFText_GetTextObject(raw, at)
    if drawn and pdfium_c.FPDFTextObj_GetTextRenderMode(drawn) == _INVISIBLE:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFText_GetFillColor(raw, at, red, green, blue, alpha):
        return False
    white = min(red.value, green.value, blue.value) >= _WHITE
    return white or alpha.value == 0
