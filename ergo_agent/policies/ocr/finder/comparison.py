"""The larger or later of two: each is looked up on its own, then their values are compared."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from ergo_agent.policies.ocr.finder.kinds import kinds_in
from ergo_agent.policies.ocr.finder.question import Question, understand_question
from ergo_agent.policies.ocr.finder.rank import Scored, rank
from ergo_agent.policies.ocr.finder.terms import stems_in, terms_of
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from ergo_agent.policies.ocr.finder.values import Quantity, quantity_in
from ergo_agent.policies.ocr.layout.page import PageLayout
from ergo_agent.policies.ocr.models import Models
from ergo_agent.policies.ocr.text import TextLine

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """Which of two has the larger (or smaller) value, with both values."""

    text: str
    lines: tuple[TextLine, ...]
    confidence: float
    reason: str


@dataclass(frozen=True)
class _Side:
    name: str
    value: Quantity
    scored: Scored


def compare(question: Question, page: PageLayout, models: Models) -> Comparison | None:
    """Answer a question about the larger or later of two; None when a value is not found."""
    units = units_of(page)
    property_asked = question.text
    for option in question.options:
        property_asked = property_asked.replace(option, " ")
    property_asked = re.sub(r"\s*,?\s+or\s+", " ", property_asked)
    sides = [_look_up(option, property_asked, units, models) for option in question.options]
    if sides[0] is None or sides[1] is None or sides[0].value.unit != sides[1].value.unit:
        return None
    first, second = sides[0], sides[1]
    if first.value.amount == second.value.amount:
        return None
    larger, lesser = (
        (first, second) if first.value.amount > second.value.amount else (second, first)
    )
    winner, other = (lesser, larger) if question.wants_less else (larger, lesser)
    text = f"{winner.name} ({winner.value.text}; {other.name}: {other.value.text})"
    lines = tuple(dict.fromkeys((*winner.scored.unit.lines, *other.scored.unit.lines)))
    confidence = 0.62 + 0.3 * min(winner.scored.features.covered, other.scored.features.covered)
    return Comparison(text[:300], lines, confidence, "Both values were read and compared.")


def _look_up(option: str, asked: str, units: list[Unit], models: Models) -> _Side | None:
    """The value of one of the two things."""
    name = re.sub(r"^(?:the|an?|that of|those of|of)\s+", "", option.strip(), flags=re.IGNORECASE)
    name = re.sub(r"['’]s$", "", name)
    wanted = {term.stem for term in terms_of(f"the {name}")} or stems_in(name)
    fitting = [unit for unit in units if _names(unit, wanted)]
    if not fitting:
        return None
    question = understand_question(f"{asked} {name}")
    scored, _ = rank(question, fitting, models)
    values = [item for item in scored if item.unit.shape in ("cell", "pair")]
    kinds = question.kinds[:1]
    typed = [item for item in values if not kinds or kinds[0] in kinds_in(item.unit.text)]
    for candidate in (*typed, *scored)[:12]:
        value = quantity_in(candidate.unit.text, ignoring=name, asked=asked)
        if value is not None:
            return _Side(name, value, candidate)
    return None


def _names(unit: Unit, wanted: Collection[str]) -> bool:
    """Whether a unit speaks of the thing: in its key, its row or its text."""
    said = stems_in(unit.key if unit.shape == "cell" else f"{unit.key} {unit.text}")
    return len(said.intersection(wanted)) >= 0.75 * len(wanted)
