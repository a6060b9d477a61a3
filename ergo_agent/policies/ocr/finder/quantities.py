"""Numbers, amounts and dates as quantities that can be compared."""

import re
from contextlib import suppress
from datetime import date
from typing import NamedTuple

__all__ = ["Quantity", "quantity_in"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATES = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(
        r"\b(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?\s+(?P<month>[A-Z][a-z]{2,8})\.?,?\s+(?P<year>\d{4})\b"
    ),
    re.compile(
        r"\b(?P<month>[A-Z][a-z]{2,8})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})\b"
    ),
    re.compile(r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})\b"),
)
_NUMBER = re.compile(
    r"(?<![\w.])(?P<number>[-+]?"
    r"(?:\d{1,3}(?:\.\d{3})+,\d{1,2}\b|\d+(?:[,\u00a0 ]\d{3})*(?:[.,]\d+)?))"
    r"(?:\s*[-–]\s*\d+(?:\.\d+)?)?\s*(?P<scale>[kMGT](?=i?[Bb]?\b))?"
)


class Quantity(NamedTuple):
    """A value with what it measures."""

    amount: float
    unit: str
    """`date` (amount in days) or `number`."""


def quantity_in(text: str) -> Quantity | None:
    """The quantity that a short text gives: a date where there is one, else its first number."""
    return _date_in(text) or _number_in(text)


def _date_in(text: str) -> Quantity | None:
    """The first date of a text."""
    for found in filter(None, (pattern.search(text) for pattern in _DATES)):
        short = found["month"][:3].lower()
        month = _MONTHS.index(short) + 1 if short in _MONTHS else short
        with suppress(ValueError):  # there is no such day
            day = date(int(found["year"]), int(month), int(found["day"]))
            return Quantity(float(day.toordinal()), "date")
    return None


def _number_in(text: str) -> Quantity | None:
    """The first number of a text, with thousands and decimal marks understood."""
    found = _NUMBER.search(text)
    if not found:
        return None
    digits = re.sub("[\u00a0 ]", "", found["number"])
    if re.search(r",\d{1,2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    with suppress(ValueError):  # its marks make no number
        thousands = 1 + "kMGT".find(found["scale"] or "none")
        return Quantity(float(digits.replace(",", "")) * 1000**thousands, "number")
    return None
