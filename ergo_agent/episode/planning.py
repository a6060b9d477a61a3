"""From what is to be seen to the views that show it, within the budget.

Pure arithmetic: nothing here opens an image. Whatever is shown, in an episode or by a tool outside
one, was planned here: its region, its size and its cost. Crops that are made side by side are
planned together, so that no two of them spend the same tokens.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ergo_agent.episode.budget import Budget, fit_coarse, fit_view, grow_region
from ergo_agent.episode.stopping import OUT_OF_TOKENS, StopReason, of_region
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import RegionError
from ergo_agent.views.geometry import Region, Size, ViewBox, merge_overlapping
from ergo_agent.views.view import PlacedBox, View

__all__ = ["Plan", "plan_coarse", "plan_crop", "plan_crops", "plan_regions"]

_MERGE_IOU = 0.5
"""Regions of one reply that overlap more than this are shown as one."""


class Plan(NamedTuple):
    """What follows from a zoom: crops, or the reason why there is none."""

    crops: tuple[View, ...]
    stop: StopReason | None
    steps: tuple[str, ...]
    """What had to be done to the boxes; see `Turn.repairs`."""


class _Wanted(NamedTuple):
    """A region to be shown, and the view that is looked closer into."""

    asked: Region
    """What was asked for."""

    region: Region
    """What would be shown of it: that and its surroundings."""

    parent: View


def plan_coarse(original: Size, *, page: int, terms: Terms) -> View:
    """The first view of a page.

    Args:
        original: Size of the page, in original pixels.
        page: Its number, from 1.
        terms: Bound the view.

    Raises:
        BudgetError: If no view of it fits.
    """
    shown = fit_coarse(original, budget=Budget.whole(terms))
    return View(
        page=page,
        region=Region.whole(original),
        shown=shown,
        original=original,
        tokens=terms.rule.tokens(shown),
        form=terms.form,
    )


def plan_crop(  # noqa: PLR0913  # keyword-only after the first
    region: Region, *, original: Size, page: int, max_tokens: int, margin: float, terms: Terms
) -> View:
    """A crop outside an episode, as an agent's own model asks for it.

    Args:
        region: In original pixels; it is cut to the page, and grown.
        original: Size of the page, in original pixels.
        page: Its number, from 1.
        max_tokens: What the crop may cost.
        margin: On each side, as a fraction of the region's width and height.
        terms: Bound the crop.

    Raises:
        RegionError: If the region lies outside the page.
        BudgetError: If no view of it fits.
    """
    whole = Region.whole(original)
    inside = region.intersection(whole)
    if inside is None:
        raise RegionError(
            f"the region {region.as_tuple()} lies outside the image, which is "
            f"{original.width}x{original.height} pixels; give one inside it"
        )
    of = View(page=page, region=whole, shown=original, original=original)
    wanted = _grown(_Wanted(inside, inside, of), margin, terms)
    return _crop(wanted, 2, max_tokens=max_tokens, budget=Budget(terms, max_tokens))


def plan_crops(boxes: Iterable[PlacedBox], views: Sequence[View], *, budget: Budget) -> Plan:
    """Turn the boxes of one reply into crops.

    Args:
        boxes: What the policy asked for.
        views: All views shown so far.
        budget: What is left to spend.

    Raises:
        RegionError: If no box can be mapped to the image; its text tells the policy why.
    """
    steps: dict[str, None] = {}
    mapped = _mapped(boxes, views, steps)
    if any(min(each.asked.size) < budget.settings.min_region for each in mapped):
        steps["grown"] = None
    wanted = _merged(mapped, margin=budget.settings.margin, terms=budget.terms)
    if len(wanted) < len(mapped):
        steps["merged"] = None
    if len(wanted) > budget.settings.max_regions:
        steps["dropped"] = None
        wanted = wanted[: budget.settings.max_regions]
    return _planned(wanted, views, budget, steps)


def plan_regions(regions: Iterable[Region], views: Sequence[View], *, budget: Budget) -> Plan:
    """Turn regions that a person chose into crops; no margin is added, for they are exact.

    Args:
        regions: What is to be shown, in original pixels.
        views: All views shown so far.
        budget: What is left to spend.
    """
    grown = (_grown(_Wanted(r, r, _closest(r, views)), 0.0, budget.terms) for r in regions)
    return _planned(list(grown), views, budget, {})


def _closest(region: Region, views: Sequence[View]) -> View:
    """The smallest view that holds a region; a coarse view holds all of its page."""
    holding = [view for view in views if view.region.contains(region)]
    return min(holding, key=lambda view: view.region.area) if holding else views[-1]


def _mapped(
    boxes: Iterable[PlacedBox], views: Sequence[View], steps: dict[str, None]
) -> list[_Wanted]:
    """The boxes in original pixels; those outside their view are left out if any other is not."""
    numbered = {view.number: view for view in views}
    wanted: list[_Wanted] = []
    problem: RegionError | None = None
    for box, number in boxes:
        try:
            view = numbered.get(number)
            if view is None:
                raise RegionError(f"there is no view {number}; views go from 1 to {len(views)}")
            region = view.map.to_original(box)
            wanted.append(_Wanted(region, region, view))
        except RegionError as error:
            problem = problem or error
            continue
        steps.update(dict.fromkeys(_mended(box, view.shown)))
    if not wanted:
        raise problem or RegionError("no box was given; give four pixel positions")
    if problem is not None:
        steps["dropped"] = None
    return wanted


def _mended(box: ViewBox, shown: Size) -> Iterable[str]:
    """What `ViewMap.to_original` had to do to the box."""
    if box.left > box.right or box.top > box.bottom:
        yield "swapped"
    if min(box) < 0 or max(box.left, box.right) > shown.width or max(box[1::2]) > shown.height:
        yield "clamped"


def _grown(wanted: _Wanted, margin: float, terms: Terms) -> _Wanted:
    within = wanted.parent.original
    region = grow_region(wanted.region, margin=margin, within=within, terms=terms)
    return wanted._replace(region=region)


def _merged(wanted: Sequence[_Wanted], *, margin: float, terms: Terms) -> list[_Wanted]:
    """The regions as they would be shown, those that largely overlap as one.

    They are compared as grown: two marks side by side may need the same crop. What was merged is
    brought to whole tokens again, which may make it meet another one.
    """
    grown = [_grown(each, margin, terms) for each in wanted]
    while True:
        merged = [each for page in _by_page(grown) for each in _merged_on_page(page)]
        if len(merged) == len(grown):
            return grown
        grown = [_grown(each, 0.0, terms) for each in merged]


def _by_page(wanted: Sequence[_Wanted]) -> list[list[_Wanted]]:
    """Parted by page, in the order in which each page is first wanted."""
    pages: dict[int, list[_Wanted]] = {}
    for each in wanted:
        pages.setdefault(each.parent.page, []).append(each)
    return list(pages.values())


def _merged_on_page(wanted: Sequence[_Wanted]) -> list[_Wanted]:
    """Regions of one page, merged; each with the parent of the first that it holds."""
    merged: list[_Wanted] = []
    for region in merge_overlapping([each.region for each in wanted], iou=_MERGE_IOU):
        held = [each for each in wanted if region.contains(each.region)]
        asked = Region.bounding(each.asked for each in held)
        merged.append(_Wanted(asked, region, held[0].parent))
    return merged


def _planned(
    wanted: Sequence[_Wanted],
    views: Sequence[View],
    budget: Budget,
    steps: dict[str, None],
) -> Plan:
    """What of the regions, as they would be shown, is new and can be paid for."""
    fresh: list[_Wanted] = []
    stop: StopReason | None = None
    for each in wanted:
        known = [view for view in views if view.page == each.parent.page]
        iou = budget.settings.repeat_iou
        reason = of_region(each.asked, each.region, known=known, repeat_iou=iou)
        if reason is None:
            fresh.append(each)
        elif stop is None or reason == "full_resolution":  # it says more than a repeat
            stop = reason
    crops = _afforded(fresh, views, budget, steps)
    if fresh and not crops:
        stop = OUT_OF_TOKENS
    return Plan(crops, None if crops else stop, tuple(steps))


def _afforded(
    wanted: Sequence[_Wanted],
    views: Sequence[View],
    budget: Budget,
    steps: dict[str, None],
) -> tuple[View, ...]:
    """The crops that what is left pays for, the first ones first, each at a useful size."""
    view_budget = budget.settings.view_budget
    count = min(len(wanted), budget.remaining // budget.useful)
    if count < len(wanted):
        steps["dropped"] = None
    remaining = budget.remaining
    crops: list[View] = []
    for at, each in enumerate(wanted[:count]):
        share = min(view_budget, remaining // (count - at))
        number = len(views) + len(crops) + 1
        crop = _crop(each, number, max_tokens=share, budget=budget)
        if share < view_budget and not _shows_more(crop, views):
            steps["dropped"] = None
            continue
        steps.update(dict.fromkeys(_resized(crop, share, budget)))
        remaining -= crop.tokens
        crops.append(crop)
    return tuple(crops)


def _crop(wanted: _Wanted, number: int, *, max_tokens: int, budget: Budget) -> View:
    """A view of a region as it stands.

    Raises:
        BudgetError: If no view of it fits.
    """
    region, parent = wanted.region, wanted.parent
    shown = fit_view(region.size, max_tokens=max_tokens, budget=budget)
    return View(
        number=number,
        page=parent.page,
        region=region,
        shown=shown,
        original=parent.original,
        tokens=budget.rule.tokens(shown),
        parent=parent.number,
        form=budget.terms.form,
    )


def _shows_more(crop: View, views: Sequence[View]) -> bool:
    """Whether a crop shows a region larger than any view that holds it."""
    holding = (v for v in views if v.page == crop.page and v.region.contains(crop.region))
    return crop.map.scale[0] > max((view.map.scale[0] for view in holding), default=0.0)


def _resized(crop: View, share: int, budget: Budget) -> Iterable[str]:
    size = crop.region.size
    if crop.shown.area > size.area * 1.5:  # more than rounding to whole tokens
        yield "enlarged"
    if share < min(budget.settings.view_budget, budget.rule.full_resolution_tokens(size)):
        yield "shrunk_to_budget"
