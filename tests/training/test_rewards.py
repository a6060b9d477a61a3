"""The paper's cases, and what holds for every rollout."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.episode.agreement import agree
from ergo_agent.errors import SettingsError, StateError
from ergo_agent.training.rewards import (
    accuracy_reward,
    box_reward,
    cropped_share,
    ergo_reward,
    format_reward,
    is_right,
    region_reward,
    smooth_box_reward,
    tce_reward,
)
from ergo_agent.training.rollout import Rollout, Seen
from ergo_agent.views.geometry import Region
from tests.support.rollouts import PAGE, box, rollout

GOOD = box(100, 100, 300, 300)
WHOLE = box(0, 0, 1000, 800)
RIGHT, WRONG = Seen("red"), Seen("blue")


def total(one: Rollout, seen: Seen) -> float:
    tce = tce_reward(region_reward(one, seen), box_reward(one))
    return ergo_reward(tce, accuracy_reward(one), format_reward(one))


@pytest.mark.parametrize(
    ("one", "seen", "reward"),
    [
        (rollout(GOOD), RIGHT, 3.5),
        (rollout(GOOD), WRONG, 2.5),
        (rollout(GOOD, answer="blue"), RIGHT, 2.5),
        (rollout(WHOLE), RIGHT, 3.0),
        (rollout(GOOD, strict=(True, False)), RIGHT, 2.5),
        (rollout(GOOD, answer=None, answered=False), RIGHT, 1.5),
        (rollout(GOOD, answer="blue", strict=(False, True)), WRONG, 0.5),
        (rollout(GOOD, unreadable=True), RIGHT, 0.0),
    ],
    ids=["all", "region", "accuracy", "box", "format", "no answer", "only the box", "unreadable"],
)
def test_the_sum_is_the_papers(one: Rollout, seen: Seen, reward: float):
    assert total(one, seen) == reward


def test_the_step_is_at_gamma_and_includes_it():
    assert box_reward(rollout(box(0, 0, 600, 800))) == 1
    assert box_reward(rollout(box(0, 0, 601, 800))) == 0
    assert box_reward(rollout(box(0, 0, 601, 800)), gamma=0.7) == 1


def test_the_slope_begins_at_gamma_and_ends_at_the_page():
    assert smooth_box_reward(rollout(box(0, 0, 600, 800))) == 1
    assert smooth_box_reward(rollout(box(0, 0, 800, 800))) == pytest.approx(0.5)
    assert smooth_box_reward(rollout(WHOLE)) == 0
    assert smooth_box_reward(rollout(WHOLE), gamma=1.0) == 1


def test_cropping_everything_pays_by_the_papers_sum_and_not_when_gated():
    # a policy that cannot locate: its small crop misses, its whole page holds everything
    missed, everything = tce_reward(0.0, 1.0), tce_reward(1.0, 0.0)
    assert everything > missed
    assert tce_reward(1.0, 0.0, gated=True) < tce_reward(0.0, 1.0, gated=True)
    assert tce_reward(1.0, 1.0, gated=True) == tce_reward(1.0, 1.0) == 1.5


def test_overlapping_crops_count_once():
    twice = rollout(box(0, 0, 500, 800), box(0, 0, 500, 800), box(400, 0, 600, 800))
    assert cropped_share(twice) == 0.6


def test_pages_count_by_their_own_size():
    first = rollout(box(0, 0, 1000, 800))
    second = first.views[0].model_copy(update={"number": 3, "page": 2})
    both = first.model_copy(update={"views": (*first.views, second)})
    assert cropped_share(first) == 1
    assert cropped_share(both) == 0.5


def test_without_a_crop_there_is_no_region_to_reward():
    blind = rollout()
    assert region_reward(blind, Seen()) == box_reward(blind) == smooth_box_reward(blind) == 0
    assert total(blind, Seen()) == 2


def test_where_there_is_nothing_to_see_nobody_has_to_look():
    absent = rollout(answers=(), answer=None)
    assert total(absent, Seen()) == 3.5
    looked = rollout(GOOD, answers=(), answer=None)
    assert total(looked, Seen()) == 3.5
    assert total(rollout(GOOD, answers=(), answer="red"), Seen("red")) == 1.5


def test_not_found_is_wrong_where_there_is_an_answer():
    assert accuracy_reward(rollout(GOOD, answer=None)) == 0
    assert region_reward(rollout(GOOD), Seen(None)) == 0


def test_a_reward_model_that_failed_proves_nothing():
    absent = rollout(GOOD, answers=(), answer=None)
    assert region_reward(absent, Seen(None)) == 1
    assert region_reward(absent, Seen(None, error="it hung")) == 0


def test_listing_every_answer_earns_nothing():
    listed = rollout(GOOD, answer="red blue green or yellow")
    assert accuracy_reward(listed) == 0
    assert accuracy_reward(listed, match=agree) == 1  # the laxer comparison is there to be chosen


@pytest.mark.parametrize(
    ("answer", "right"),
    [("1,328.30", "1328.30"), ("the RED", "red"), ("thirty days", "30 days"), ("B", "b")],
)
def test_notation_does_not_count(answer: str, right: str):
    assert is_right(answer, ["something else", right])


def test_unknown_answers_are_said_so():
    with pytest.raises(StateError, match="the right answers to 'Which\\?' are not known; give"):
        accuracy_reward(rollout(GOOD, answers=None))
    with pytest.raises(StateError, match="are not known"):
        region_reward(rollout(GOOD, answers=None), RIGHT)


@pytest.mark.parametrize("gamma", [0.0, -1.0, 1.01, float("nan")])
def test_a_gamma_that_is_no_share_is_refused(gamma: float):
    with pytest.raises(SettingsError, match=f"gamma={gamma} is no share of a page"):
        box_reward(rollout(GOOD), gamma=gamma)


regions = st.builds(
    lambda left, top, across, down: box(
        left, top, min(left + across, PAGE.width), min(top + down, PAGE.height)
    ),
    st.integers(0, PAGE.width - 1),
    st.integers(0, PAGE.height - 1),
    st.integers(1, PAGE.width),
    st.integers(1, PAGE.height),
)
rollouts = st.builds(
    lambda crops, answers, answer, strict, answered, unreadable: rollout(
        *crops,
        answers=answers,
        answer=answer,
        strict=strict,
        answered=answered,
        unreadable=unreadable,
    ),
    st.lists(regions, max_size=3),
    st.sampled_from([(), ("red",), ("red", "blue")]),
    st.sampled_from([None, "red", "green"]),
    st.lists(st.booleans(), max_size=3).map(tuple),
    st.booleans(),
    st.booleans(),
)
seen = st.sampled_from([Seen(), Seen("red"), Seen("green"), Seen(error="late")])


@given(one=rollouts, said=seen, gamma=st.floats(0.01, 1.0))
def test_every_reward_is_within_its_bounds(one: Rollout, said: Seen, gamma: float):
    hard, smooth = box_reward(one, gamma=gamma), smooth_box_reward(one, gamma=gamma)
    region = region_reward(one, said)
    assert {hard, region, accuracy_reward(one), format_reward(one)} <= {0.0, 1.0}
    assert 0 <= hard <= smooth <= 1
    assert 0 <= cropped_share(one) <= 1
    assert 0 <= tce_reward(region, smooth, gated=True) <= tce_reward(region, smooth) <= 1.5
    assert 0 <= total(one, said) <= 3.5


@given(crops=st.lists(regions, min_size=1, max_size=3), more=regions)
def test_a_larger_area_never_earns_more(crops: list[Region], more: Region):
    small, large = rollout(*crops), rollout(*crops, more)
    assert cropped_share(small) <= cropped_share(large)
    assert box_reward(small) >= box_reward(large)
    assert smooth_box_reward(small) >= smooth_box_reward(large)


@given(crops=st.lists(regions, max_size=3), order=st.randoms())
def test_the_order_of_crops_does_not_count(crops: list[Region], order: Random):
    other = crops.copy()
    order.shuffle(other)
    assert cropped_share(rollout(*crops)) == cropped_share(rollout(*other))


@given(crops=st.lists(regions, max_size=3))
def test_the_union_is_what_counting_pixels_gives(crops: list[Region]):
    pixels = np.zeros((PAGE.height, PAGE.width), bool)
    for left, top, right, bottom in map(Region.as_tuple, crops):
        pixels[top:bottom, left:right] = True
    assert cropped_share(rollout(*crops)) == pixels.mean()
