"""How a document writes numbers and dates, told by those of its own that can be read in one way."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

__all__ = ["NO_HABITS", "Habits", "habits_of"]

_MONEY = re.compile(r"(?<![\d.,:/-])\d+(?:[.,'’]\d{3})*(?P<mark>[.,])\d{2}(?![\d.,:/-]*\d)")
"""A number with two decimals, as prices are; no part of a date, a time or a version."""
_GROUPED = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+(?P<point>\.)\d+|\d{1,3}(?:\.\d{3})+(?P<comma>,)\d+)(?![\d.,]*\d)"
)
_SLASHED = re.compile(r"(?<![\d/-])(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d/-])")
_MONTH_FIRST = re.compile(r"\b[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:st|nd|rd|th)?,\s*\d{4}\b")
_CLEARLY = 3
"""Times as often as the other that a habit must occur: a page with prices may hold a few times of
day or clause numbers that look like them. A guess; documents that mix habits would measure it."""


class Habits(NamedTuple):
    """How a document writes; None where it does not tell."""

    decimal: Literal[".", ","] | None = None
    """What stands before decimals."""

    day_first: bool | None = None
    """Whether 03/04/2026 is the third of April."""


NO_HABITS = Habits()


def habits_of(texts: Iterable[str]) -> Habits:
    """What the texts of a document tell of its habits.

    Dates tell by a number above 12, and by their spelt-out months; where none does, a decimal comma
    tells that the day comes first, since where the month does, decimals have a point.

    Args:
        texts: Lines or pages.
    """
    votes = {".": 0, ",": 0}
    days, months = 0, 0
    for text in texts:
        votes["."] += sum(1 for found in _GROUPED.finditer(text) if found["point"])
        votes[","] += sum(1 for found in _GROUPED.finditer(text) if found["comma"])
        for found in _MONEY.finditer(text):
            votes[found["mark"]] += 1
        for first, _, second in _SLASHED.findall(text):
            days += int(first) > 12 >= int(second)
            months += int(second) > 12 >= int(first)
        months += len(_MONTH_FIRST.findall(text))
    point = _one_of(votes["."], votes[","])
    decimal: Literal[".", ","] | None = None if point is None else "." if point else ","
    day_first = _one_of(days, months)
    if day_first is None and not days and not months and decimal == ",":
        day_first = True
    return Habits(decimal, day_first)


def _one_of(yes: int, no: int) -> bool | None:
    """Which of two occurs clearly more often; None for neither."""
    if yes > _CLEARLY * no:
        return True
    return False if no > _CLEARLY * yes else None
