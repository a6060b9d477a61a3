"""Which unit answers the question best, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from ergo_agent.policies.ocr.finding.features import Features, features_of
from ergo_agent.policies.ocr.finding.matching import TermMatcher
from ergo_agent.policies.ocr.finding.question import Question
from ergo_agent.policies.ocr.finding.units import Unit
from ergo_agent.policies.ocr.models import Models

__all__ = ["SHORT_LIST", "WEIGHTS", "Scored", "rank"]

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


SHORT_LIST = 40
"""Units that the answer scorer reads; on the validation pages they hold the answer in 98 of 100
questions that have one."""
_BY_FEATURES = 2.0
"""Weight of the features' score beside the scorer's log-odds: of 0.5, 1, 2, 3 and 5 the one with
most right answers on 57 pages that neither was fitted on."""


@dataclass(frozen=True)
class Scored:
    """A unit with its features and its score."""

    unit: Unit
    features: Features
    answers: float
    """Log-odds that it answers the question, by the answer scorer."""
    score: float


def rank(
    question: Question, units: Sequence[Unit], models: Models
) -> tuple[list[Scored], TermMatcher]:
    """The units that may answer, the best first, and how the page's words match.

    Features choose a short list among all units; the answer scorer reads it.
    """
    matcher = TermMatcher(question.terms, units, models.encoder)
    features = features_of(question, units, matcher, models.encoder)
    listed = sorted(
        ((_score(own), unit, own) for unit, own in zip(units, features, strict=True)),
        key=lambda item: -item[0],
    )[:SHORT_LIST]
    answers = models.scorer.scores(question.text, [unit.passage for _, unit, _ in listed])
    scored = [
        Scored(unit, own, odds, odds + _BY_FEATURES * score)
        for (score, unit, own), odds in zip(listed, answers, strict=True)
    ]
    return sorted(scored, key=lambda item: -item.score), matcher


def _score(features: Features) -> float:
    return sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
