"""Questions about a section: found by its number or its title."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from ergo_agent.policies.ocr.finder.question import Question
from ergo_agent.policies.ocr.finder.terms import stems_in
from ergo_agent.policies.ocr.layout.page import PageLayout
from ergo_agent.policies.ocr.layout.sections import Heading, section_body
from ergo_agent.policies.ocr.models import SentenceEncoder
from ergo_agent.policies.ocr.text import TextLine

__all__ = ["Section", "find_section"]

_LIMIT = 300
_ALIKE = 0.6


@dataclass(frozen=True)
class Section:
    """The beginning of a section."""

    text: str
    lines: tuple[TextLine, ...]
    confidence: float
    reason: str


def find_section(question: Question, page: PageLayout, encoder: SentenceEncoder) -> Section | None:
    """The section that a question names; confidence 0 when no heading is like it.

    None when the page has no headings, so that other ways may be tried.
    """
    if not page.headings:
        return None
    scored = [(_likeness(question.topic, heading, encoder), heading) for heading in page.headings]
    likeness, heading = max(scored, key=lambda pair: pair[0])
    if likeness < _ALIKE:
        mentioned = any(stems_in(question.topic) <= stems_in(line.text) for line in page.fragments)
        if mentioned:
            return None
        return Section("", heading.lines, 0.0, f'No heading is about "{question.topic}".')
    return _body(heading, page, likeness)


def _likeness(topic: str, heading: Heading, encoder: SentenceEncoder) -> float:
    """How well a heading matches what a question calls the section, 0 to 1."""
    number = re.match(r"^(?:[A-Z]\.)?\d+(?:\.\d+)*", topic)
    if number:
        return 1.0 if heading.number.rstrip(".") == number.group() else 0.0
    wanted, offered = stems_in(topic), stems_in(heading.title)
    common = len(wanted & offered) / max(1, len(wanted))
    spelling = fuzz.token_set_ratio(topic.lower(), heading.title.lower()) / 100
    if not topic[:1].isalpha():
        return max(common, 0.5 * spelling)
    first, second = encoder.encode([topic, heading.title])
    return max(common, 0.9 * spelling if spelling > 0.8 else 0.0, float(first @ second))


def _body(heading: Heading, page: PageLayout, likeness: float) -> Section:
    """The first sentences under a heading, as many as the limit lets in."""
    paragraphs = section_body(heading, page.headings, page.paragraphs)
    text, lines = "", list(heading.lines)
    for paragraph in paragraphs:
        for sentence in paragraph.sentences():
            longer = f"{text} {sentence.text}".strip()
            if len(longer) > _LIMIT and text:
                return _section(text, lines, heading, likeness)
            text = longer[:_LIMIT]
            lines.extend(sentence.lines)
    return _section(text or heading.text, lines, heading, likeness)


def _section(text: str, lines: list[TextLine], heading: Heading, likeness: float) -> Section:
    unique = tuple(dict.fromkeys(lines))
    return Section(text, unique, 0.5 + 0.5 * likeness, f'The section "{heading.text}" matches.')
