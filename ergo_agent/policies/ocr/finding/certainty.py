"""How sure it is that a page answers a question at all."""

import math
from collections.abc import Sequence

from ergo_agent.policies.ocr.finding.ranking import Scored

__all__ = ["certainty"]

_SLOPE, _BIAS = 0.57, -0.24
"""Logistic regression fitted on 446 questions about 57 pages that the answer scorer was not trained
on (area under the ROC curve 0.89)."""


def certainty(ranked: Sequence[Scored]) -> float:
    """The probability that one of the units answers the question.

    The scorer was trained to share out one question among all units and "nothing", whose log-odds
    are 0; so the logarithm of the units' summed odds says how much more likely any of them is.
    """
    top = max(item.answers for item in ranked)
    summed = top + math.log(sum(math.exp(item.answers - top) for item in ranked))
    return 1.0 / (1.0 + math.exp(-(_SLOPE * summed + _BIAS)))
