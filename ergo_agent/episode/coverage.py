"""How much of each page was seen, and at which scale."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pydantic import BaseModel, ConfigDict

from ergo_agent.views.geometry import Region
from ergo_agent.views.view import View

__all__ = ["PageCoverage", "SeenAt", "coverage_of", "covered_area"]


class SeenAt(BaseModel):
    """How much of a page was shown at one scale or a larger one."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    scale: float
    """Shown pixels for each original pixel, by width; 1 is full resolution."""

    share: float
    """Of the page's area, from 0 to 1."""


class PageCoverage(BaseModel):
    """How much of one page was seen."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    page: int
    seen: float
    """Share of the page's area that was shown at all, from 0 to 1; 0 for one only surveyed."""

    full_resolution: float
    """Share of the page's area that was shown at full resolution."""

    scales: tuple[SeenAt, ...] = ()
    """From the smallest scale to the largest."""


def coverage_of(views: Sequence[View]) -> list[PageCoverage]:
    """The coverage of each page that any view shows, in the order of the first of them."""
    pages = dict.fromkeys(view.page for view in views)
    return [_of_page(page, [view for view in views if view.page == page]) for page in pages]


def _of_page(page: int, views: Sequence[View]) -> PageCoverage:
    area = views[0].original.area
    scales = sorted({_scale(view) for view in views})
    seen = [
        SeenAt(scale=scale, share=_share((v for v in views if _scale(v) >= scale), area))
        for scale in scales
    ]
    return PageCoverage(
        page=page,
        seen=seen[0].share,
        full_resolution=_share((view for view in views if view.full_resolution), area),
        scales=tuple(seen),
    )


def _scale(view: View) -> float:
    return round(view.shown.width / view.region.size.width, 3)


def _share(views: Iterable[View], area: int) -> float:
    return round(covered_area([view.region for view in views]) / area, 4) if area else 0.0


def covered_area(regions: Sequence[Region]) -> int:
    """Original pixels of one page that lie in any of some regions, each counted once."""
    rows = sorted({edge for region in regions for edge in (region.top, region.bottom)})
    total = 0
    for top, bottom in pairwise(rows):
        spans = sorted((r.left, r.right) for r in regions if r.top <= top and r.bottom >= bottom)
        end = 0
        for left, right in spans:
            total += max(0, right - max(left, end)) * (bottom - top)
            end = max(end, right)
    return total
