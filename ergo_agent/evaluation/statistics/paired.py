"""Whether two runs over the same questions differ by more than chance."""

from collections.abc import Sequence
from math import comb
from typing import NamedTuple

import numpy as np

from ergo_agent.evaluation.statistics.intervals import Estimate, draws

__all__ = ["McNemar", "mcnemar", "paired_difference"]


class McNemar(NamedTuple):
    """Questions that only one of two runs has right, and how likely that is by chance."""

    only_first: int
    only_second: int
    p: float
    """Two-sided, exact: as likely as a coin that falls so unevenly, or more so."""


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> McNemar:
    """McNemar's exact test of two runs over the same questions.

    McNemar, "Note on the sampling error of the difference between correlated proportions", 1947. It
    takes questions as independent; where they share an image, `paired_difference` does not.

    Args:
        first: Whether each question was right.
        second: Likewise, in the same order.
    """
    pairs = list(zip(first, second, strict=True))
    only_first = sum(one and not other for one, other in pairs)
    only_second = sum(other and not one for one, other in pairs)
    total = only_first + only_second
    fewer = min(only_first, only_second)
    tail = sum(comb(total, count) for count in range(fewer + 1))
    p = 1.0 if not total else min(1.0, 2 * tail / 2**total)
    return McNemar(only_first, only_second, p)


def paired_difference(
    first: Sequence[float], second: Sequence[float], clusters: Sequence[str]
) -> Estimate | None:
    """The mean of second minus first with its interval, clusters being drawn; None of none.

    Args:
        first: One value a question.
        second: Likewise, in the same order.
        clusters: What questions share, such as their image.
    """
    if not first:
        return None
    gaps = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    names, place = np.unique(list(clusters), return_inverse=True)
    value = float(gaps.mean())
    if len(names) == 1:
        return Estimate(value, float("nan"), float("nan"))
    sums, counts = np.bincount(place, weights=gaps), np.bincount(place)
    drawn = draws(len(names))
    low, high = np.percentile((drawn @ sums) / (drawn @ counts), (2.5, 97.5))
    return Estimate(value, float(low), float(high))
