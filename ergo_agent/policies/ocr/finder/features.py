"""What speaks for and against a unit being the answer, as numbers between 0 and 1."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from ergo_agent.policies.ocr.finder.kinds import kinds_in, spans_of_kind
from ergo_agent.policies.ocr.finder.match import EXACT, TermMatcher
from ergo_agent.policies.ocr.finder.question import Question
from ergo_agent.policies.ocr.finder.terms import stems_in, words_in
from ergo_agent.policies.ocr.finder.units import Unit
from ergo_agent.policies.ocr.models import SentenceEncoder

__all__ = ["Features", "add_meaning", "features_of"]

_TELLING = frozenset(
    ["email", "url", "phone", "postcode", "version", "percent", "clock", "money", "date", "street"]
)
"""Kinds that answer a question by themselves when a page holds just one of them."""
_TEXT_SHARE = {"pair": 0.55, "cell": 0.5, "hanging": 0.85}
_SAYS = (
    r"\W{0,3}(?:\([^)]*\)\s*)?(?:is|are|was|were|means?|stands? for|refers? to|denotes?|"
    r"describes?|specif(?:y|ies)|defines?|contains?|=|:|–|—|-)\s"
)


class Features(NamedTuple):
    """Features of one unit for one question."""

    covered: float
    """Share of the question's terms matched anywhere in or around the unit, by rarity."""
    exact: float
    """The same, counting only exact matches."""
    by_key: float
    """Share of the terms matched by the label or headers alone."""
    around: float
    """Share of the terms matched by heading and neighbours alone."""
    meaning: float
    """Cosine similarity of question and unit."""
    context: float
    """Cosine similarity of question and unit with its heading and neighbours."""
    key_meaning: float
    """Cosine similarity of question and label, 0 without one."""
    first_kind: float
    """1 when the unit holds the kind of answer expected first."""
    other_kind: float
    """1 when it holds another kind that would do."""
    missing_kind: float
    """1 when a kind is expected and not held."""
    rare_kind: float
    """How few units hold the expected kind, for this unit if it does."""
    pure_kind: float
    """The share of the unit's letters that the expected kind takes up."""
    precise: float
    """Share of the label's words that the question speaks of."""
    crossing: float
    """For a cell: how well its column header and its row, each by itself, are asked for."""
    echo: float
    """1 when the unit only repeats words of the question."""
    defining: float
    """How much it looks like the definition asked for."""
    lost_code: float
    """Share of the question's codes that neither unit nor surroundings hold."""
    lost_name: float
    """Share of the question's names that neither unit nor surroundings hold."""
    fresh: float
    """0 when the unit repeats the question's words, 1 with a number or from three new words."""
    brief: float
    """1 for a unit of one word, towards 0 for long ones."""
    pair: float
    cell: float
    row: float
    hanging: float


def features_of(question: Question, units: Sequence[Unit], matcher: TermMatcher) -> list[Features]:
    """The features of every unit, those of its meaning still 0; `add_meaning` fills them in."""
    rarity = _kind_rarity(question, units)
    return [_features(question, unit, matcher, rarity) for unit in units]


def add_meaning(
    question: Question,
    units: Sequence[Unit],
    features: Sequence[Features],
    encoder: SentenceEncoder,
) -> list[Features]:
    """The features of some units with what the sentence encoder makes of them."""
    asked = encoder.encode([question.text])[0]
    meanings = encoder.encode([unit.described[:400] for unit in units]) @ asked
    contexts = encoder.encode([_in_context(unit) for unit in units]) @ asked
    keys = encoder.encode([unit.key[:120] or "-" for unit in units]) @ asked
    return [
        own._replace(
            meaning=float(max(meaning, 0.85 * key) if unit.shape == "hanging" else meaning),
            context=float(context),
            key_meaning=float(key) if unit.key else 0.0,
        )
        for unit, own, meaning, context, key in zip(
            units, features, meanings, contexts, keys, strict=True
        )
    ]


def _in_context(unit: Unit) -> str:
    return f"{unit.around[:120]} {unit.described[:300]}".strip()


def _features(question: Question, unit: Unit, matcher: TermMatcher, rarity: float) -> Features:
    in_key, in_text = matcher.matches(unit.key), matcher.matches(unit.text)
    in_around = matcher.matches(unit.around)
    in_label = matcher.matches(unit.label) if unit.label else in_text
    both = _combined(unit, matcher, (in_key, in_text, in_around, in_label))
    held = kinds_in(unit.text) if question.kinds else frozenset()
    first = bool(question.kinds) and question.kinds[0] in held
    first = first or (question.kinds == ("measure", "number") and "number" in held)
    other = not first and any(kind in held for kind in question.kinds)
    return Features(
        covered=matcher.covered(both),
        exact=matcher.covered([float(match >= EXACT * 0.55) * match for match in both]),
        by_key=matcher.covered(in_key),
        around=matcher.covered(in_around),
        meaning=0.0,
        context=0.0,
        key_meaning=0.0,
        first_kind=float(first),
        other_kind=float(other),
        missing_kind=float(bool(question.kinds) and not first and not other),
        rare_kind=rarity if first else 0.0,
        pure_kind=_purity(unit.text, question.kinds) if first else 0.0,
        precise=_precision(unit, matcher),
        crossing=_crossing(unit, matcher),
        echo=_echo(question, unit),
        defining=_defining(question, unit),
        lost_code=_lost("code", matcher, both),
        lost_name=_lost("name", matcher, both),
        fresh=_freshness(question, unit),
        brief=1.0 / max(1, len(unit.text.split())),
        pair=float(unit.shape == "pair"),
        cell=float(unit.shape == "cell"),
        row=float(unit.shape == "row"),
        hanging=float(unit.shape == "hanging"),
    )


def _combined(unit: Unit, matcher: TermMatcher, places: tuple[Sequence[float], ...]) -> list[float]:
    """For each term its best match in key, text, surroundings or row label.

    A value that repeats a term counts less than its label does, and a number of one or two digits
    names a row only where it stands in the row's label.
    """
    text_share = _TEXT_SHARE.get(unit.shape, 0.95)
    around_share = 0.75 if unit.shape == "cell" else 0.5
    found = []
    for term, key, text, around, label in zip(matcher.terms, *places, strict=True):
        if unit.label and term.kind == "code" and len(term.stem) < 3:
            found.append(label)
        else:
            beside = (0.3 if term.kind == "code" else around_share) * around
            found.append(max(key, text_share * text, beside))
    return found


def _kind_rarity(question: Question, units: Sequence[Unit]) -> float:
    """1 when the page holds one answer of the expected kind, towards 0 for many."""
    if not question.kinds or question.kinds[0] not in _TELLING:
        return 0.0
    kind = question.kinds[0]
    held = {unit.text[a:b] for unit in units for a, b in spans_of_kind(unit.text, kind)}
    holding = len(held)
    if not holding:
        return 0.0
    return max(0.0, 1.0 - math.log(holding) / math.log(max(8, len(units) / 2)))


def _purity(text: str, kinds: Sequence[str]) -> float:
    """The share of a text that its longest span of an expected kind takes up."""
    spans = [span for kind in kinds[:2] for span in spans_of_kind(text, kind)]
    longest = max((end - start for start, end in spans), default=0)
    return min(1.0, longest / max(1, len(text.strip())))


def _precision(unit: Unit, matcher: TermMatcher) -> float:
    """The share of a label's words that the question speaks of: it should not say more."""
    stems = stems_in(unit.header or unit.key)
    return matcher.spoken_of(stems) if stems else 0.0


def _crossing(unit: Unit, matcher: TermMatcher) -> float:
    """How well header and row of a cell share out the question between them, 0 to 1."""
    if unit.shape != "cell" or not unit.header:
        return 0.0
    above = matcher.matches(unit.header)
    beside = matcher.matches(unit.label)
    left = [
        (weight, match)
        for weight, match, taken in zip(matcher.weights, beside, above, strict=True)
        if taken < 0.5
    ]
    total = sum(weight for weight, _ in left)
    if not total:
        return 0.0
    row = sum(weight * match for weight, match in left) / total
    return row * matcher.spoken_of(stems_in(unit.header))


def _lost(kind: str, matcher: TermMatcher, both: Sequence[float]) -> float:
    """The share of the terms of one kind that are not matched."""
    fixed = [m for term, m in zip(matcher.terms, both, strict=True) if term.kind == kind]
    return sum(match < 0.25 for match in fixed) / len(fixed) if fixed else 0.0


def _freshness(question: Question, unit: Unit) -> float:
    asked = {term.stem for term in question.terms}
    new = {stem for stem in stems_in(unit.text) if stem not in asked}
    valued = any(char.isdigit() for stem in new for char in stem)
    return 1.0 if valued else min(1.0, len(new) / 3)


def _echo(question: Question, unit: Unit) -> float:
    """1 when the answer says nothing that the question did not say already."""
    asked = {term.stem for term in question.terms}
    said = {stem for stem in stems_in(unit.text) if len(stem) > 1}
    return 1.0 if said and said <= asked else 0.0


def _defining(question: Question, unit: Unit) -> float:
    """How much a unit looks like the definition that a question asks for."""
    if question.form != "definition":
        return 0.0
    topic = " ".join(words_in(question.topic))
    if unit.key:
        alike = fuzz.token_sort_ratio(topic.lower(), unit.key.lower()) / 100
        key = stems_in(unit.key)
        if key and key <= stems_in(topic) and any(len(stem) > 3 for stem in key):
            alike = max(alike, 0.85)
        return alike if alike > 0.7 and len(unit.text.split()) > 2 else 0.0
    found = re.search(rf"{re.escape(topic)}{_SAYS}", unit.text, re.IGNORECASE)
    return 1.0 if found else 0.0
