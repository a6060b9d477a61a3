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
    covered=3.42,
    exact=3.04,
    by_key=-0.03,
    around=0.73,
    meaning=3.16,
    context=2.82,
    key_meaning=-0.10,
    first_kind=1.24,
    other_kind=-0.59,
    missing_kind=-0.66,
    rare_kind=1.17,
    pure_kind=0.50,
    precise=1.05,
    crossing=0.33,
    echo=0.19,
    defining=1.42,
    lost_code=-0.22,
    lost_name=-0.05,
    fresh=0.86,
    brief=-1.29,
    pair=-0.14,
    cell=-0.84,
    row=0.80,
    hanging=-0.16,
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
