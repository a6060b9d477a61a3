"""Finds the answer to a question on a page, or says that it is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ergo_agent.policies.ocr.finder.acronyms import expansion_of
from ergo_agent.policies.ocr.finder.certainty import certainty
from ergo_agent.policies.ocr.finder.comparison import Comparison, compare
from ergo_agent.policies.ocr.finder.question import Question, understand_question
from ergo_agent.policies.ocr.finder.quote import quote
from ergo_agent.policies.ocr.finder.rank import Scored, rank
from ergo_agent.policies.ocr.finder.section import find_section
from ergo_agent.policies.ocr.finder.superlatives import extreme_of
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from ergo_agent.policies.ocr.layout.page import PageLayout, understand
from ergo_agent.policies.ocr.models import Models, shared_models
from ergo_agent.policies.ocr.text import TextLine

__all__ = ["Finding", "find"]

ENOUGH = 0.65
"""Confidence from which an answer is given; four of five questions without one stay below it."""


@dataclass(frozen=True)
class Finding:
    """The best answer on a page, given or not."""

    text: str
    """The answer, verbatim, at most 300 characters."""
    lines: tuple[TextLine, ...]
    """Where it stands."""
    key_lines: tuple[TextLine, ...]
    """Where its label, row or column header stands."""
    confidence: float
    reason: str
    """Why, in words, for the policy's reasoning."""

    @property
    def found(self) -> bool:
        """Whether the confidence suffices to give the answer."""
        return self.confidence >= ENOUGH


def find(
    question: str, lines: Sequence[TextLine], *, models: Models | None = None
) -> Finding | None:
    """The best answer to a question among the lines of a page; None on a page without text."""
    models = models or shared_models()
    page, units = _understood(tuple(lines))
    asked = understand_question(question)
    special = _special(asked, page, models)
    if special is not None:
        return special
    if not units:
        return None
    scored, matcher = rank(asked, units, models)
    best = scored[0]
    text, where = quote(best, scored, matcher, page.rows)
    confidence = certainty(scored, matcher)
    return Finding(text, where, best.unit.key_lines, confidence, _reason(best))


@lru_cache(maxsize=32)
def _understood(lines: tuple[TextLine, ...]) -> tuple[PageLayout, tuple[Unit, ...]]:
    """A page's arrangement and units, worked out once however many questions are asked about it."""
    page = understand(lines)
    return page, tuple(units_of(page))


def _special(asked: Question, page: PageLayout, models: Models) -> Finding | None:
    """Answers to questions that take more than one place, or a whole section."""
    if asked.form == "section":
        section = find_section(asked, page, models.encoder)
        if section is not None:
            return Finding(section.text, section.lines, (), section.confidence, section.reason)
    if asked.form == "definition":
        expanded = expansion_of(asked.topic, page.fragments)
        if expanded is not None:
            return Finding(
                expanded[0], (expanded[1],), (), 1.0, "Its words begin with the letters."
            )
    if asked.form == "compare":
        return _compared(compare(asked, page, models))
    return _compared(extreme_of(asked.text, page, models.encoder))


def _compared(found: Comparison | None) -> Finding | None:
    if found is None:
        return None
    return Finding(found.text, found.lines, (), found.confidence, found.reason)


def _reason(best: Scored) -> str:
    unit = best.unit
    if unit.key:
        return f'The text stands with "{unit.key}".'
    return f"The passage covers {best.features.covered:.0%} of what is asked."
