"""Values with the intervals that they are known to.

Questions about one page are not independent, so pages are drawn, not questions: the interval is
the 2.5th to 97.5th percentile of a bootstrap over pages with a fixed seed. Of few pages, or of
pages that agree, a bootstrap is too narrow; a proportion therefore gets the wider of it and
Wilson's interval for its count. Of a single page the interval of anything else is not known (NaN).
"""

from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["RESAMPLES", "Estimate", "draws", "mean", "middle", "wilson"]

RESAMPLES = 1000
_SEED = 0

Numbers = NDArray[np.float64]


class Estimate(NamedTuple):
    """A value with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def mean(values: Sequence[float], pages: Sequence[str]) -> Estimate | None:
    """The mean of one value a question; None of none.

    Args:
        values: One number a question.
        pages: The page of each question.
    """
    if not values:
        return None
    number, place = np.unique(list(pages), return_inverse=True)
    sums = np.bincount(place, weights=np.asarray(values, dtype=float))
    counts = np.bincount(place)
    drawn = draws(len(number))
    found = _estimate(sum(values) / len(values), (drawn @ sums) / (drawn @ counts), len(number))
    if set(values) <= {0.0, 1.0}:
        alone = wilson(round(sum(values)), len(values))
        return Estimate(
            found.value,
            float(np.fmin(found.low, alone.low)),
            float(np.fmax(found.high, alone.high)),
        )
    return found


def middle(values: Sequence[float], pages: Sequence[str]) -> Estimate | None:
    """The median of one value a question; None of none. Arguments as of `mean`."""
    if not values:
        return None
    number, place = np.unique(list(pages), return_inverse=True)
    given = np.asarray(values, dtype=float)
    medians = [np.median(np.repeat(given, times[place])) for times in draws(len(number))]
    return _estimate(float(np.median(given)), np.asarray(medians), len(number))


def wilson(right: int, count: int) -> Estimate:
    """A proportion with Wilson's interval.

    Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    z = NormalDist().inv_cdf(0.975)
    share, scale = right / count, 1 + z * z / count
    centre = (share + z * z / (2 * count)) / scale
    half = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5 / scale
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def draws(count: int) -> NDArray[np.int64]:
    """How often each of `count` pages is drawn in each resample: (`RESAMPLES`, `count`)."""
    random = np.random.default_rng(_SEED)
    return random.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)


def _estimate(value: float, resampled: Numbers, pages: int) -> Estimate:
    if pages == 1:
        return Estimate(value, float("nan"), float("nan"))
    low, high = np.percentile(resampled, (2.5, 97.5))
    return Estimate(value, float(low), float(high))
