"""The survey: a text for each page of a document, cheaply, before any page is opened.

It is made sheet by sheet, a sheet being 32 pages of one file. What is known of a sheet is kept on
the shelf under the file's digest: a second question, and a process that goes on after another was
killed, do not survey it again. Of two surveys of one document at a time, in this process, each
reads what the other has not.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from ergo_agent.documents.document import Document
from ergo_agent.documents.page_text import PageText, TextSpan
from ergo_agent.documents.page_texts import SHEET, Allowance, PageTexts, passed_over
from ergo_agent.documents.quick_look import Eye
from ergo_agent.documents.shelf import Shelf, shelf_of
from ergo_agent.episode.pages import DocumentPart, page_ranges, ranges_in_words
from ergo_agent.episode.record import ImageFacts
from ergo_agent.images.formats import PDF
from ergo_agent.images.maker import ViewMaker
from ergo_agent.views.geometry import Size

__all__ = ["Survey", "Surveyor"]

_VERSION = 2
"""Of what is kept; another one is not read."""

_PATIENCE = 0.02
"""Seconds between two looks at whether another survey is done with a sheet."""

Tell = Callable[[int, int], None]
"""Is told how many pages are done, of how many."""


class Survey(NamedTuple):
    """What is known of a document's pages."""

    document: Document
    pages: Mapping[int, PageText]
    """By their number; those asked about."""

    def error(self, number: int) -> str:
        """Why a page could not be opened; empty where it was, or where nobody has tried."""
        page = self.pages[number]
        return "" if page.size.area or passed_over(page) else page.note

    def by(self, source: str) -> str:
        """The pages whose text comes from one source, as ranges in words."""
        found = (number for number, page in self.pages.items() if page.by == source)
        return ranges_in_words(page_ranges(found))

    def notes(self) -> tuple[str, ...]:
        """What is to be said of pages, those of one note together."""
        noted: dict[str, list[int]] = {}
        for number, page in self.pages.items():
            if page.note:
                noted.setdefault(page.note, []).append(number)
        return tuple(
            f"page {ranges_in_words(page_ranges(numbers))}: {note}"
            for note, numbers in noted.items()
        )


class Surveyor:
    """Surveys documents, and keeps what it found."""

    def __init__(
        self, maker: ViewMaker, *, eye: Eye | None = None, shelf: Shelf | None = None
    ) -> None:
        """Say what it works with.

        Args:
            maker: Opens pages.
            eye: Reads pixels; the embedded reader when left out, loaded when it is needed.
            shelf: Where surveys are kept; beside the maker's store when left out.
        """
        self._maker = maker
        self._eye = eye
        self._shelf = shelf or shelf_of(maker.store)

    async def survey(
        self,
        document: Document,
        *,
        max_quick_looks: int,
        seconds: float | None = None,
        unread: Collection[int] = (),
        tell: Tell | None = None,
    ) -> Survey:
        """A text for each page asked about.

        What is wrong with a page is said in its note; the others are read all the same.

        Args:
            document: What to survey.
            max_quick_looks: How many pages may be read from their pixels in this run; those kept
                from an earlier one do not count.
            seconds: After which no further page is read; None for no end.
            unread: Pages that an earlier survey left unread, and that are left so.
            tell: Is told how far it is.

        Raises:
            MissingExtraError: If the embedded reader is needed and cannot be loaded.
        """
        pages: dict[int, PageText] = {}
        allowed = Allowance(max_quick_looks, seconds)
        texts = PageTexts(self._maker, self._eye, allowed)
        asked, begin = set(document.pages), 0
        for part in document.parts:
            wanted = [n - begin for n in range(begin + 1, begin + part.pages + 1) if n in asked]
            for sheet in _sheets(wanted):
                left = {number for number in sheet if begin + number in unread}
                async with _claimed(self._name(part, sheet), allowed):
                    found = await self._sheet(part, sheet, texts, left)
                pages |= {begin + number: page for number, page in found.items()}
                if tell is not None:
                    tell(len(pages), len(asked))
            begin += part.pages
        return Survey(document, pages)

    async def believes(self, image: ImageFacts, *, source: str | None = None) -> bool:
        """Whether a page's text layer says what the page shows; kept as a survey is.

        Args:
            image: The page, of a file in the maker's store.
            source: The path or URL that the file came from, if any.

        Raises:
            ImageError: If it is not there any more.
            MissingExtraError: If the embedded reader is needed and cannot be loaded.
        """
        original = await self._maker.original(image.digest, page=image.page, source=source)
        if original.media_type != PDF:  # the store is not asked for the bytes of a picture again
            return False
        part = DocumentPart(digest=image.digest, pages=image.page_count, source=source)
        document = Document((part,), ((image.page, image.page),))
        survey = await self.survey(document, max_quick_looks=0)
        return survey.pages[image.page].by == "text_layer"

    async def _sheet(
        self, part: DocumentPart, wanted: list[int], texts: PageTexts, left: set[int]
    ) -> dict[int, PageText]:
        """Pages of one sheet of a file, by their number in the file; nothing is read of `left`."""
        if part.error:
            return {number: PageText("none", Size(0, 0), note=part.error) for number in wanted}
        name = self._name(part, wanted)
        kept = _read(self._shelf.get(name))
        missing = [number for number in wanted if number not in kept and number not in left]
        if missing:
            async for number, page in texts.of_sheet(part, missing):
                kept[number] = page
                if not passed_over(page) and page.by != "text_layer":
                    self._shelf.put(name, _written(kept))  # a quick look is dear
            self._shelf.put(name, _written(kept))
        nothing = PageText("none", Size(0, 0))
        return {number: kept.get(number, nothing) for number in wanted}

    def _name(self, part: DocumentPart, pages: list[int]) -> str:
        """Under which some pages of a sheet are kept."""
        limits, sheet = self._maker.limits, (pages[0] - 1) // SHEET
        drawn = limits.pdf_dpi, limits.max_page_pixels
        return f"survey {_VERSION} {part.digest} {sheet} {drawn}"


class _Claim:
    """Held by the survey that reads a sheet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()


_claims: WeakValueDictionary[str, _Claim] = WeakValueDictionary()
_claiming = threading.Lock()


@asynccontextmanager
async def _claimed(name: str, allowed: Allowance) -> AsyncIterator[None]:
    """Waits until no other survey reads a sheet: then what it found is on the shelf.

    Surveys may run in event loops of their own, so it waits for a lock of threads. Who runs out of
    time does not wait any longer; it then reads nothing either.
    """
    with _claiming:
        claim = _claims.setdefault(name, _Claim())
    while (  # noqa: ASYNC110  # an asyncio.Event is of one loop
        not (held := claim.lock.acquire(blocking=False)) and not allowed.late
    ):
        await asyncio.sleep(_PATIENCE)
    try:
        yield
    finally:
        if held:
            claim.lock.release()


def _sheets(pages: Iterable[int]) -> list[list[int]]:
    """Pages of a file by the sheet that they are on."""
    sheets: dict[int, list[int]] = {}
    for page in pages:
        sheets.setdefault((page - 1) // SHEET, []).append(page)
    return list(sheets.values())


def _written(pages: Mapping[int, PageText]) -> dict[str, Any]:
    """Plain JSON of the pages worth keeping."""
    return {
        str(number): [page.by, list(page.size), page.note, [list(line) for line in page.lines]]
        for number, page in pages.items()
        if not passed_over(page)
    }


def _read(kept: Any) -> dict[int, PageText]:  # noqa: ANN401  # whatever is kept there
    """What `_written` wrote; nothing where it is something else."""
    if not isinstance(kept, dict):
        return {}
    try:
        return {
            int(number): PageText(
                by, Size(*size), tuple(TextSpan(*line) for line in lines), str(note)
            )
            for number, (by, size, note, lines) in kept.items()
        }
    except (TypeError, ValueError):
        return {}
