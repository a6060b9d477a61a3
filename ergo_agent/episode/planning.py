"""From the boxes a policy asked for to the crops it is shown, within the budget.

Pure arithmetic: nothing here opens an image. Crops that run in parallel are planned together, so
that no two of them spend the same tokens.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ergo_agent.episode.budget import Budget, fit_view, grow_region
from ergo_agent.episode.stopping import StopReason
from ergo_agent.errors import RegionError
from ergo_agent.views.geometry import Region, Size, ViewBox
from ergo_agent.views.view import PlacedBox, ShownView

__all__ = ["Crop", "Plan", "plan_crops", "plan_regions"]

_MERGE_IOU = 0.5
"""Boxes of one reply that overlap more than this are shown as one."""


class Crop(NamedTuple):
    """A view that is going to be shown."""

    region: Region
    shown: Size
    parent: int
    """Number of the view that the box was written for."""

    max_tokens: int
    """The share of the budget it was fitted into."""


class Plan(NamedTuple):
    """What follows from a zoom: crops, or the reason why there is none."""

    crops: tuple[Crop, ...]
    stop: StopReason | None
    steps: tuple[str, ...]
    """What had to be done to the boxes; see `Turn.repairs`."""


class _Wanted(NamedTuple):
    region: Region
    parent: int


def plan_crops(boxes: Iterable[PlacedBox], views: Sequence[ShownView], *, budget: Budget) -> Plan:
    """Turn the boxes of one reply into crops.

    Args:
        boxes: What the policy asked for.
        views: All views shown so far.
        budget: What is left to spend.

    Raises:
        RegionError: If no box can be mapped to the image; its text tells the policy why.
    """
    steps: dict[str, None] = {}
    wanted = _merged(_mapped(boxes, views, steps), steps)
    if len(wanted) > budget.settings.max_regions:
        steps["dropped"] = None
        wanted = wanted[: budget.settings.max_regions]
    return _planned(wanted, views, budget, steps)


def plan_regions(regions: Iterable[Region], views: Sequence[ShownView], *, budget: Budget) -> Plan:
    """Turn regions that a person chose into crops; no margin is added, for they are exact.

    Args:
        regions: What is to be shown, in original pixels.
        views: All views shown so far.
        budget: What is left to spend.
    """
    exact = budget.settings.model_copy(update={"margin": 0.0})
    wanted = [_Wanted(region, _closest(region, views)) for region in regions]
    return _planned(wanted, views, budget._replace(settings=exact), {})


def _closest(region: Region, views: Sequence[ShownView]) -> int:
    """Number of the smallest view that holds a region; the coarse view holds them all."""
    holding = [view for view in views if view.region.contains(region)]
    return min(holding, key=lambda view: view.region.area).number if holding else 1


def _planned(
    wanted: Sequence[_Wanted],
    views: Sequence[ShownView],
    budget: Budget,
    steps: dict[str, None],
) -> Plan:
    fresh, stop = _fresh(wanted, views, budget)
    crops = _afforded(_grown(fresh, views, budget, steps), views, budget, steps)
    if fresh and not crops:
        stop = "token_budget"
    return Plan(crops, None if crops else stop, tuple(steps))


def _mapped(
    boxes: Iterable[PlacedBox], views: Sequence[ShownView], steps: dict[str, None]
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
            wanted.append(_Wanted(view.map.to_original(box), number))
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


def _merged(wanted: Sequence[_Wanted], steps: dict[str, None]) -> list[_Wanted]:
    """Regions that largely overlap as one, with the parent of the first of them."""
    merged: list[_Wanted] = []
    for region, parent in wanted:
        current = _Wanted(region, parent)
        for at, other in enumerate(merged):
            if other.region.iou(region) > _MERGE_IOU:
                merged[at] = _Wanted(Region.bounding([other.region, region]), other.parent)
                steps["merged"] = None
                break
        else:
            merged.append(current)
    return merged


def _fresh(
    wanted: Sequence[_Wanted], views: Sequence[ShownView], budget: Budget
) -> tuple[list[_Wanted], StopReason | None]:
    """The regions that would show something new, and why the others would not."""
    fresh: list[_Wanted] = []
    stop: StopReason | None = None
    for want in wanted:
        if any(view.full_resolution and view.region.contains(want.region) for view in views):
            stop = "full_resolution"
        elif _is_repeat(want.region, views, budget):
            stop = stop or "repeated_region"
        else:
            fresh.append(want)
    return fresh, stop


def _is_repeat(region: Region, views: Sequence[ShownView], budget: Budget) -> bool:
    """Whether a region was shown already, as it was asked for or as it would be shown."""
    grown = grow_region(region, within=views[0].original, budget=budget)
    return any(
        view.region.iou(shape) >= budget.settings.repeat_iou
        for view in views
        for shape in (region, grown)
    )


def _grown(
    wanted: Sequence[_Wanted],
    views: Sequence[ShownView],
    budget: Budget,
    steps: dict[str, None],
) -> list[_Wanted]:
    grown: list[_Wanted] = []
    for region, parent in wanted:
        if min(region.size) < budget.settings.min_region:
            steps["grown"] = None
        within = views[0].original
        grown.append(_Wanted(grow_region(region, within=within, budget=budget), parent))
    return grown


def _afforded(
    wanted: Sequence[_Wanted],
    views: Sequence[ShownView],
    budget: Budget,
    steps: dict[str, None],
) -> tuple[Crop, ...]:
    """The crops that what is left pays for, the first ones first, each at a useful size."""
    settings, rule = budget.settings, budget.rule
    count = min(len(wanted), budget.remaining // budget.useful)
    if count < len(wanted):
        steps["dropped"] = None
    remaining = budget.remaining
    crops: list[Crop] = []
    for at, (region, parent) in enumerate(wanted[:count]):
        share = min(settings.view_budget, remaining // (count - at))
        shown = fit_view(region.size, max_tokens=share, budget=budget)
        if share < settings.view_budget and not _shows_more(region, shown, views):
            steps["dropped"] = None
            continue
        steps.update(dict.fromkeys(_resized(region, shown, share, budget)))
        remaining -= rule.tokens(shown)
        crops.append(Crop(region, shown, parent, share))
    return tuple(crops)


def _shows_more(region: Region, shown: Size, views: Sequence[ShownView]) -> bool:
    """Whether a crop shows a region larger than any view that holds it."""
    scales = [view.map.scale[0] for view in views if view.region.contains(region)]
    return shown.width / region.size.width > max(scales, default=0.0)


def _resized(region: Region, shown: Size, share: int, budget: Budget) -> Iterable[str]:
    if shown.area > region.area * 1.5:  # more than rounding to whole tokens
        yield "enlarged"
    full = min(budget.settings.view_budget, budget.rule.full_resolution_tokens(region.size))
    if share < full:
        yield "shrunk_to_budget"
