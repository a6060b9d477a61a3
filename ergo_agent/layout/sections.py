"""Headings by number, size and form, and which text stands under which of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from ergo_agent.layout.neighbours import Neighbours
from ergo_agent.layout.paragraphs import Paragraph
from ergo_agent.layout.text import Box, TextLine

__all__ = ["Heading", "heading_above", "headings_of", "section_body"]

_NUMBERED = re.compile(
    r"^(?:(?:chapter|section|part|appendix|annex|article|step)\s+)?"
    r"(?P<number>[A-Z](?:\.\d+)+|\d{1,2}(?:\.\d{1,3})*)[.):]?\s*(?P<title>[A-Za-z(\"'].*)$",
    re.IGNORECASE,
)
_LONGEST = 90
_TALLER = 1.18
"""Times the median line height from which a line counts as set larger than the body."""


@dataclass(frozen=True)
class Heading:
    """A heading with its number, if it has one."""

    number: str
    title: str
    lines: tuple[TextLine, ...]
    depth: int
    """1 for a chapter, 2 for 1.1, and so on; larger type counts as less deep."""

    @property
    def text(self) -> str:
        """Number and title as printed."""
        return " ".join(line.text for line in self.lines)

    @cached_property
    def box(self) -> Box:
        """The box around its lines."""
        return Box.around(line.box for line in self.lines)


def headings_of(paragraphs: Sequence[Paragraph], fragments: Sequence[TextLine]) -> list[Heading]:
    """The headings of a page, top to bottom."""
    heights = [line.height for line in fragments for _ in range(1 + len(line.text) // 20)]
    body = median(heights) if heights else 0.0
    found = (_heading(paragraph, body, fragments) for paragraph in paragraphs)
    return sorted((heading for heading in found if heading), key=lambda heading: heading.box.top)


def _heading(paragraph: Paragraph, body: float, fragments: Sequence[TextLine]) -> Heading | None:
    text = paragraph.text
    if len(paragraph.lines) > 2 or len(text) > _LONGEST or not re.search(r"[A-Za-z]{2}", text):
        return None
    numbered = _NUMBERED.match(text)
    if _is_cell(paragraph.lines[0], fragments):
        return None
    taller = min(line.height for line in paragraph.lines) > _TALLER * body
    capitals = text.isupper() and len(text) > 3
    if text.rstrip().endswith((".", ",", ";")) and not taller:
        return None
    if not (
        taller
        or capitals
        or (numbered and text[:1] != "(")
        or _stands_alone(paragraph, body, fragments)
    ):
        return None
    number = numbered["number"] if numbered else ""
    title = numbered["title"] if numbered else text
    depth = number.count(".") + 1 if number else (1 if taller else 3)
    return Heading(number, title.strip(), paragraph.lines, depth)


def _is_cell(line: TextLine, fragments: Sequence[TextLine]) -> bool:
    """Whether two or more short pieces stand in one row with a line."""
    beside = Neighbours(fragments).same_line(line)
    return len(beside) > 1 and all(len(other.text) < 40 for other in beside)


def _stands_alone(paragraph: Paragraph, body: float, fragments: Sequence[TextLine]) -> bool:
    """Whether a short line has its row for itself, air above and text closely below."""
    if len(paragraph.lines) != 1 or len(paragraph.text.split()) > 8:
        return False
    line = paragraph.lines[0]
    if not line.text[:1].isupper() or ":" in line.text.rstrip(":"):
        return False
    near = 4 * line.height
    beside = any(
        other is not line
        and other.box.overlap_down(line.box) > 0.4 * line.height
        and other.box.left < line.box.right + near
        and other.box.right > line.box.left - near
        for other in fragments
    )
    above = min(
        (
            line.box.top - o.box.bottom
            for o in fragments
            if o.box.bottom <= line.box.top + 1 and o.box.overlap_across(line.box)
        ),
        default=body * 2,
    )
    below = min(
        (
            o.box.top - line.box.bottom
            for o in fragments
            if o.box.top >= line.box.bottom - 1 and o.box.overlap_across(line.box)
        ),
        default=body * 9,
    )
    return not beside and above > 0.5 * body and below < 1.6 * body


def heading_above(box: Box, headings: Sequence[Heading]) -> Heading | None:
    """The nearest heading above a box that spans it or stands left of it."""
    above = [
        heading
        for heading in headings
        if heading.box.bottom <= box.top + 2
        and heading.box.left <= box.left + 0.6 * box.width
        and (heading.box.right >= box.left or heading.box.left < box.left)
    ]
    return max(above, key=lambda heading: heading.box.bottom, default=None)


def section_body(
    heading: Heading, headings: Sequence[Heading], paragraphs: Sequence[Paragraph]
) -> list[Paragraph]:
    """The paragraphs under a heading, down to the next heading that is not deeper."""
    ends = [
        other.box.top
        for other in headings
        if other.box.top > heading.box.bottom and other.depth <= heading.depth
    ]
    end = min(ends, default=float("inf"))
    return sorted(
        (
            paragraph
            for paragraph in paragraphs
            if heading.box.bottom - 2 <= paragraph.box.top < end
            and _in_column(paragraph.box, heading.box)
            and paragraph.lines != heading.lines
        ),
        key=lambda paragraph: (paragraph.box.top, paragraph.box.left),
    )


def _in_column(box: Box, heading: Box) -> bool:
    """Whether a box stands in the column that a heading begins."""
    height = heading.height
    return -3 * height < box.left - heading.left < 12 * height or box.overlap_across(heading) > 0
