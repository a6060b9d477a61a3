"""A rule of tiles: within the budget, and at sizes that the family's processor leaves alone.

`_grid_of` is InternVL's published way to choose a grid, written from its description.
"""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.episode.planning import plan_coarse, plan_crop
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import BudgetError
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.tiles import INTERNVL, Tiles

SIZES = st.builds(Size, st.integers(1, 9000), st.integers(1, 9000)).filter(
    lambda size: max(size) <= 12 * min(size)
)


def _grid_of(shown: Size, *, most: int = 12) -> Size:
    """The grid whose aspect ratio is nearest; of several the larger, where the image is large."""
    grids = sorted(
        {Size(c, r) for c in range(1, most + 1) for r in range(1, most + 1) if c * r <= most},
        key=lambda grid: grid.area,
    )
    best, nearest = Size(1, 1), Fraction(10**9)
    ratio = Fraction(shown.width, shown.height)
    for grid in grids:
        off = abs(ratio - Fraction(grid.width, grid.height))
        larger = off == nearest and 2 * shown.area > 448**2 * grid.area
        if off < nearest or larger:
            best, nearest = grid, off
    return best


@given(SIZES, st.integers(256, 6000))
def test_the_processor_leaves_every_view_alone(size: Size, budget: int):
    shown = INTERNVL.fit(size, max_tokens=budget)
    assert _grid_of(shown) == Size(shown.width // 448, shown.height // 448)
    assert INTERNVL.tokens(shown) <= min(budget, INTERNVL.max_view_tokens)


@pytest.mark.parametrize(
    ("size", "budget", "shown", "tokens"),
    [
        ((400, 300), 5000, (448, 448), 256),
        ((1000, 1000), 1280, (896, 896), 1280),
        ((1000, 1000), 1279, (448, 448), 256),
        ((4000, 1000), 1280, (1792, 448), 1280),
        ((1344, 1792), 5000, (1344, 1792), 3328),
    ],
)
def test_the_grid_that_shows_most(
    size: tuple[int, int], budget: int, shown: tuple[int, int], tokens: int
):
    fitted = INTERNVL.fit(Size(*size), max_tokens=budget)
    assert (fitted, INTERNVL.tokens(fitted)) == (shown, tokens)


def test_what_no_grid_can_show_is_refused():
    with pytest.raises(BudgetError, match="the smallest costs 256"):
        INTERNVL.fit(Size(100, 100), max_tokens=255)
    with pytest.raises(BudgetError, match="13 times longer than wide, the model family takes"):
        INTERNVL.fit(Size(1300, 100), max_tokens=5000)


@given(SIZES, st.integers(256, 4000), st.integers(256, 4000))
def test_an_episode_stays_within_its_budget(size: Size, view_budget: int, remaining: int):
    terms = Terms(VisionSettings(view_budget=view_budget), INTERNVL)
    coarse = plan_coarse(size, page=1, terms=terms)
    assert coarse.tokens == INTERNVL.tokens(coarse.shown) <= view_budget
    part = Region(left=0, top=0, right=min(90, size.width), bottom=min(60, size.height))
    crop = plan_crop(part, original=size, page=1, max_tokens=remaining, margin=0.05, terms=terms)
    assert crop.tokens <= remaining
    assert crop.region.contains(part)


def test_a_server_is_told_the_most_tiles():
    assert INTERNVL.processor_options(max_tokens=1280) == {"max_dynamic_patch": 4}
    assert Tiles(max_tiles=6).processor_options(max_tokens=9999) == {"max_dynamic_patch": 6}
