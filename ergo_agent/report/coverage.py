"""The pages of an episode as small drawings: what of each was seen, the darker the closer."""

from typing import NamedTuple

from ergo_agent.episode.coverage import PageCoverage
from ergo_agent.episode.pages import OpenedPage
from ergo_agent.episode.record import Record
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["SeenPage", "Shade", "seen_pages"]

_LIGHTEST, _DARKEST = 0.12, 0.6
"""Opacity of a view that shows next to nothing, and of one at full resolution."""


class Shade(NamedTuple):
    """A view over its page."""

    region: Region
    opacity: float
    title: str


class SeenPage(NamedTuple):
    """A page that was looked at, or could not be opened."""

    number: int
    size: Size | None
    """In original pixels; None where it could not be opened."""

    shades: list[Shade]
    coverage: PageCoverage | None
    opened: OpenedPage | None
    """Of a page of a document: why it was opened, and what came of it."""


def seen_pages(result: Record) -> list[SeenPage]:
    """The pages in the order in which they were opened."""
    covered = {each.page: each for each in result.coverage}
    opened = {each.page: each for each in result.document.opened} if result.document else {}
    return [
        _seen(page, result.views, covered.get(page), opened.get(page))
        for page in dict.fromkeys([*opened, *covered])
    ]


def _seen(
    page: int, views: list[View], coverage: PageCoverage | None, opened: OpenedPage | None
) -> SeenPage:
    shown = [view for view in views if view.page == page]
    size = shown[0].original if shown else None
    return SeenPage(page, size, [_shade(view) for view in shown], coverage, opened)


def _shade(view: View) -> Shade:
    scale = min(1.0, view.shown.width / view.region.size.width)
    opacity = round(_LIGHTEST + (_DARKEST - _LIGHTEST) * scale, 2)
    return Shade(view.region, opacity, f"view {view.number}, at {scale:.0%} of the original's size")
