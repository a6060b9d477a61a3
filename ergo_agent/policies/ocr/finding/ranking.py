"""Which unit answers the question best, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from ergo_agent.policies.ocr.encoder import SentenceEncoder
from ergo_agent.policies.ocr.finding.features import Features, features_of
from ergo_agent.policies.ocr.finding.matching import TermMatcher
from ergo_agent.policies.ocr.finding.question import Question
from ergo_agent.policies.ocr.finding.units import Unit

__all__ = ["WEIGHTS", "Scored", "rank"]

WEIGHTS = Features(
    covered=3.33,
    exact=2.89,
    by_key=0.01,
    around=1.04,
    meaning=2.97,
    context=3.02,
    key_meaning=0.03,
    first_kind=1.40,
    other_kind=-0.66,
    missing_kind=-0.74,
    rare_kind=1.01,
    pure_kind=0.62,
    precise=1.22,
    crossing=0.27,
    echo=0.45,
    defining=1.48,
    lost_code=-0.21,
    lost_name=-0.23,
    fresh=0.89,
    brief=-1.33,
    pair=0.25,
    cell=-0.55,
    row=0.49,
    hanging=-0.39,
)


@dataclass(frozen=True)
class Scored:
    """A unit with its features and its score."""

    unit: Unit
    features: Features
    score: float


def rank(
    question: Question, units: Sequence[Unit], encoder: SentenceEncoder
) -> tuple[list[Scored], TermMatcher]:
    """All units with their scores, the best first, and how the page's words match."""
    matcher = TermMatcher(question.terms, units, encoder)
    scored = [
        Scored(unit, features, _score(features))
        for unit, features in zip(
            units, features_of(question, units, matcher, encoder), strict=True
        )
    ]
    return sorted(scored, key=lambda item: -item.score), matcher


def _score(features: Features) -> float:
    return sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
