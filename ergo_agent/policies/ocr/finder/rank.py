"""Which unit answers the question best, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from ergo_agent.policies.ocr.finder.features import Features, add_meaning, features_of
from ergo_agent.policies.ocr.finder.match import TermMatcher
from ergo_agent.policies.ocr.finder.question import Question
from ergo_agent.policies.ocr.finder.units import Unit
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
"""Units that are looked at closely. On the validation pages they hold the answer in 327 of 330
questions that have one, of 70 units a page."""
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

    What is cheap chooses what is dear: the wording of all units chooses the short list, whose
    meaning is worked out and which the answer scorer reads.
    """
    matcher = TermMatcher(question.terms, units, models.encoder)
    worded = zip(units, features_of(question, units, matcher), strict=True)
    listed = sorted(worded, key=lambda item: -_score(item[1]))[:SHORT_LIST]
    some = [unit for unit, _ in listed]
    features = add_meaning(question, some, [own for _, own in listed], models.encoder)
    answers = models.scorer.scores(question.text, [unit.passage for unit in some])
    scored = [
        Scored(unit, own, odds, odds + _BY_FEATURES * _score(own))
        for unit, own, odds in zip(some, features, answers, strict=True)
    ]
    return sorted(scored, key=lambda item: -item.score), matcher


def _score(features: Features) -> float:
    return sum(weight * value for weight, value in zip(WEIGHTS, features, strict=True))
