"""From boxes to crops: pure arithmetic, checked over many shapes."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.episode.budget import Budget
from ergo_agent.episode.planning import plan_coarse, plan_crop, plan_crops
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import BudgetError, RegionError
from ergo_agent.views.geometry import Region, Size, ViewBox
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.view import PlacedBox

SIZE = Size(4000, 3000)


def budget(remaining: int = 5120, **settings: int):
    return Budget(Terms(VisionSettings(**settings), QWEN2_5_VL), remaining)


def coarse(size: Size = SIZE, **settings: int):
    return plan_coarse(size, page=1, terms=budget(**settings).terms)


def boxes(*tuples: tuple[float, float, float, float], view: int = 1):
    return [PlacedBox(ViewBox(*box), view) for box in tuples]


def test_a_crop_at_full_resolution_is_an_exact_copy_of_pixels():
    plan = plan_crops(boxes((100, 100, 300, 200)), [coarse()], budget=budget())
    (crop,) = plan.crops
    assert crop.shown == crop.region.size
    assert plan.stop is None
    assert plan.steps == ()


def test_what_was_asked_for_lies_inside_the_crop():
    view = coarse()
    (crop,) = plan_crops(boxes((100, 100, 300, 200)), [view], budget=budget()).crops
    assert crop.region.contains(view.map.to_original(ViewBox(100, 100, 300, 200)))


def test_a_tiny_box_is_grown_and_enlarged():
    plan = plan_crops(boxes((500, 500, 505, 505)), [coarse()], budget=budget())
    (crop,) = plan.crops
    assert min(crop.region.size) >= 56
    assert QWEN2_5_VL.tokens(crop.shown) >= 64
    assert plan.steps == ("grown", "enlarged")


def test_swapped_and_hanging_boxes_are_mended_and_said_so():
    plan = plan_crops(boxes((300, 200, -50, 100)), [coarse()], budget=budget())
    assert plan.steps == ("swapped", "clamped")


def test_boxes_outside_are_dropped_if_another_is_inside():
    plan = plan_crops(boxes((9000, 0, 9100, 50), (0, 0, 200, 200)), [coarse()], budget=budget())
    assert len(plan.crops) == 1
    assert plan.steps == ("dropped",)


def test_if_all_boxes_are_outside_the_policy_is_told():
    with pytest.raises(RegionError, match="lies outside the image shown, which is 1148"):
        plan_crops(boxes((9000, 0, 9100, 50)), [coarse()], budget=budget())


def test_a_view_that_does_not_exist_is_said_so():
    with pytest.raises(RegionError, match="there is no view 3"):
        plan_crops(boxes((0, 0, 100, 50), view=3), [coarse()], budget=budget())


def test_overlapping_boxes_are_shown_as_one():
    plan = plan_crops(boxes((0, 0, 200, 200), (10, 10, 210, 210)), [coarse()], budget=budget())
    assert len(plan.crops) == 1
    assert plan.steps == ("merged",)


def test_several_regions_share_what_is_left():
    plan = plan_crops(boxes((0, 0, 500, 400), (600, 0, 1100, 400)), [coarse()], budget=budget(1000))
    assert len(plan.crops) == 2
    assert sum(QWEN2_5_VL.tokens(crop.shown) for crop in plan.crops) <= 1000
    assert "shrunk_to_budget" in plan.steps


def test_no_more_regions_than_allowed():
    many = boxes(*((n * 100, 0, n * 100 + 50, 50) for n in range(10)))
    plan = plan_crops(many, [coarse()], budget=budget(max_regions=3))
    assert len(plan.crops) == 3
    assert "dropped" in plan.steps


def test_the_whole_image_again_is_a_repeat():
    plan = plan_crops(boxes((0, 0, 1148, 840)), [coarse()], budget=budget())
    assert plan.crops == ()
    assert plan.stop == "repeated_region"


def test_inside_a_crop_at_full_resolution_there_is_nothing_more_to_see():
    first = coarse()
    (crop,) = plan_crops(boxes((100, 100, 300, 200)), [first], budget=budget()).crops
    plan = plan_crops(boxes((10, 10, 200, 100), view=2), [first, crop], budget=budget())
    assert plan.stop == "full_resolution"


def test_nothing_left_to_spend():
    plan = plan_crops(boxes((0, 0, 300, 300)), [coarse()], budget=budget(63))
    assert plan.stop == "token_budget"


def test_a_crop_that_would_be_coarser_than_what_was_seen_is_not_worth_its_tokens():
    plan = plan_crops(boxes((0, 0, 900, 800)), [coarse()], budget=budget(100))
    assert plan.stop == "token_budget"


def test_the_coarse_view_leaves_room_for_a_closer_look():
    assert coarse(max_vision_tokens=1280).tokens <= 640


def test_two_thousand_random_sizes_never_exceed_their_budget():
    draw = random.Random(7)
    for _ in range(2000):
        size = Size(draw.randint(1, 9000), draw.randint(1, 9000))
        if max(size) > 200 * min(size):
            continue
        most = draw.choice([4, 5, 64, 640, 1280])
        shown = coarse(size, max_vision_tokens=most, view_budget=most).shown
        assert QWEN2_5_VL.tokens(shown) <= most
        assert shown.width % 28 == shown.height % 28 == 0


EDGE = st.floats(-3000, 3000)


@given(
    st.tuples(st.integers(1, 9000), st.integers(1, 9000)).filter(lambda s: max(s) <= 200 * min(s)),
    st.lists(st.tuples(EDGE, EDGE, EDGE, EDGE), min_size=1, max_size=6),
    st.integers(4, 3000),
    st.integers(4, 1500),
)
def test_plans_stay_inside_the_image_and_the_budget(
    size: tuple[int, int],
    wanted: list[tuple[float, float, float, float]],
    remaining: int,
    view_budget: int,
):
    whole = Size(*size)
    left = budget(remaining, view_budget=view_budget)
    view = coarse(whole, view_budget=view_budget)
    try:
        plan = plan_crops(boxes(*wanted), [view], budget=left)
    except RegionError:
        return
    assert bool(plan.crops) != bool(plan.stop)
    assert sum(QWEN2_5_VL.tokens(crop.shown) for crop in plan.crops) <= remaining
    for crop in plan.crops:
        assert QWEN2_5_VL.tokens(crop.shown) <= view_budget
        assert Region.whole(whole).contains(crop.region)
        assert crop.shown.width % 28 == crop.shown.height % 28 == 0


@given(
    st.lists(
        st.tuples(st.floats(200, 700), st.floats(200, 600), st.floats(1, 150), st.floats(1, 150)),
        min_size=2,
        max_size=8,
    )
)
def test_no_two_crops_of_one_reply_overlap_by_more_than_half(
    clustered: list[tuple[float, float, float, float]],
):
    wanted = boxes(*((x, y, x + width, y + height) for x, y, width, height in clustered))
    plan = plan_crops(wanted, [coarse()], budget=budget(40_000, max_regions=8))
    regions = [crop.region for crop in plan.crops]
    pairs = ((a, b) for at, a in enumerate(regions) for b in regions[at + 1 :])
    assert all(a.iou(b) <= 0.5 for a, b in pairs)


def test_what_was_merged_is_still_a_copy_of_pixels():
    close = boxes((500, 400, 600, 500), (505, 404, 605, 504), (510, 400, 600, 510))
    (crop,) = plan_crops(close, [coarse()], budget=budget()).crops
    assert crop.shown == crop.region.size


def test_boxes_on_two_pages_are_never_one():
    pages = [coarse(), coarse().model_copy(update={"number": 2, "page": 2})]
    wanted = [*boxes((100, 100, 300, 200)), *boxes((100, 100, 300, 200), view=2)]
    crops = plan_crops(wanted, pages, budget=budget()).crops
    assert [(crop.page, crop.parent, crop.number) for crop in crops] == [(1, 1, 3), (2, 2, 4)]


def alone(region: Region, *, max_tokens: int = 1280):
    return plan_crop(
        region,
        original=Size(2000, 1500),
        page=3,
        max_tokens=max_tokens,
        margin=0.0,
        terms=budget().terms,
    )


def test_a_crop_outside_an_episode_is_clamped_grown_and_enlarged():
    crop = alone(Region(left=1990, top=1490, right=3000, bottom=1600))
    assert crop.region == Region(left=1944, top=1444, right=2000, bottom=1500)
    assert (crop.tokens, crop.page) == (64, 3)


def test_a_region_outside_the_image_is_the_models_mistake():
    with pytest.raises(RegionError, match="outside the image, which is 2000x1500 pixels"):
        alone(Region(left=2000, top=0, right=3000, bottom=100))


def test_a_crop_needs_a_budget_that_holds_a_view():
    with pytest.raises(BudgetError, match="a budget of 0 vision tokens holds no view"):
        alone(Region(left=0, top=0, right=300, bottom=100), max_tokens=0)
