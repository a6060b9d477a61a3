"""What a question asks: its terms, the kind of answer, and the form it has."""

import re
from dataclasses import dataclass
from typing import Literal

from ergo_agent.policies.ocr.finder.kinds import expected_kinds
from ergo_agent.policies.ocr.finder.terms import Term, terms_of

__all__ = ["Question", "understand_question"]

Form = Literal["extract", "compare", "section", "definition"]

_SECTION = re.compile(
    r"\b(?:section|chapter|paragraph|part|clause|article|appendix|condition|conditions|terms?|rule|note)\s+"
    r"(?:(?:say\w*\s+)?(?:on|about|called|titled|named|entitled|headed|dealing with|for|of)\s+)?(?:the\s+)?"
    r"(?P<topic>[\"“']?.+?[\"”']?)\s*"
    r"(?:\b(?:say|about|contain|cover|describe|discuss|deal|mention|state|tell|explain|require|recommend)\w*\b.*)?\?*$",
    re.IGNORECASE,
)
_ABOUT_SECTION = re.compile(
    r"\b(?:section|chapter|clause|appendix)\b|\b(?:conditions?|terms?|rules?|paragraph|part|note)\s+(?:say\w*\s+)?(?:on|about)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"^(?:what\s+(?:is|are|was|were)(?:\s+meant\s+by)?\s+(?:an?\s+|the\s+)?(?P<a>[^?]{2,60}?)"
    r"|what\s+(?:does|do|did)\s+(?:an?\s+|the\s+)?(?P<b>[^?]{1,60}?)\s+(?:mean|stand for|do|refer to|specify|control|contain|indicate|denote|represent)"
    r"|(?:define|explain|describe)\s+(?P<c>[^?]{2,60}?))(?:\s+used for)?\s*\?*$",
    re.IGNORECASE,
)
_COMPARE = re.compile(r"(?P<first>[^,:?]+?)\s*,?\s+or\s+(?P<second>[^,?]+?)\s*\?*$", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?P<more>more|larger|bigger|greater|higher|longer|later|newer|heavier|faster|dearer|pricier|"
    r"wider|taller|hotter|stronger|older|earlier|less|fewer|smaller|lower|shorter|cheaper|lighter|"
    r"slower|younger|sooner|first|last|most|least|better|costlier|thicker|thinner|bigger)\b",
    re.IGNORECASE,
)
_LESS = frozenset(
    [
        "less",
        "fewer",
        "smaller",
        "lower",
        "shorter",
        "cheaper",
        "lighter",
        "slower",
        "earlier",
        "older",
        "sooner",
        "first",
        "least",
        "thinner",
    ]
)


@dataclass(frozen=True)
class Question:
    """A question taken apart."""

    text: str
    terms: tuple[Term, ...]
    kinds: tuple[str, ...]
    form: Form
    topic: str = ""
    """What a definition or a section question is about."""
    options: tuple[str, ...] = ()
    """The two things to compare."""
    wants_less: bool = False
    """Whether the smaller or earlier of the two is asked for."""


def understand_question(text: str) -> Question:
    """Take a question apart."""
    plain = " ".join(text.split())
    terms, kinds = terms_of(plain), expected_kinds(plain)
    compared = _compared(plain)
    if compared is not None:
        options, less = compared
        return Question(plain, terms, (), "compare", options=options, wants_less=less)
    section = _SECTION.search(plain) if _ABOUT_SECTION.search(plain) else None
    if section and section["topic"].strip():
        return Question(plain, terms, (), "section", topic=section["topic"].strip(" \"'“”"))
    definition = _DEFINITION.match(plain)
    if definition and not kinds:
        topic = next(part for part in definition.groups() if part)
        return Question(plain, terms, (), "definition", topic=topic)
    return Question(plain, terms, kinds, "extract")


def _compared(text: str) -> tuple[tuple[str, str], bool] | None:
    """The two things that a question compares, and whether the lesser is wanted."""
    degree = _COMPARED.search(text)
    tail = text[degree.end() :] if degree else ""
    _, comma, after = tail.rpartition(",") if tail.count(",") == 1 else tail.partition(",")
    match = _COMPARE.search(after if comma else tail.split(":")[-1])
    if not degree or not match:
        return None
    options = (match["first"].strip(" ,:"), match["second"].strip(" ,:"))
    return options, degree["more"].lower() in _LESS
