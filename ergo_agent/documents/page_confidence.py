"""How sure an answer of one page is to be that of the whole document.

A reader that is shown a page answers from it, whatever the document is about: "What is the
deposit?" finds some sum on many a page. So what it says counts with what the finder knows of the
page: how much of the question it holds, and how much the page that holds most does.

The weights and thresholds are a logistic regression, made by `scripts.page_confidence` from
documents that serve nothing else.
"""

import json
import math
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

__all__ = ["PageFacts", "Thresholds", "features", "page_confidence", "thresholds"]

_FILE = "page-confidence.json"
_EDGE = 1e-3
"""Confidences nearer to 0 and 1 count as this."""


class PageFacts(NamedTuple):
    """What is known of a page and its answer."""

    confidence: float
    """The reader's own, 0 to 1."""

    held: float
    """Share of the question's words, by their weight, that the page holds, or the one before."""

    most_held: float
    """That of the page which holds most."""

    lacks_name: bool
    """Whether a name or number of the question does not stand on the page."""


class Thresholds(NamedTuple):
    """Of the probability."""

    sure: float
    """From which an answer ends the search for pages."""

    given: float
    """From which an answer is given."""


def features(facts: PageFacts) -> list[float]:
    """What the regression takes; the first is constant."""
    confidence = min(max(facts.confidence, _EDGE), 1 - _EDGE)
    return [
        1.0,
        math.log(confidence / (1 - confidence)),
        facts.held,
        facts.held / facts.most_held if facts.most_held > 0 else 1.0,
        float(facts.lacks_name),
    ]


def page_confidence(facts: PageFacts) -> float:
    """The probability that an answer is right for the document, 0 to 1."""
    weights = _kept()["weights"]
    total = sum(w * x for w, x in zip(weights, features(facts), strict=True))
    return 1 / (1 + math.exp(-total))


def thresholds() -> Thresholds:
    """Those that were chosen with the weights."""
    return Thresholds(_kept()["sure"], _kept()["given"])


@cache
def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads((files("ergo_agent.documents") / _FILE).read_text("utf-8"))
    return kept
