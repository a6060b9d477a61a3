import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from ergo_agent.episode.ledger import Ledger, LedgerEntry
from ergo_agent.errors import BudgetError
from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import MAX_ASPECT_RATIO, QWEN2_5_VL

UNIT = 28
SERVER_MIN, SERVER_MAX = 4, 16_384

SIDE = st.integers(1, 40_000)
BUDGET = st.integers(4, 16_384)


@st.composite
def sizes(draw: st.DrawFn) -> Size:
    """Sizes of every aspect ratio the family takes, thin ones as likely as square ones."""
    short = draw(SIDE)
    long = draw(st.integers(short, short * MAX_ASPECT_RATIO))
    return draw(st.sampled_from([Size(short, long), Size(long, short)]))


def processor_size(size: Size, *, lowest: int, highest: int) -> Size:
    """The size to which the model family's processor resizes; the bounds are in tokens.

    Each side becomes the nearest multiple of 28, at least one. Too many pixels: both sides are
    divided by one factor and floored to multiples. Too few: multiplied by one and ceiled.
    """
    nearest = [max(UNIT, UNIT * round(side / UNIT)) for side in size]
    pixels = size.width * size.height
    if nearest[0] * nearest[1] > highest * UNIT**2:
        by = math.sqrt(pixels / (highest * UNIT**2))
        return Size(*(max(UNIT, UNIT * math.floor(side / by / UNIT)) for side in size))
    if nearest[0] * nearest[1] < lowest * UNIT**2:
        by = math.sqrt(lowest * UNIT**2 / pixels)
        return Size(*(UNIT * math.ceil(side * by / UNIT) for side in size))
    return Size(*nearest)


def is_accepted(shown: Size, budget: int) -> bool:
    """Whether a size is inside the budget and one that the processor leaves alone."""
    thin = max(shown) > MAX_ASPECT_RATIO * min(shown)
    return not thin and SERVER_MIN <= QWEN2_5_VL.tokens(shown) <= budget


@given(sizes(), BUDGET)
def test_a_view_never_exceeds_its_budget(size: Size, budget: int):
    shown = QWEN2_5_VL.fit(size, max_tokens=budget)
    assert shown.width % UNIT == shown.height % UNIT == 0
    assert min(shown) >= UNIT
    assert QWEN2_5_VL.tokens(shown) <= budget


@given(sizes(), BUDGET, st.integers(1, 20_000))
def test_enlarging_never_exceeds_the_budget(size: Size, budget: int, at_least: int):
    shown = QWEN2_5_VL.fit(size, max_tokens=budget, min_tokens=at_least)
    assert QWEN2_5_VL.tokens(shown) <= budget


@given(sizes(), BUDGET, st.none() | st.integers(4, 16_384))
def test_the_processor_takes_a_view_as_it_is(size: Size, budget: int, at_least: int | None):
    shown = QWEN2_5_VL.fit(size, max_tokens=budget, min_tokens=at_least)
    assert max(shown) <= MAX_ASPECT_RATIO * min(shown)
    assert processor_size(shown, lowest=SERVER_MIN, highest=SERVER_MAX) == shown


@given(sizes(), BUDGET)
def test_a_view_has_the_processors_size_wherever_that_is_accepted(size: Size, budget: int):
    expected = processor_size(size, lowest=SERVER_MIN, highest=budget)
    assume(is_accepted(expected, budget))
    assert QWEN2_5_VL.fit(size, max_tokens=budget) == expected


@given(sizes(), BUDGET, st.integers(4, 16_384))
def test_an_enlarged_view_has_the_processors_size(size: Size, budget: int, at_least: int):
    expected = processor_size(size, lowest=min(at_least, budget), highest=budget)
    assume(is_accepted(expected, budget))
    assert QWEN2_5_VL.fit(size, max_tokens=budget, min_tokens=at_least) == expected


@given(
    short=st.integers(720, 20_000),
    ratio=st.floats(1, 4),
    upright=st.booleans(),
    budget=st.sampled_from([640, 1280]),
)
def test_a_common_budget_is_used_and_the_shape_kept(
    short: int, ratio: float, *, upright: bool, budget: int
):
    width, height = sorted((short, int(short * ratio)), reverse=not upright)
    assume(width * height > budget * UNIT**2)
    shown = QWEN2_5_VL.fit(Size(width, height), max_tokens=budget)
    assert QWEN2_5_VL.tokens(shown) >= 0.85 * budget
    assert shown.width / shown.height == pytest.approx(width / height, rel=0.15)


@pytest.mark.parametrize(
    ("size", "budget", "expected"),
    [
        (Size(4000, 3000), 640, Size(812, 588)),
        (Size(10_000, 10_000), 1280, Size(980, 980)),
        (Size(56, 56), 640, Size(56, 56)),
        (Size(10, 10), 640, Size(56, 56)),
        (Size(8000, 41), 640, Size(5488, 28)),
    ],
)
def test_known_sizes(size: Size, budget: int, expected: Size):
    assert QWEN2_5_VL.fit(size, max_tokens=budget) == expected


@pytest.mark.parametrize("budget", [3, 1, 0, -1, -(10**9)])
def test_a_budget_too_small_for_any_view_is_refused(budget: int):
    with pytest.raises(BudgetError, match=rf"a budget of {budget} vision tokens holds no view"):
        QWEN2_5_VL.fit(Size(1000, 1000), max_tokens=budget)


@pytest.mark.parametrize("size", [Size(201, 1), Size(1, 201), Size(40_201, 200)])
def test_an_image_too_thin_is_refused(size: Size):
    with pytest.raises(BudgetError, match="takes at most 200; cut it into pieces"):
        QWEN2_5_VL.fit(size, max_tokens=1280)


@pytest.mark.parametrize("size", [Size(0, 5), Size(5, 0), Size(-3, 5)])
def test_an_image_without_pixels_is_refused(size: Size):
    with pytest.raises(BudgetError, match=r"pixels cannot be shown"):
        QWEN2_5_VL.fit(size, max_tokens=1280)


@given(sizes())
def test_full_resolution_counts_the_nearest_multiples(size: Size):
    expected = processor_size(size, lowest=1, highest=10**12)
    assert QWEN2_5_VL.full_resolution_tokens(size) == QWEN2_5_VL.tokens(expected)


COSTS = st.lists(st.integers(0, 5000), max_size=6)


@given(COSTS, st.integers(1, 10_000), st.integers(1, 500_000))
def test_the_ledger_adds_up_and_survives_json(costs: list[int], cap: int, full: int):
    entries = tuple(LedgerEntry(view=n, predicted=cost) for n, cost in enumerate(costs, start=1))
    ledger = Ledger(max_vision_tokens=cap, full_resolution=full, entries=entries)
    assert ledger.spent == sum(costs)
    assert ledger.remaining == max(0, cap - sum(costs))
    assert ledger.share == pytest.approx(sum(costs) / full)
    assert Ledger.model_validate_json(ledger.model_dump_json()) == ledger


def test_a_fresh_ledger_has_spent_nothing():
    ledger = Ledger(max_vision_tokens=1280, full_resolution=4000)
    assert (ledger.spent, ledger.remaining, ledger.share) == (0, 1280, 0.0)
    assert ledger.model_dump()["spent"] == 0


def test_a_ledger_without_a_cap_is_refused():
    with pytest.raises(ValidationError, match="greater than 0"):
        Ledger(max_vision_tokens=0, full_resolution=4000)
