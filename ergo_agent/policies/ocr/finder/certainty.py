"""How sure it is that a page answers a question at all."""

import math
from collections.abc import Sequence

from ergo_agent.policies.ocr.finder.match import EXACT, TermMatcher
from ergo_agent.policies.ocr.finder.rank import Scored

__all__ = ["certainty"]

_SLOPE, _BIAS = 0.57, -0.24
"""Logistic regression fitted on 446 questions about 57 pages that the answer scorer was not trained
on (area under the ROC curve 0.89)."""
_SAID = 0.8
"""Certainty where the page says just what is asked: there it was right about 116 of those questions
two points more often, and wrong about one point more of those without an answer."""


def certainty(ranked: Sequence[Scored], matcher: TermMatcher) -> float:
    """The probability that one of the units answers the question.

    The scorer was trained to share out one question among all units and "nothing", whose log-odds
    are 0; so the logarithm of the units' summed odds says how much more likely any of them is.
    """
    top = max(item.answers for item in ranked)
    summed = top + math.log(sum(math.exp(item.answers - top) for item in ranked))
    likely = 1.0 / (1.0 + math.exp(-(_SLOPE * summed + _BIAS)))
    return max(likely, _SAID) if _is_said(ranked[0], matcher) else likely


def _is_said(best: Scored, matcher: TermMatcher) -> bool:
    """Whether the best unit has the kind of answer expected beside all words of the question.

    An address or number that is the only one of its kind on the page needs only a label in common:
    the other words are often those for its kind.
    """
    unit, fit = best.unit, best.features
    if fit.rare_kind > 0.9 and fit.by_key > 0.2:
        return True
    said = matcher.matches(f"{unit.key} {unit.text} {unit.around}")
    exact = [match if match > EXACT - 0.1 else 0.0 for match in said]
    known = not (fit.missing_kind or fit.lost_code)
    return known and matcher.covered(exact) > EXACT
