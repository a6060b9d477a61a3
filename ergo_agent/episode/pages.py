"""What an episode knows of the pages of its document, as plain data."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ergo_agent._common.text import pages_to_choose
from ergo_agent.errors import ImageNotFoundError
from ergo_agent.views.geometry import Region

__all__ = [
    "DocumentFacts",
    "DocumentPart",
    "Hit",
    "OpenedPage",
    "PagePlace",
    "page_ranges",
    "pages_of_words",
    "place_of",
    "ranges_in_words",
]

Range = tuple[int, int]
"""First and last page, both included."""


_MOST_PAGES = 10_000_000
"""More than a thousand files of as many pages as a PDF may have."""


class DocumentPart(BaseModel):
    """One file of a document: a PDF or TIFF has several pages, an image one."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    digest: str
    """`sha256:<hex>` of its bytes; empty where it could not be opened."""

    pages: int
    """How many pages it has; 1 where it could not be opened."""

    source: str | None = None
    """The path or URL it came from, if any."""

    error: str = ""
    """Why it could not be opened."""

    kind: str = ""
    """Of the error: the name of its class."""


class PagePlace(NamedTuple):
    """Where a page of a document lies."""

    part: DocumentPart
    page: int
    """Its number within the part, from 1."""


class Hit(BaseModel):
    """A page worth opening, and why."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    page: int
    """Its number within the document, from 1."""

    score: float = 0.0
    """The finder's own measure; only the order of one finder's scores means anything."""

    why: str = ""
    """In words."""

    place: Region | None = None
    """Where on the page, in original pixels; None where the finder knows no place."""

    missing: tuple[str, ...] = ()
    """Names and numbers of the question that the page's text does not hold, as far as the finder
    knows it: what the page says may be about something else."""

    held: float | None = None
    """Share of the question's words, by their weight, that the page's text holds, or that of the
    page before, which may go on over it; None where the finder does not know it."""


class OpenedPage(BaseModel):
    """A page that was looked at, or could not be."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    page: int
    score: float = 0.0
    why: str = ""
    place: Region | None = None
    """Of its hit."""

    found: bool
    """Whether it gave an answer."""

    answer: str | None = None
    stop_reason: str | None = None
    """Why the look at this page ended; None where it could not be opened."""

    error: str = ""
    """Why it could not be opened."""

    vision_tokens: int = 0


class DocumentFacts(BaseModel):
    """Which pages there were, what is known of each, and which were looked at.

    Lists of pages are written as people do: `1-4, 7`.
    """

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    page_count: int
    parts: tuple[DocumentPart, ...]
    asked: str
    """The pages that the question was about."""

    finder: str = ""
    """Who said which pages to open; empty where there was nothing to choose."""

    text_layer: str = ""
    """Pages whose text the survey took from the PDF's own text layer."""

    quick_look: str = ""
    """Pages whose text the survey read from their pixels, quickly."""

    unread: str = ""
    """Pages of which the survey has no text: pictures, broken ones, or more than it may read."""

    opened: tuple[OpenedPage, ...] = ()
    """Pages that were looked at, in this order."""

    not_opened: str = ""
    """Pages asked about that were not looked at."""

    notes: tuple[str, ...] = ()
    """What was met on the way: text layers that are not to be trusted, pages that are broken."""

    @property
    def in_words(self) -> str:
        """Which pages were looked at and which were not, as the middle of a sentence."""
        looked = page_ranges(page.page for page in self.opened if not page.error)
        said = [f"looked at {_pages(ranges_in_words(looked)) or 'no page'} of {self.page_count}"]
        broken = page_ranges(page.page for page in self.opened if page.error)
        if broken:
            said.append(f"could not open {_pages(ranges_in_words(broken))}")
        if self.not_opened:
            said.append(f"not at {_pages(self.not_opened)}")
        return ", ".join(said)


def _pages(ranges: str) -> str:
    """Ranges with the word before them; nothing for none."""
    if not ranges:
        return ""
    return f"page {ranges}" if ranges.isdecimal() else f"pages {ranges}"


def place_of(parts: Sequence[DocumentPart], page: int) -> PagePlace:
    """Where a page lies.

    Raises:
        ImageNotFoundError: If there is no such page.
    """
    number = page
    for part in parts:
        if 1 <= number <= part.pages:
            return PagePlace(part, number)
        number -= part.pages
    count = sum(part.pages for part in parts)
    raise ImageNotFoundError(f"there is no page {page}: the document has {pages_to_choose(count)}")


def page_ranges(pages: Iterable[int]) -> list[Range]:
    """Page numbers as ranges, in order, each number once."""
    ranges: list[Range] = []
    for page in sorted(set(pages)):
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1] = ranges[-1][0], page
        else:
            ranges.append((page, page))
    return ranges


def ranges_in_words(ranges: Iterable[Range]) -> str:
    """Ranges as people write them: `1-4, 7`."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def pages_of_words(ranges: str) -> set[int]:
    """The pages that `ranges_in_words` wrote.

    Raises:
        ValueError: If it wrote nothing of the kind.
    """
    pages: set[int] = set()
    for words in filter(None, map(str.strip, ranges.split(","))):
        first, _, last = words.partition("-")
        if int(last or first) > _MOST_PAGES:
            raise ValueError("there is no such page")
        pages.update(range(int(first), int(last or first) + 1))
    return pages
