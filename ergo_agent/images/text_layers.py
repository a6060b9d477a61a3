"""Text layers of PDFs, read by the process that decodes: its memory and its time are bounded.

That holds for documents of a person's own, too: a layer is read for a hundred pages at a time, and
one of them that takes for ever must not take the others with it.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from ergo_agent.errors import ImageError, ImageTooLargeError
from ergo_agent.images.guard import BASE, error_told, limits_there, next_key
from ergo_agent.images.limits import GUARDED_LIMITS, ImageLimits
from ergo_agent.images.pdf_text import HIDDEN
from ergo_agent.images.process import Overrun, run_job
from ergo_agent.views.geometry import Size

__all__ = ["LayerWord", "TextLayer", "count_pdf_pages", "read_text_layers"]

_MOST_BYTES = 64_000_000
"""Of the text of all pages of a job: 32 pages of 100,000 characters take half of it."""


class LayerWord(NamedTuple):
    """A word of a text layer; its box in original pixels, which may have fractions."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    hidden: bool
    """Whether it is drawn so that it may not be seen."""


class TextLayer(NamedTuple):
    """What a PDF says that one of its pages holds."""

    page: int
    size: Size
    """Of the page in original pixels, by the limits that it was read with."""

    lines: tuple[tuple[LayerWord, ...], ...]
    """In the layer's order."""

    error: str = ""
    """Why there is none."""

    pictured: float = 0.0
    """Share of the page that its largest picture takes: a scan has nearly 1."""


def read_text_layers(
    data: bytes, *, first: int, last: int, limits: ImageLimits
) -> Iterator[TextLayer]:
    """The text layers of pages, in order; blocking.

    A page that takes more than allowed, or breaks what reads it, has an error in place of lines.

    Args:
        data: The PDF.
        first: The first page, from 1.
        last: The last page.
        limits: Decide at how many pixels a page is drawn; without a bound on time and memory, that
            of `GUARDED_LIMITS` holds.

    Raises:
        ImageFormatError: If the document is damaged or encrypted.
    """
    try:
        read = _job(data, first, last, limits)
    except Overrun:
        if first == last:
            yield TextLayer(first, Size(0, 0), (), _TOO_MUCH)
            return
        middle = (first + last) // 2
        yield from read_text_layers(data, first=first, last=middle, limits=limits)
        yield from read_text_layers(data, first=middle + 1, last=last, limits=limits)
    else:
        yield from map(_layer, read["pages"])


def count_pdf_pages(data: bytes, *, limits: ImageLimits) -> int:
    """How many pages a PDF has, none of them being opened; blocking.

    Raises:
        ImageFormatError: If the document is damaged or encrypted.
        ImageTooLargeError: If even that takes more than allowed.
    """
    try:
        return int(_job(data, 1, 0, limits)["count"])
    except Overrun as error:
        raise ImageTooLargeError(
            "the PDF takes more time or memory to be opened than allowed; give it smaller, or "
            "saved anew",
            owner="raise ImageLimits.decode_seconds or max_memory",
        ) from error


_TOO_MUCH = "it takes more time or memory to be read than allowed, or breaks what reads it"


def _job(data: bytes, first: int, last: int, limits: ImageLimits) -> dict[str, Any]:
    """Have pages read.

    Raises:
        Overrun: If they take too much.
        ImageError: If the document cannot be opened.
    """
    bounds = limits if limits.guarded else GUARDED_LIMITS
    assert bounds.max_memory is not None
    asked = {
        "job": "text",
        "key": next_key(),
        "page": first,
        "first": first,
        "last": last,
        "limits": limits_there(limits, pdf=True).model_dump(),
        "memory": bounds.max_memory - BASE + len(data),
        "spare": 0,
        "seconds": bounds.decode_seconds,
    }
    reply = run_job(asked, data, most=_MOST_BYTES, room=0)
    if "error" in reply.told:
        met: ImageError = error_told(reply.told)
        raise met
    read: dict[str, Any] = json.loads(bytes(reply.pixels))
    return read


def _layer(page: dict[str, Any]) -> TextLayer:
    if "error" in page:
        return TextLayer(int(page["page"]), Size(0, 0), (), str(page["error"])[:300])
    lines = tuple(tuple(_word(*word) for word in line) for line in page["lines"])
    size = Size(*page["size"])
    return TextLayer(int(page["page"]), size, lines, pictured=float(page["pictured"]))


def _word(  # noqa: PLR0913, PLR0917
    text: str, left: float, top: float, right: float, bottom: float, flags: int
) -> LayerWord:
    return LayerWord(text, left, top, right, bottom, hidden=bool(flags & HIDDEN))
