"""The survey: a text for each page of a document, cheaply, before any page is opened.

It is made sheet by sheet, a sheet being 32 pages of one file. What is known of a sheet is kept on
the shelf under the file's digest: a second question, and a process that goes on after another was
killed, do not survey it again.

How many pages are compared with their pixels is a guess, still to be measured.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

from ergo_agent.documents.document import Document
from ergo_agent.documents.page_text import PageText, TextSpan
from ergo_agent.documents.quick_look import Eye, embedded_eye, quick_look
from ergo_agent.documents.shelf import Shelf, shelf_of
from ergo_agent.documents.text_layer import odd_share, seen_layer
from ergo_agent.documents.trust import proved, sample_of
from ergo_agent.episode.pages import DocumentPart, page_ranges, ranges_in_words
from ergo_agent.errors import BudgetError, ImageError
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.text_layers import TextLayer, read_text_layers
from ergo_agent.images.threads import in_image_thread
from ergo_agent.views.geometry import Size

__all__ = ["Survey", "Surveyor"]

_SHEET = 32
"""Pages of a sheet: their text layers are read at once, in 0.3 s."""

_VERSION = 1
"""Of what is kept; another one is not read."""

_PROOFS = 3
"""Pages of a sheet whose layer is compared with the pixels; all of them, once one is wrong."""
_PROVED = 8
"""Pages of a file after which only sheets whose number is a power of two have a page compared: of
5,000 pages about 15 are."""

_ODD = 0.3
"""Share of odd words from which a page's layer is compared whatever else is known."""

_MOST_CHARS = 20_000
"""Of a page's text that is kept; the densest page of a newspaper has as many."""

Tell = Callable[[int, int], None]
"""Is told how many pages are done, of how many."""

_UNTRUSTED = "its text layer says something else than the page shows, and is not used"
_HIDDEN = "text that nobody sees was left out"
_TOO_MANY = "not read: it has no text layer, and max_quick_looks pages were read already"


class Survey(NamedTuple):
    """What is known of a document's pages."""

    document: Document
    pages: Mapping[int, PageText]
    """By their number; those asked about."""

    def error(self, number: int) -> str:
        """Why a page could not be opened; empty where it was, or where nobody has tried."""
        page = self.pages[number]
        return "" if page.size.area or page.note == _TOO_MANY else page.note

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
        self, document: Document, *, max_quick_looks: int, tell: Tell | None = None
    ) -> Survey:
        """A text for each page asked about.

        What is wrong with a page is said in its note; the others are read all the same.

        Args:
            document: What to survey.
            max_quick_looks: How many pages may be read from their pixels in this run; those kept
                from an earlier one do not count.
            tell: Is told how far it is.

        Raises:
            MissingExtraError: If the embedded reader is needed and cannot be loaded.
        """
        pages: dict[int, PageText] = {}
        run = _Run(self._maker, self._eye, max_quick_looks)
        asked, begin = set(document.pages), 0
        for part in document.parts:
            wanted = [n - begin for n in range(begin + 1, begin + part.pages + 1) if n in asked]
            for sheet in _sheets(wanted):
                found = await self._sheet(part, sheet, run)
                pages |= {begin + number: page for number, page in found.items()}
                if tell is not None:
                    tell(len(pages), len(asked))
            begin += part.pages
        return Survey(document, pages)

    async def _sheet(
        self, part: DocumentPart, wanted: list[int], run: "_Run"
    ) -> dict[int, PageText]:
        """Pages of one sheet of a file, by their number in the file."""
        if part.error:
            return {number: PageText("none", Size(0, 0), note=part.error) for number in wanted}
        name = self._name(part, (wanted[0] - 1) // _SHEET)
        kept = _read(self._shelf.get(name))
        missing = [number for number in wanted if number not in kept]
        if missing:
            async for number, page in run.pages(part, missing):
                kept[number] = page
                if page.note != _TOO_MANY and page.by != "text_layer":
                    self._shelf.put(name, _written(kept))  # a quick look is dear
            self._shelf.put(name, _written(kept))
        return {number: kept[number] for number in wanted}

    def _name(self, part: DocumentPart, sheet: int) -> str:
        limits = self._maker.limits
        drawn = limits.pdf_dpi, limits.max_pixels, limits.max_memory
        return f"survey {_VERSION} {part.digest} {sheet} {drawn}"


class _Run:
    """One survey: what it may still do, and whether it believes layers so far."""

    def __init__(self, maker: ViewMaker, eye: Eye | None, looks: int) -> None:
        self._maker = maker
        self._given = eye
        self._looks = looks
        self._proved: dict[str, int] = {}
        """Pages of each file whose layer was found to be right; -1 once one was wrong."""

    async def pages(self, part: DocumentPart, wanted: list[int]) -> Any:  # noqa: ANN401  # a generator
        """The texts of pages of one sheet, each with its number in the file."""
        layers = await self._layers(part, wanted)
        usable = {
            number: layer
            for number, layer in layers.items()
            if (seen := seen_layer(layer)).lines and not seen.partial
        }
        proofs = await self._proofs(part, usable)
        for number in wanted:
            if number in usable and proofs.get(number, True):
                yield number, _of_layer(usable[number])
                continue
            hidden = number in layers and seen_layer(layers[number]).hidden
            note = _UNTRUSTED if number in usable else _HIDDEN if hidden else ""
            yield number, await self._looked(part, number, note)

    async def _layers(self, part: DocumentPart, wanted: list[int]) -> dict[int, TextLayer]:
        """The text layers of those pages that have one."""
        first, last = min(wanted), max(wanted)
        layers = await in_image_thread(self._read_layers, part, first, last, owner=part.digest)
        return {layer.page: layer for layer in layers if layer.page in wanted}

    def _read_layers(self, part: DocumentPart, first: int, last: int) -> list[TextLayer]:
        """Blocking."""
        try:
            data = self._maker.store.get(part.digest)
            if b"%PDF-" not in data[:1024]:
                return []
            return list(read_text_layers(data, first=first, last=last, limits=self._maker.limits))
        except ImageError:
            return []  # whatever it is shows when the page is opened

    async def _proofs(self, part: DocumentPart, layers: Mapping[int, TextLayer]) -> dict[int, bool]:
        """Of the pages whose layer was compared: whether it is right."""
        known = self._proved.get(part.digest, 0)
        seen = {number: seen_layer(layer).lines for number, layer in layers.items()}
        odd = [number for number, lines in seen.items() if odd_share(lines) >= _ODD]
        plain = [number for number in seen if number not in odd and sample_of(seen[number])]
        sheet = (min(layers, default=1) - 1) // _SHEET
        most = _PROOFS if known < _PROVED else int(sheet & (sheet - 1) == 0)
        proofs: dict[int, bool] = {}
        for number in [*odd, *_spread(plain, most)]:
            proofs[number] = await self._is_right(part, number, seen[number])
        if any(not proofs[number] for number in proofs if number not in odd) or known < 0:
            for number in plain:
                if number not in proofs:
                    proofs[number] = await self._is_right(part, number, seen[number])
            self._proved[part.digest] = -1
        else:
            self._proved[part.digest] = known + len(proofs)
        return proofs

    async def _is_right(self, part: DocumentPart, number: int, lines: tuple[TextSpan, ...]) -> bool:
        sample = sample_of(lines)
        if not sample:
            return False
        try:
            original = await self._maker.original(part.digest, page=number, source=part.source)
            compare = partial(proved, sample, original, self._eye)
            return await asyncio.to_thread(compare)
        except ImageError:
            return False

    async def _looked(self, part: DocumentPart, number: int, note: str) -> PageText:
        """A page by its pixels."""
        if self._looks < 1:
            return PageText("none", Size(0, 0), note=_TOO_MANY)
        self._looks -= 1
        try:
            original = await self._maker.original(part.digest, page=number, source=part.source)
            page = await asyncio.to_thread(quick_look, original, self._eye)
        except (ImageError, BudgetError) as error:
            told = error.for_model
            return PageText("none", Size(0, 0), note=told)
        return page._replace(lines=_bounded(page.lines), note=note)

    @property
    def _eye(self) -> Eye:
        return self._given or embedded_eye()


def _sheets(pages: Iterable[int]) -> list[list[int]]:
    """Pages of a file by the sheet that they are on."""
    sheets: dict[int, list[int]] = {}
    for page in pages:
        sheets.setdefault((page - 1) // _SHEET, []).append(page)
    return list(sheets.values())


def _spread(pages: list[int], most: int) -> list[int]:
    """So many of the pages, evenly."""
    if len(pages) <= most:
        return pages
    return [pages[(2 * at + 1) * len(pages) // (2 * most)] for at in range(most)]


def _of_layer(layer: TextLayer) -> PageText:
    seen = seen_layer(layer)
    note = _HIDDEN if seen.hidden else ""
    return PageText("text_layer", layer.size, _bounded(seen.lines), note)


def _bounded(lines: tuple[TextSpan, ...]) -> tuple[TextSpan, ...]:
    """The first lines, up to so many characters."""
    left = _MOST_CHARS
    for at, line in enumerate(lines):
        left -= len(line.text)
        if left < 0:
            return lines[:at]
    return lines


def _written(pages: Mapping[int, PageText]) -> dict[str, Any]:
    """Plain JSON of the pages worth keeping."""
    return {
        str(number): [page.by, list(page.size), page.note, [list(line) for line in page.lines]]
        for number, page in pages.items()
        if page.note != _TOO_MANY
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
