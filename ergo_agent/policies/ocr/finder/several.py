"""Several questions in one: each is looked up by itself, and all are answered or none.

One for the larger or later of two is several, too: their values are looked up and compared.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from ergo_agent.layout.text import TextLine
from ergo_agent.policies.ocr.finder.finder import Accepts, Finding, find
from ergo_agent.policies.ocr.finder.limits import READ
from ergo_agent.policies.ocr.finder.quantities import quantity_in
from ergo_agent.policies.ocr.models import Models

__all__ = ["Compared", "compared", "find_each", "questions_in"]

_ASKING = r"(?:what|when|where|who|whom|whose|which|why|how|until\s+when|by\s+when)\b"
_NEXT = re.compile(rf"(?<=\?)\s+(?=\w)|\s*,?\s+and\s+(?={_ASKING})", re.IGNORECASE)
_WHOLE = re.compile(rf"^\W*(?:(?:and|by|at|in|on|to|for|from)\s+)?{_ASKING}", re.IGNORECASE)

_LESS = (
    "less|fewer|smaller|lower|shorter|cheaper|lighter|slower|earlier|older|sooner|first|least|"
    "thinner|nearer"
)
_MORE = (
    "more|larger|bigger|greater|higher|longer|later|newer|heavier|faster|dearer|pricier|wider|"
    "taller|hotter|stronger|most|costlier|thicker|last"
)
_DEGREE = re.compile(rf"\b(?:(?P<less>{_LESS})|{_MORE})\b(?:\s+than)?", re.IGNORECASE)
_OPTIONS = re.compile(
    r"[,:]\s*(?P<first>[^,:?]{1,80}?)\s*,?\s+or\s+(?P<second>[^,?]{1,80}?)\s*\?*$", re.IGNORECASE
)
_FORMING = re.compile(r"\b(?:which|what|who|is|are|has|have|had|was|were|does|the|of)\b", re.I)


def questions_in(text: str) -> list[str]:
    """The questions that a text asks, mostly one.

    It is cut behind question marks, and before `and` with a question word, where every part then
    begins as a question does. What is longer than what is read of a question is taken as one.
    """
    parts = [part.strip(" ,;") for part in _NEXT.split(text.strip())]
    whole = all(_WHOLE.match(part) and len(part.split()) > 2 for part in parts)
    return parts if whole and len(parts) > 1 and len(text) <= READ else [text.strip()]


def find_each(
    text: str,
    lines: Sequence[TextLine],
    *,
    models: Models | None = None,
    threshold: float | None = None,
    accepts: Accepts | None = None,
) -> Finding | None:
    """The answer to all questions of a text, parted by semicolons; see `find`.

    It is as sure as the least sure of them.
    """

    def look_up(question: str) -> Finding | None:
        return find(question, lines, models=models, threshold=threshold, accepts=accepts)

    asked = compared(text) if accepts is None else None
    if asked is not None:
        return _larger_of(asked, look_up) or look_up(text)
    asking = questions_in(text) if accepts is None else [text]
    found = [look_up(each) for each in asking]
    known = [each for each in found if each is not None]
    if len(known) < 2:
        return known[0] if known else None
    text = "; ".join(each.text for each in known)
    return _together(known, text=text, reason=" ".join(each.reason for each in known))


class Compared(NamedTuple):
    """A question for the larger or smaller of two."""

    options: tuple[str, str]
    about: str
    """What is compared."""
    lesser: bool
    """Whether the smaller, cheaper or earlier one is asked for."""


def compared(question: str) -> Compared | None:
    """What a question compares; None where it compares nothing."""
    options = _OPTIONS.search(question)
    head = question[: options.start()] if options else ""
    degree = _DEGREE.search(head)
    if options is None or degree is None:
        return None
    about = " ".join(_FORMING.sub(" ", _DEGREE.sub(" ", head)).split())
    first, second = (_name(options[side]) for side in ("first", "second"))
    return Compared((first, second), about, bool(degree["less"]))


def _name(option: str) -> str:
    return re.sub(r"^(?:the|an?|that of|those of|of)\s+|['’]s$", "", option.strip(), flags=re.I)


def _larger_of(asked: Compared, look_up: Callable[[str], Finding | None]) -> Finding | None:
    """The name of the one asked for; None where a value is not found, or unlike the other."""
    first, second = (look_up(f"What is the {asked.about} of {each}?") for each in asked.options)
    if first is None or second is None or {first.text, second.text} & set(asked.options):
        return None
    one, two = (quantity_in(each.text) for each in (first, second))
    if one is None or two is None or one.unit != two.unit or one.amount == two.amount:
        return None
    wins = (one.amount > two.amount) != asked.lesser
    return _together(
        (first, second) if wins else (second, first),
        text=asked.options[0] if wins else asked.options[1],
        reason=f'Both values were read and compared: "{first.text}" and "{second.text}".',
    )


def _together(found: Sequence[Finding], *, text: str, reason: str) -> Finding:
    """One finding out of several, as sure as the least sure of them."""
    return replace(
        min(found, key=lambda each: each.confidence),
        text=text,
        lines=tuple(dict.fromkeys(line for each in found for line in each.lines)),
        whole_lines=tuple(dict.fromkeys(line for each in found for line in each.whole_lines)),
        key_lines=tuple(dict.fromkeys(line for each in found for line in each.key_lines)),
        quote=" … ".join(dict.fromkeys(each.quote for each in found)),
        reason=reason,
    )
