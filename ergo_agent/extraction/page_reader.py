"""A page as the embedded reader reads it: small first, then what matters at full resolution."""

import asyncio
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

from ergo_agent.episode.planning import plan_coarse, plan_crop
from ergo_agent.episode.terms import Terms
from ergo_agent.images.originals import Original
from ergo_agent.layout.fragments import Row, fragments_of, rows_of
from ergo_agent.layout.page import PageLayout, understand
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.merge import ReadView, merged
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["PageReader", "ReadPage"]

_MARGIN = 1.5
"""Type heights around a part that is read closely, and that two bands of it have in common: a line
at the edge of a band is then whole in one of them."""
_THIN = 12
"""Bands of one part at most: a table over all of an A4 page at 300 dots per inch makes five."""


_ENLARGED = 2
"""Times its size at which a cell is read again. A guess; cells of one digit would measure it."""


@dataclass(frozen=True)
class ReadPage:
    """What was read of one page."""

    number: int
    """In the document, from 1."""

    original: Original
    view: View
    """The coarse view."""

    views: tuple[ReadView, ...]
    tokens: int
    """Vision tokens of all views."""

    @cached_property
    def lines(self) -> list[TextLine]:
        """All lines, in the reading frame of the coarse view."""
        return merged(self.views)

    @cached_property
    def layout(self) -> PageLayout:
        """How they are arranged."""
        return understand(self.lines)

    @cached_property
    def rows(self) -> list[Row]:
        """What stands side by side over the whole page, whatever its blocks."""
        return rows_of(fragments_of([line for line in self.lines if not line.turned]))

    def region(self, lines: Iterable[TextLine]) -> Region:
        """Where lines stand, in original pixels; there must be one."""
        return self.region_of(Box.around(line.box for line in lines))

    def region_of(self, box: Box) -> Region:
        """A box of the reading frame in original pixels."""
        left, top, right, bottom = self.views[0].shown(box)
        across = self.original.size.width / self.view.shown.width
        down = self.original.size.height / self.view.shown.height
        width, height = self.original.size
        first = min(max(0, math.floor(left * across)), width - 1)
        above = min(max(0, math.floor(top * down)), height - 1)
        return Region(
            left=first,
            top=above,
            right=min(max(first + 1, math.ceil(right * across)), width),
            bottom=min(max(above + 1, math.ceil(bottom * down)), height),
        )


class PageReader:
    """Reads pages within what a view may cost."""

    def __init__(self, reader: ViewReader, terms: Terms) -> None:
        """Say what it reads with.

        Args:
            reader: The embedded reader's own.
            terms: What a view may cost.
        """
        self._reader = reader
        self._terms = terms

    async def look(self, original: Original, *, number: int) -> ReadPage:
        """A page, small.

        Args:
            original: The page.
            number: Its number in the document.

        Raises:
            ImageError: If it cannot be drawn.
            BudgetError: If no view of it fits.
        """
        view = plan_coarse(original.size, page=original.page, terms=self._terms)
        image = await original.ashown(view.region, view.shown)
        quick = not view.full_resolution
        seen = await asyncio.to_thread(self._reader.look, image, quick=quick)
        whole = Box(0, 0, *view.shown)
        read = ReadView(seen.lines, *view.shown, whole, min(view.map.scale), seen.turn)
        return ReadPage(number, original, view, (read,), view.tokens)

    async def closer(self, page: ReadPage, box: Box) -> ReadPage:
        """The page with a part of it read at full resolution, in bands if it is large.

        Args:
            page: As it was looked at.
            box: The part, in the reading frame of its coarse view.

        Raises:
            ImageError: If it cannot be drawn.
        """
        first = page.views[0]
        if first.sharp or not first.lines:
            return page
        height = median(line.height for line in first.lines)
        around = box.padded(2 * _MARGIN * height, _MARGIN * height)
        spent, views = page.tokens, list(page.views)
        for region in self._bands(page, page.region_of(around), height):
            crop = plan_crop(
                region,
                original=page.original.size,
                page=page.original.page,
                max_tokens=self._terms.settings.view_budget,
                margin=0.0,
                terms=self._terms,
            )
            views.append(await self._read(page, crop, height))
            spent += crop.tokens
        return replace(page, views=tuple(views), tokens=spent)

    async def enlarged(self, page: ReadPage, box: Box) -> tuple[list[TextLine], int]:
        """A small part of a page read once more, twice as large: the detector misses lone digits.

        Args:
            page: As it was read.
            box: The part, in the reading frame of its coarse view.

        Returns:
            The lines in it, in that frame, and what it cost in vision tokens.

        Raises:
            ImageError: If it cannot be drawn.
        """
        region, first = page.region_of(box), page.views[0]
        shown = Size(*(_ENLARGED * side for side in _grown(region.size, self._terms.rule.grain)))
        image = await page.original.ashown(region, shown)
        seen = await asyncio.to_thread(self._reader.look, image, turn=first.turn)
        place = Box(*page.view.map.to_view(region))
        read = ReadView(seen.lines, *shown, place, 1.0, first.turn)
        alone = replace(page, views=(replace(first, lines=()), read))
        return alone.lines, self._terms.rule.tokens(shown)

    async def _read(self, page: ReadPage, crop: View, height: float) -> ReadView:
        image = await page.original.ashown(crop.region, crop.shown)
        place = Box(*page.view.map.to_view(crop.region))
        turn, scaled = page.views[0].turn, height * image.width / place.width
        seen = await asyncio.to_thread(self._reader.look, image, turn=turn, type_height=scaled)
        return ReadView(seen.lines, *image.size, place, min(crop.map.scale), turn)

    def _bands(self, page: ReadPage, region: Region, height: float) -> list[Region]:
        """A region in as few parts, one below the other, as are each shown at full resolution."""
        scale = page.original.size.height / page.view.shown.height
        common = math.ceil(_MARGIN * height * scale)
        rule, most = self._terms.rule, self._terms.settings.view_budget
        bands = [region]
        for count in range(2, _THIN + 1):
            if all(rule.tokens(_grown(band.size, rule.grain)) <= most for band in bands):
                break
            bands = _cut(region, count, common)
        return bands


def _grown(size: Size, grain: int) -> Size:
    """The size that a crop gets: whole tokens, and the part of one on either side."""
    return Size(*(-(-side // grain) * grain for side in size))


def _cut(region: Region, count: int, common: int) -> list[Region]:
    """A region in so many bands of the same height, each with some pixels of its neighbours."""
    step = (region.bottom - region.top) / count
    return [
        Region(
            left=region.left,
            top=max(region.top, round(region.top + at * step) - common),
            right=region.right,
            bottom=min(region.bottom, round(region.top + (at + 1) * step) + common),
        )
        for at in range(count)
    ]
