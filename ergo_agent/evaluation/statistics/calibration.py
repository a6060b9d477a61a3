"""Whether answers are as often right as their confidence says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ergo_agent.evaluation.statistics.intervals import Estimate, draws

__all__ = ["BINS", "Bin", "calibration_error", "reliability"]

BINS = 10
"""Bins of equal width, as in Guo et al., "On calibration of modern neural networks", 2017."""


@dataclass(frozen=True)
class Bin:
    """Answers whose confidence lies between two values."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean over the bin."""
    right: float
    """Share of right answers."""


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    """The bins that hold answers, lowest confidence first."""
    chosen = _chosen(confidences)
    bins = []
    for at in sorted(set(chosen.tolist())):
        inside = np.flatnonzero(chosen == at).tolist()
        bins.append(
            Bin(
                low=at / BINS,
                high=(at + 1) / BINS,
                count=len(inside),
                confidence=float(np.mean([confidences[number] for number in inside])),
                right=float(np.mean([right[number] for number in inside])),
            )
        )
    return bins


def calibration_error(
    confidences: Sequence[float], right: Sequence[bool], pages: Sequence[str]
) -> Estimate | None:
    """Expected calibration error with its interval by a bootstrap over pages; None of no answers.

    The mean distance between confidence and share of right answers over the bins, weighted by
    their answers (Guo et al. 2017, eq. 3).

    Args:
        confidences: 0 to 1, one an answer.
        right: Whether each answer was right.
        pages: The page of each.
    """
    if not confidences:
        return None
    names, place = np.unique(list(pages), return_inverse=True)
    gaps = np.zeros((len(names), BINS))
    surplus = np.asarray(confidences) - np.asarray(right, dtype=float)
    np.add.at(gaps, (place, _chosen(confidences)), surplus)
    counts = np.bincount(place)
    drawn = draws(len(names))
    errors = np.abs(drawn @ gaps).sum(axis=1) / (drawn @ counts)
    value = float(np.abs(gaps.sum(axis=0)).sum() / len(confidences))
    low, high = np.percentile(errors, (2.5, 97.5)) if len(names) > 1 else (np.nan, np.nan)
    return Estimate(value, float(low), float(high))


def _chosen(confidences: Sequence[float]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """The bin of each answer; a confidence of 1 falls into the last."""
    return np.minimum((np.asarray(confidences) * BINS).astype(np.int64), BINS - 1)
