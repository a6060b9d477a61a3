"""The larger or later of two: each is looked up by itself, then their values are compared."""

import re
from collections.abc import Callable
from typing import NamedTuple

from ergo_agent.policies.ocr.finder.finder import Finding, together
from ergo_agent.policies.ocr.finder.quantities import quantity_in

__all__ = ["Compared", "compared", "larger_of"]

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


def larger_of(asked: Compared, look_up: Callable[[str], Finding | None]) -> Finding | None:
    """The name of the one asked for, as sure as the less sure of both values.

    Args:
        asked: What is compared.
        look_up: Finds the answer to one question.

    Returns:
        None where a value is not found, or is no quantity like the other.
    """
    first, second = (look_up(f"What is the {asked.about} of {each}?") for each in asked.options)
    if first is None or second is None or {first.text, second.text} & set(asked.options):
        return None
    one, two = (quantity_in(each.text) for each in (first, second))
    if one is None or two is None or one.unit != two.unit or one.amount == two.amount:
        return None
    wins = (one.amount > two.amount) != asked.lesser
    return together(
        (first, second) if wins else (second, first),
        text=asked.options[0] if wins else asked.options[1],
        reason=f'Both values were read and compared: "{first.text}" and "{second.text}".',
    )
