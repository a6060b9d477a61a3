"""The passages of a document: some lines of a page each, overlapping, and over the page breaks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ergo_agent.documents.page_text import PageText, TextSpan, around
from ergo_agent.views.geometry import Region

__all__ = ["Passage", "passages_of"]

_WORDS = 60
"""Of a passage: what the encoder reads of a text, 96 word pieces, is about 65 words of English."""


class Passage(NamedTuple):
    """Lines that are ranked as one."""

    page: int
    lines: tuple[TextSpan, ...]
    """Those that stand on the page."""

    text: str
    """Of all lines, those of the next page included where the passage goes on there."""

    place: Region | None
    """Where its lines stand on the page, in original pixels."""


def passages_of(pages: Mapping[int, PageText]) -> list[Passage]:
    """All passages, in the order of the pages.

    Args:
        pages: By their number.
    """
    found: list[Passage] = []
    for number, page in sorted(pages.items()):
        windows = _windows(page.lines)
        found += [_passage(number, page, lines) for lines in windows]
        after = pages.get(number + 1)
        if after is not None and page.lines and after.lines:
            end, begin = _end(page.lines), _begin(after.lines)
            joined = _passage(number, page, end)
            text = " ".join([joined.text, *(line.text for line in begin)])
            found.append(joined._replace(text=text))
    return found


def _passage(number: int, page: PageText, lines: Sequence[TextSpan]) -> Passage:
    text = " ".join(line.text for line in lines)
    return Passage(number, tuple(lines), text, around(lines, within=page.size))


def _windows(lines: Sequence[TextSpan]) -> list[Sequence[TextSpan]]:
    """Windows of so many words, each beginning in the middle of the one before it."""
    windows: list[Sequence[TextSpan]] = []
    start = 0
    while start < len(lines):
        end, words, half = start, 0, start + 1
        while end < len(lines) and (end == start or words < _WORDS):
            words += _length(lines[end])
            end += 1
            if words <= _WORDS / 2:
                half = end
        windows.append(lines[start:end])
        if end == len(lines):
            break
        start = max(start + 1, half)
    return windows


def _end(lines: Sequence[TextSpan]) -> Sequence[TextSpan]:
    words, at = 0, len(lines)
    while at > 0 and words < _WORDS / 2:
        at -= 1
        words += _length(lines[at])
    return lines[at:]


def _begin(lines: Sequence[TextSpan]) -> Sequence[TextSpan]:
    words, at = 0, 0
    while at < len(lines) and words < _WORDS / 2:
        words += _length(lines[at])
        at += 1
    return lines[:at]


def _length(line: TextSpan) -> int:
    return max(1, len(line.text.split()))
