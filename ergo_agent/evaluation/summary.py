"""What the outcomes of a run come to; every sample is counted, a failed one as wrong."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from ergo_agent.evaluation.outcome import Outcome
from ergo_agent.evaluation.statistics.intervals import Estimate, mean, middle

__all__ = ["Interval", "ModeSummary", "mode_summary"]


class Interval(BaseModel):
    """A value with the ends of its 95 % interval; None where that is not known."""

    model_config = ConfigDict(frozen=True)

    value: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: Estimate | None) -> "Interval | None":
        """An estimate as plain data."""
        if found is None:
            return None
        low, high = (None if math.isnan(end) else end for end in (found.low, found.high))
        return cls(value=found.value, low=low, high=high)


class ModeSummary(BaseModel):
    """The numbers of one mode."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    mode: str
    samples: int
    """All that were asked, failed ones among them."""

    clusters: int
    """Images or documents that they are about; intervals are drawn over these."""

    failed: int
    """Those that ended in an error; each counts 0."""

    errors: dict[str, int]
    """How often each kind of error."""

    unanswered: int
    """Those that ended without an answer and without an error."""

    score: Interval | None
    """The benchmark's number: the mean over all samples."""

    right: int

    vision_tokens: Interval | None
    """Median over episodes that did not fail, by the token rule."""

    reported_tokens: float | None
    """Median of what the server reported; None where it did not."""

    share: Interval | None
    """Median of vision tokens over those of one full-resolution pass."""

    cached: float | None
    """Share of all input tokens that came from the server's prefix cache."""

    completion_tokens: float | None
    """Mean of output tokens."""

    without_crop: int
    """Episodes in which nothing was looked at closer."""

    recall: Interval | None
    """Mean share of the area where the answer stands that crops show; None where none was taken."""

    iou: Interval | None
    page_recall: Interval | None
    """Mean share of the pages that hold the answer that were looked at."""

    categories: dict[str, tuple[int, float]]
    """Samples and score of each category of the benchmark."""

    f1: float | None = None
    """MMLongBench-Doc's own: of recall over answerable questions and precision over answers."""

    seconds: float | None = None
    """Median of a sample."""

    seconds_p90: float | None = None
    """Nine of ten samples took no longer."""

    def without_times(self) -> dict[str, Any]:
        """All but the times: what the same outcomes come to, whenever they were asked."""
        return self.model_dump(mode="json", exclude={"seconds", "seconds_p90"})


def mode_summary(mode: str, outcomes: Sequence[Outcome], *, scorer: str = "") -> ModeSummary:
    """The numbers of some outcomes of one mode.

    Args:
        mode: Its name.
        outcomes: All of them, failed ones among them.
        scorer: Of the benchmark, for numbers that only one has.
    """
    whole = [one for one in outcomes if one.error is None]
    zoomed = any(one.crops for one in outcomes)
    placed = [one for one in outcomes if one.recall is not None] if zoomed else []
    paged = [one for one in outcomes if one.page_recall is not None]
    reported = [one.tokens.reported for one in whole if one.tokens.reported is not None]
    prompt = sum(one.tokens.prompt for one in whole)
    seconds = [one.seconds for one in outcomes]
    return ModeSummary(
        mode=mode,
        samples=len(outcomes),
        clusters=len({one.cluster for one in outcomes}),
        failed=len(outcomes) - len(whole),
        errors=dict(Counter(_kind(one) for one in outcomes if one.error is not None)),
        unanswered=sum(one.answer is None for one in whole),
        score=_mean(outcomes, lambda one: one.value),
        right=sum(one.right for one in outcomes),
        vision_tokens=_middle(whole, lambda one: one.tokens.predicted),
        reported_tokens=float(median(reported)) if reported else None,
        share=_middle(whole, lambda one: one.tokens.predicted / max(1, one.tokens.full_resolution)),
        cached=sum(one.tokens.cached for one in whole) / prompt if prompt else None,
        completion_tokens=_plain_mean([one.tokens.completion for one in whole]),
        without_crop=sum(not one.crops for one in whole),
        recall=_mean(placed, lambda one: one.recall or 0.0),
        iou=_mean(placed, lambda one: one.iou or 0.0),
        page_recall=_mean(paged, lambda one: one.page_recall or 0.0),
        categories=_categories(outcomes),
        f1=_f1(outcomes) if scorer == "mmlongbench" else None,
        seconds=float(median(seconds)) if seconds else None,
        seconds_p90=float(np.percentile(seconds, 90)) if seconds else None,
    )


def _kind(outcome: Outcome) -> str:
    return (outcome.error or "").partition(":")[0]


def _mean(outcomes: Sequence[Outcome], value: Callable[[Outcome], float]) -> Interval | None:
    return Interval.of(mean([value(one) for one in outcomes], [one.cluster for one in outcomes]))


def _middle(outcomes: Sequence[Outcome], value: Callable[[Outcome], float]) -> Interval | None:
    return Interval.of(middle([value(one) for one in outcomes], [one.cluster for one in outcomes]))


def _plain_mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _categories(outcomes: Sequence[Outcome]) -> dict[str, tuple[int, float]]:
    names = sorted({one.category for one in outcomes if one.category})
    groups = {name: [one.value for one in outcomes if one.category == name] for name in names}
    return {name: (len(values), sum(values) / len(values)) for name, values in groups.items()}


def _f1(outcomes: Sequence[Outcome]) -> float:
    """The benchmark's F1: refusals are no predictions, unanswerable questions nothing to recall."""
    answerable = [one.value for one in outcomes if one.gold]
    answered = sum(one.error is None and one.answer is not None for one in outcomes)
    if not answerable or not answered:
        return 0.0
    recall, precision = sum(answerable) / len(answerable), sum(answerable) / answered
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0
