"""How sure it is that the best place on a page answers the question.

A logistic model over few features, fitted on the development questions to tell right answers from
questions that their page does not answer (area under the ROC curve 0.92 on documents
left out of the fit in turn).
"""

import math
from collections.abc import Sequence
from statistics import fmean, pstdev

from ergo_agent.policies.ocr.finding.matching import TermMatcher
from ergo_agent.policies.ocr.finding.quoting import same_place
from ergo_agent.policies.ocr.finding.ranking import Scored

__all__ = ["certainty"]

_BIAS = -0.67
_GAP = -5.59
_LEAD = 2.81
_STANDS_OUT = 0.7
_MISSING_KIND = -2.06
_LOST_NAME = -2.74


def certainty(ranked: Sequence[Scored], matcher: TermMatcher) -> float:
    """The probability, by the model, that the best-ranked unit answers the question."""
    best = ranked[0]
    unit = best.unit
    said = matcher.matches(f"{unit.key} {unit.text} {unit.around}")
    odds = (
        _BIAS
        + _GAP * _largest_gap(matcher, said)
        + _LEAD * _lead(ranked)
        + _STANDS_OUT * _standing_out(ranked)
        + _MISSING_KIND * best.features.missing_kind
        + _LOST_NAME * best.features.lost_name
    )
    return 1.0 / (1.0 + math.exp(-odds))


def _largest_gap(matcher: TermMatcher, said: Sequence[float]) -> float:
    """The share of the question that the worst-matched term makes up, weighted by rarity."""
    total = sum(matcher.weights)
    if total <= 0:
        return 1.0
    gaps = (w * (1 - m) / total for w, m in zip(matcher.weights, said, strict=True))
    return max(gaps, default=1.0)


def _lead(ranked: Sequence[Scored]) -> float:
    """The share of the softmax over all units' scores that falls on the best one's place."""
    best = ranked[0]
    shares = [math.exp(item.score - best.score) for item in ranked]
    own = sum(
        share
        for item, share in zip(ranked, shares, strict=True)
        if item is best or same_place(best.unit, item.unit)
    )
    return own / sum(shares)


def _standing_out(ranked: Sequence[Scored]) -> float:
    """By how many standard deviations the best unit's meaning exceeds the page's average."""
    meanings = [item.features.meaning for item in ranked]
    return (meanings[0] - fmean(meanings)) / (pstdev(meanings) + 0.03)
