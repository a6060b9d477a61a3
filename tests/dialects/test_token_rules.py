"""What a view costs each family, and the limits that a server would otherwise enforce by resizing.

The reference formulas are written from the families' documentation, independently of `TokenRule`.
"""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.dialects.qwen3_vl import QWEN3_VL
from ergo_agent.dialects.tool_calls import PROVIDERS
from ergo_agent.episode.budget import Budget, fit_view
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import BudgetError
from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import QWEN2_5_VL, PatchGrid
from ergo_agent.views.tokens import TokenRule

RULES = {"qwen2_5_vl": QWEN2_5_VL, "qwen3_vl": QWEN3_VL, "tool_calls": PROVIDERS}
QWEN_PIXELS = {28: (3136, 12_845_056), 32: (65_536, 16_777_216)}
"""Fewest and most pixels of the processors with patches of 14 and 16, from their configurations."""


@st.composite
def sizes(draw: st.DrawFn):
    short = draw(st.integers(1, 20_000))
    return Size(draw(st.integers(short, short * 200)), short)


def resized(size: Size, *, factor: int) -> Size:
    """The size to which the processor of Qwen2-VL and Qwen3-VL resizes an image."""
    least, most = QWEN_PIXELS[factor]
    sides = [max(factor, round(side / factor) * factor) for side in size]
    if math.prod(sides) > most:
        by = math.sqrt(size.area / most)
        sides = [max(factor, math.floor(side / by / factor) * factor) for side in size]
    elif math.prod(sides) < least:
        by = math.sqrt(least / size.area)
        sides = [math.ceil(side * by / factor) * factor for side in size]
    return Size(*sides)


@pytest.mark.parametrize("rule", [QWEN2_5_VL, QWEN3_VL])
@given(size=sizes(), budget=st.integers(64, 40_000))
def test_the_processor_leaves_every_view_alone(rule: TokenRule, size: Size, budget: int):
    shown = rule.fit(size, max_tokens=budget)
    assert resized(shown, factor=rule.factor) == shown
    assert rule.tokens(shown) <= budget
    assert max(shown) <= 200 * min(shown)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
@given(size=sizes(), beyond=st.integers(0, 3000))
def test_a_view_has_a_size_that_the_family_takes(rule: TokenRule, size: Size, beyond: int):
    shown = rule.fit(size, max_tokens=rule.min_tokens + beyond)
    assert (
        rule.min_tokens <= rule.tokens(shown) <= min(rule.min_tokens + beyond, rule.max_view_tokens)
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_no_budget_makes_a_view_larger_than_the_family_takes(rule: TokenRule):
    huge = Size(12_000, 12_000)
    assert rule.tokens(rule.fit(huge, max_tokens=10**6)) <= rule.max_view_tokens
    budget = Budget(Terms(VisionSettings(view_budget=10**6), rule), 10**6)
    assert rule.tokens(fit_view(huge, max_tokens=10**6, budget=budget)) <= rule.max_view_tokens


@pytest.mark.parametrize(("rule", "least"), [(QWEN3_VL, 64), (PROVIDERS, 256)])
def test_a_budget_below_the_smallest_view_is_refused(rule: TokenRule, least: int):
    with pytest.raises(BudgetError, match=f"the smallest costs {least}"):
        rule.fit(Size(800, 600), max_tokens=least - 1)


def test_a_family_with_a_narrower_limit_says_so():
    rule = PatchGrid(max_aspect_ratio=10)
    with pytest.raises(BudgetError, match="takes at most 10; cut it into pieces"):
        rule.fit(Size(1100, 100), max_tokens=640)


def claude(size: Size) -> float:
    return math.ceil(size.width / 28) * math.ceil(size.height / 28)


def gpt_patches(size: Size, *, per_patch: float) -> float:
    return per_patch * min(1536, math.ceil(size.width / 32) * math.ceil(size.height / 32))


def gpt_tiles(size: Size) -> float:
    by = min(1.0, 2048 / max(size), 768 / min(size))
    return 85 + 170 * math.ceil(size.width * by / 512) * math.ceil(size.height * by / 512)


def gemini_tiles(size: Size) -> float:
    if max(size) <= 384:
        return 258
    return 258 * math.ceil(size.width / 768) * math.ceil(size.height / 768)


def test_the_estimate_for_providers_is_as_conservative_as_it_says():
    draw = random.Random(5)
    tiles: list[float] = []
    for _ in range(5000):
        size = Size(draw.randint(40, 9000), draw.randint(40, 9000))
        if max(size) > 8 * min(size):
            continue
        shown = PROVIDERS.fit(size, max_tokens=draw.choice([256, 320, 640, 1280, 2048]))
        estimate = PROVIDERS.tokens(shown)
        assert claude(shown) <= estimate
        assert gpt_patches(shown, per_patch=1.2) <= estimate
        assert gpt_patches(shown, per_patch=1.72) <= 1.15 * estimate
        assert gpt_tiles(shown) <= 2.4 * estimate
        assert gemini_tiles(shown) <= 2.4 * estimate
        tiles.append(gpt_tiles(shown) / estimate)
    assert sum(tiles) / len(tiles) == pytest.approx(1.0, abs=0.1)
