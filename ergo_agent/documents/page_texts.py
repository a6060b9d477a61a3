"""The texts of pages, one sheet of a file at a time: from its layer, or from its pixels.

How many pages are compared with their pixels is a guess, still to be measured.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial

from ergo_agent.documents.page_text import PageText, TextSpan
from ergo_agent.documents.quick_look import Eye, embedded_eye, quick_look
from ergo_agent.documents.text_layer import odd_share, seen_layer
from ergo_agent.documents.trust import proved, sample_of
from ergo_agent.episode.pages import DocumentPart
from ergo_agent.errors import BudgetError, ImageError
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.text_layers import TextLayer, read_text_layers
from ergo_agent.images.threads import in_image_thread
from ergo_agent.views.geometry import Size

__all__ = ["SHEET", "Allowance", "PageTexts", "passed_over"]

SHEET = 32
"""Pages of a sheet: their text layers are read at once, in 0.3 s."""

_PROOFS = 3
"""Pages of a sheet whose layer is compared with the pixels; all of them, once one is wrong."""
_PROVED = 8
"""Pages of a file after which only sheets whose number is a power of two have a page compared: of
5,000 pages about 15 are."""

_ODD = 0.3
"""Share of odd words from which a page's layer is compared whatever else is known."""

_MOST_CHARS = 20_000
"""Of a page's text that is kept; the densest page of a newspaper has as many."""

_UNTRUSTED = "its text layer says something else than the page shows, and is not used"
_HIDDEN = "text that nobody sees was left out"
_TOO_MANY = "not read: it has no text layer, and max_quick_looks pages were read already"
_LATE = "not read: the time that the survey may take was used up"


class Allowance:
    """What one survey may still do."""

    def __init__(self, looks: int, seconds: float | None = None) -> None:
        """Begin.

        Args:
            looks: How many pages may be read from their pixels.
            seconds: After which nothing more is read; None for no end.
        """
        self._looks = looks
        self._end = None if seconds is None else time.monotonic() + seconds

    @property
    def late(self) -> bool:
        """Whether the time is used up."""
        return self._end is not None and time.monotonic() >= self._end

    def take_look(self) -> bool:
        """Whether one more page may be read from its pixels, which then counts."""
        self._looks -= 1
        return self._looks >= 0


def passed_over(page: PageText) -> bool:
    """Whether a page was not read for want of time or looks: a later survey may read it."""
    return page.note in {_TOO_MANY, _LATE}


class PageTexts:
    """One survey: what it may still do, and whether it believes layers so far."""

    def __init__(self, maker: ViewMaker, eye: Eye | None, allowed: Allowance) -> None:
        """Begin a survey.

        Args:
            maker: Opens pages.
            eye: Reads pixels; the embedded reader where it is None.
            allowed: What it may do.
        """
        self._maker = maker
        self._given = eye
        self._allowed = allowed
        self._proved: dict[str, int] = {}
        """Pages of each file whose layer was found to be right; -1 once one was wrong."""

    async def of_sheet(
        self, part: DocumentPart, wanted: list[int]
    ) -> AsyncIterator[tuple[int, PageText]]:
        """The texts of pages of one sheet, each with its number in the file.

        Args:
            part: The file.
            wanted: Pages of one sheet.
        """
        layers = await self._layers(part, wanted)
        usable = {
            number: layer
            for number, layer in layers.items()
            if (seen := seen_layer(layer)).lines and not seen.partial
        }
        proofs = await self._proofs(part, usable)
        compared = not self._allowed.late  # else some of those that stand for others were not
        for number in wanted:
            if number in usable and proofs.get(number, compared):
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
            read = read_text_layers(data, first=first, last=last, limits=self._maker.limits)
            return list(self._in_time(read))
        except ImageError:
            return []  # whatever it is shows when the page is opened

    def _in_time(self, layers: Iterator[TextLayer]) -> Iterator[TextLayer]:
        """Those that come before the time is used up: a page may take seconds."""
        while not self._allowed.late and (layer := next(layers, None)) is not None:
            yield layer

    async def _proofs(self, part: DocumentPart, layers: Mapping[int, TextLayer]) -> dict[int, bool]:
        """Of the pages whose layer was compared: whether it is right."""
        known = self._proved.get(part.digest, 0)
        seen = {number: seen_layer(layer).lines for number, layer in layers.items()}
        odd = [number for number, lines in seen.items() if odd_share(lines) >= _ODD]
        plain = [number for number in seen if number not in odd and sample_of(seen[number])]
        sheet = (min(layers, default=1) - 1) // SHEET
        most = _PROOFS if known < _PROVED else int(sheet & (sheet - 1) == 0)
        proofs: dict[int, bool] = {}
        for number in [*odd, *_spread(plain, most)]:
            if self._allowed.late:
                return proofs
            proofs[number] = await self._is_right(part, number, seen[number])
        if any(not proofs[number] for number in proofs if number not in odd) or known < 0:
            for number in plain:
                if number not in proofs and not self._allowed.late:
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
        if self._allowed.late:
            return PageText("none", Size(0, 0), note=_LATE)
        if not self._allowed.take_look():
            return PageText("none", Size(0, 0), note=_TOO_MANY)
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
