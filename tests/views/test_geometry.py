import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ergo_agent.errors import RegionError
from ergo_agent.views.geometry import Region, Size, ViewBox, ViewMap, merge_overlapping

SIDE = st.integers(1, 100_000)
SIZES = st.builds(Size, SIDE, SIDE)
SHOWN = st.builds(Size, st.integers(1, 200), st.integers(1, 200)).map(
    lambda size: Size(size.width * 28, size.height * 28)
)
ANY_EDGE = st.floats(allow_nan=True, allow_infinity=True) | st.integers(-300, 6000).map(float)


@st.composite
def regions(draw: st.DrawFn, within: Size) -> Region:
    left = draw(st.integers(0, within.width - 1))
    top = draw(st.integers(0, within.height - 1))
    right = draw(st.integers(left + 1, within.width))
    bottom = draw(st.integers(top + 1, within.height))
    return Region(left=left, top=top, right=right, bottom=bottom)


@st.composite
def placed(draw: st.DrawFn) -> tuple[Size, Region]:
    size = draw(SIZES)
    return size, draw(regions(size))


SMALL = regions(Size(60, 60))


def inside(region: Region, size: Size) -> bool:
    return Region.whole(size).contains(region)


@given(placed(), SHOWN, st.data())
def test_a_region_survives_the_way_to_a_view_and_back(
    case: tuple[Size, Region], shown: Size, data: st.DataObject
):
    _, viewed = case
    view = ViewMap(region=viewed, shown=shown)
    inner = data.draw(regions(viewed.size))
    target = Region(
        left=viewed.left + inner.left,
        top=viewed.top + inner.top,
        right=viewed.left + inner.right,
        bottom=viewed.top + inner.bottom,
    )
    back = view.to_original(view.to_view(target))
    drift = [abs(a - b) for a, b in zip(back.as_tuple(), target.as_tuple(), strict=True)]
    assert max(drift) <= 1


@given(placed(), SHOWN, st.lists(st.tuples(*[st.floats(0.0, 1.0)] * 4), min_size=1, max_size=8))
def test_boxes_stay_inside_the_region_shown_at_any_depth(
    case: tuple[Size, Region], shown: Size, boxes: list[tuple[float, float, float, float]]
):
    size, region = case
    for left, top, right, bottom in boxes:
        box = ViewBox(
            left * (shown.width - 1),
            top * (shown.height - 1),
            right * shown.width,
            bottom * shown.height,
        )
        deeper = ViewMap(region=region, shown=shown).to_original(box)
        assert region.contains(deeper)
        assert inside(deeper, size)
        region = deeper


@given(placed(), SHOWN, st.lists(st.tuples(*[st.floats(0.0, 1.0)] * 4), min_size=1, max_size=6))
def test_a_chain_of_zooms_maps_as_exactly_as_one(
    case: tuple[Size, Region], shown: Size, boxes: list[tuple[float, float, float, float]]
):
    _, region = case
    for left, top, right, bottom in boxes:
        box = ViewBox(left * shown.width / 2, top * shown.height / 2, right + 1, bottom + 1)
        region = ViewMap(region=region, shown=shown).to_original(box)
    view = ViewMap(region=region, shown=shown)
    corners = view.to_view(region)
    assert corners == pytest.approx((0, 0, shown.width, shown.height))
    assert view.to_original(corners) == region


@given(placed(), SHOWN, st.tuples(ANY_EDGE, ANY_EDGE, ANY_EDGE, ANY_EDGE))
def test_any_four_numbers_give_a_region_inside_or_a_region_error(
    case: tuple[Size, Region], shown: Size, edges: tuple[float, float, float, float]
):
    size, viewed = case
    message = ""
    try:
        found = ViewMap(region=viewed, shown=shown).to_original(ViewBox(*edges))
    except RegionError as error:
        found, message = viewed, str(error)
    assert viewed.contains(found)
    assert inside(found, size)
    assert len(message) < 300


@given(placed(), SHOWN, st.tuples(*[st.floats(0, 5000)] * 4))
def test_swapped_corners_mean_the_same_box(
    case: tuple[Size, Region], shown: Size, edges: tuple[float, float, float, float]
):
    view = ViewMap(region=case[1], shown=shown)
    left, top = edges[0] % shown.width, edges[1] % shown.height
    right, bottom = edges[2] % shown.width, edges[3] % shown.height
    straight = view.to_original(ViewBox(left, top, right, bottom))
    assert view.to_original(ViewBox(right, bottom, left, top)) == straight


@pytest.mark.parametrize("edge", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("position", range(4))
def test_a_box_that_is_not_finite_is_refused(edge: float, position: int):
    edges = [1.0, 1.0, 20.0, 20.0]
    edges[position] = edge
    view = ViewMap(region=Region.whole(Size(100, 100)), shown=Size(56, 56))
    with pytest.raises(RegionError, match=r"not finite; give four pixel positions inside 56x56"):
        view.to_original(ViewBox(*edges))


@pytest.mark.parametrize(
    "box", [(56, 0, 80, 20), (0, 56, 20, 80), (-9, 0, -1, 20), (0, -9, 20, -1), (1e308,) * 4]
)
def test_a_box_outside_the_view_is_refused(box: tuple[float, float, float, float]):
    view = ViewMap(region=Region.whole(Size(100, 100)), shown=Size(56, 56))
    with pytest.raises(RegionError, match=r"lies outside the image shown, which is 56 pixels wide"):
        view.to_original(ViewBox(*box))


def test_a_huge_box_is_cut_to_the_view():
    view = ViewMap(region=Region(left=100, top=200, right=300, bottom=400), shown=Size(56, 56))
    assert view.to_original(ViewBox(-1e300, -1e300, 1e300, 1e300)) == view.region


def test_edges_are_rounded_outwards():
    view = ViewMap(region=Region.whole(Size(100, 100)), shown=Size(1000, 1000))
    found = view.to_original(ViewBox(11, 19, 21, 29))
    assert found.as_tuple() == (1, 1, 3, 3)


@given(placed(), st.floats(0, 3))
def test_padding_stays_inside_and_keeps_what_was_there(case: tuple[Size, Region], fraction: float):
    size, region = case
    padded = region.padded(fraction=fraction, within=size)
    assert inside(padded, size)
    assert padded.contains(region)


@given(placed(), SIZES)
def test_growing_stays_inside_keeps_what_was_there_and_reaches_the_size(
    case: tuple[Size, Region], to: Size
):
    size, region = case
    grown = region.grown(to=to, within=size)
    assert inside(grown, size)
    assert grown.contains(region)
    assert grown.size.width == min(max(to.width, region.size.width), size.width)
    assert grown.size.height == min(max(to.height, region.size.height), size.height)


@given(st.lists(SMALL, max_size=12), st.floats(0, 1))
def test_merging_leaves_no_pair_that_overlaps_and_loses_nothing(given: list[Region], iou: float):
    merged = merge_overlapping(given, iou=iou)
    for position, region in enumerate(merged):
        assert all(region.iou(other) <= iou for other in merged[position + 1 :])
    assert all(any(kept.contains(region) for kept in merged) for region in given)


def test_merging_keeps_the_order_of_the_first_member():
    apart = Region(left=50, top=50, right=60, bottom=60)
    first, third = (Region(left=n, top=0, right=n + 10, bottom=10) for n in (0, 5))
    merged = merge_overlapping([first, apart, third])
    assert [region.as_tuple() for region in merged] == [(0, 0, 15, 10), (50, 50, 60, 60)]


@given(SMALL, SMALL)
def test_iou_is_symmetric_bounded_and_one_only_for_equals(one: Region, other: Region):
    assert one.iou(other) == other.iou(one)
    assert 0 <= one.iou(other) <= 1
    assert (one.iou(other) == 1) == (one == other)
    assert (one.iou(other) == 0) == (one.intersection(other) is None)


@given(st.lists(SMALL, min_size=1, max_size=6))
def test_bounding_holds_all_and_nothing_more(given: list[Region]):
    bounding = Region.bounding(given)
    assert all(bounding.contains(region) for region in given)
    assert bounding.left in {region.left for region in given}
    assert bounding.bottom in {region.bottom for region in given}


def test_bounding_nothing_is_refused():
    with pytest.raises(ValueError, match="needs at least one"):
        Region.bounding([])


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (5, 5, 9, 5), (9, 5, 5, 9)])
def test_an_empty_region_is_refused(box: tuple[int, int, int, int]):
    with pytest.raises(ValidationError, match="is empty: right must exceed left"):
        Region(left=box[0], top=box[1], right=box[2], bottom=box[3])


def test_a_region_before_the_origin_is_refused():
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        Region(left=-1, top=0, right=5, bottom=5)


def test_a_region_survives_json():
    region = Region(left=1, top=2, right=3, bottom=4)
    assert Region.model_validate_json(region.model_dump_json()) == region
    assert region.area == 4
