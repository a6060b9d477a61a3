"""Numbers, amounts and dates as quantities that can be compared."""

import re
from dataclasses import dataclass
from datetime import date

__all__ = ["Quantity", "quantity_in"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Z][a-z]{2,8})\.?,?\s+(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([A-Z][a-z]{2,8})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_DOTTED = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](\d{4})\b")
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:\.\d{3})+,\d{1,2}\b|\d+(?:[,\u00a0 ]\d{3})*(?:[.,]\d+)?)"
    r"(?:\s*[-–]\s*\d+(?:\.\d+)?)?\s*([kMGT](?=i?[Bb]?\b))?"
)
_SCALE = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


@dataclass(frozen=True)
class Quantity:
    """A value with the text it was read from."""

    amount: float
    unit: str
    """`date` (amount in days) or `number`."""
    text: str


def quantity_in(text: str) -> Quantity | None:
    """The quantity that a short text gives: a date where there is one, else its first number."""
    return _date_in(text) or _number_in(text)


def _date_in(text: str) -> Quantity | None:
    """The first date of a text."""
    for pattern, order in (
        (_ISO, "ymd"),
        (_DAY_FIRST, "dmy"),
        (_MONTH_FIRST, "mdy"),
        (_DOTTED, "dmy"),
    ):
        match = pattern.search(text)
        if match:
            parts = dict(zip(order, match.groups(), strict=True))
            day = _day(parts["y"], parts["m"], parts["d"])
            if day is not None:
                return Quantity(float(day), "date", match.group().strip())
    return None


def _day(year: str, month: str, day: str) -> int | None:
    number = int(month) if month.isdigit() else _month(month)
    try:
        return date(int(year), number, int(day)).toordinal()
    except ValueError:
        return None


def _month(name: str) -> int:
    short = name[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _number_in(text: str) -> Quantity | None:
    """The first number of a text, with thousands and decimal marks understood."""
    match = _NUMBER.search(text)
    if not match:
        return None
    digits = re.split(r"(?<=\d)\s*[-–]\s*(?=\d)", match.group().rstrip("kMGT "))[0]
    digits = digits.replace("\u00a0", "").replace(" ", "")
    if re.search(r",\d{1,2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        amount = float(digits.replace(",", "")) * _SCALE.get(match[1] or "", 1.0)
    except ValueError:
        return None
    return Quantity(amount, "number", match.group().strip())
