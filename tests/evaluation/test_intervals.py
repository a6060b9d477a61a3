from math import isnan

import pytest

from ergo_agent.evaluation.statistics.calibration import calibration_error, reliability
from ergo_agent.evaluation.statistics.intervals import mean, middle, wilson


def test_wilsons_interval_is_the_published_one():
    # Newcombe 1998, table I: 81 of 263, and 0 of 20
    assert wilson(81, 263) == pytest.approx((0.3080, 0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.0, 0.1611), abs=1e-4)


def test_a_mean_counts_every_question_once():
    values, pages = [1.0, 0.0, 0.0, 0.5], ["a", "a", "b", "c"]
    found = mean(values, pages)
    assert found is not None
    assert found.value == pytest.approx(0.375)
    assert found.low < 0.375 < found.high


def test_pages_are_drawn_and_not_questions():
    twenty = [float(number % 2) for number in range(20)]
    apart = mean(twenty, [str(number) for number in range(20)])
    together = mean(sorted(twenty), ["a"] * 10 + ["b"] * 10)
    assert apart is not None
    assert together is not None
    assert (together.low, together.high) == (0.0, 1.0), "two pages, of which one may be drawn twice"
    assert apart.high - apart.low < 0.5


def test_a_proportion_of_few_pages_is_at_least_as_wide_as_wilsons():
    assert mean([1.0, 1.0], ["a", "b"]) == wilson(2, 2)
    assert mean([1.0, 0.0, 1.0], ["a", "a", "a"]) == pytest.approx(wilson(2, 3))
    assert mean([], []) is None


def test_of_one_page_the_interval_of_a_mean_is_not_known():
    found = mean([0.4, 0.9], ["a", "a"])
    assert found is not None
    assert found.value == pytest.approx(0.65)
    assert isnan(found.low)
    assert isnan(found.high)


def test_the_median_is_that_of_the_questions():
    found = middle([1, 2, 30], ["a", "a", "b"])
    assert found == (2.0, 1.5, 30.0)


def test_calibration_error_by_hand():
    # .92 and .98 in the last bin, one of two right: |.95 - .5| x 2; .31 wrong: .31 x 1; over 3
    confidences, right = [0.92, 0.98, 0.31], [True, False, False]
    found = calibration_error(confidences, right, ["a", "b", "c"])
    assert found is not None
    assert found.value == pytest.approx((0.45 * 2 + 0.31) / 3)
    assert found.low <= found.value <= found.high
    low, high = reliability(confidences, right)
    assert (low.low, low.high, low.count, low.confidence, low.right) == (0.3, 0.4, 1, 0.31, 0.0)
    assert (high.count, high.right) == (2, 0.5)
    assert high.confidence == pytest.approx(0.95)


def test_a_confidence_of_one_falls_into_the_last_bin():
    (last,) = reliability([1.0], [True])
    assert (last.low, last.high) == (0.9, 1.0)
    assert calibration_error([], [], []) is None
