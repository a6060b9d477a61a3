"""Numbers as people write them: 1.328,30 EUR, $1,328.30, 1 328,30, 1'328.30, (12.00), 12,00-."""

import re
from decimal import Decimal

from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.written_words import currency_codes

__all__ = ["amount_in"]

_NUMBER = re.compile(
    r"(?<![\w.,/:-])(?P<sign>[-+−–])?\s?"
    r"(?P<digits>\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?|\d[\d.,'’]*\d|\d)"
    r"(?P<end>[.,]?[-–—]{1,2}(?!\w))?"
)
_ATTACHED = re.compile(r"^(?:[a-zµ%°€$£¥²³/]+[A-Za-z²³]*|[A-Z]{3})?(?=\W|$)")
"""What may follow a number without a blank: a unit, a currency."""
_SCALED = re.compile(
    r"^\s*(?:k|tsd|mio|mrd|bn|thousand|million|billion|millionen|milliarden|tausend)\b\.?",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[.,'’ \u00a0\u2009\u202f]")


def amount_in(text: str, habits: Habits, *, whole: bool = False) -> Decimal:
    """The one number that a text holds.

    Units, currencies and words around it are left out; a percentage is its number.

    Args:
        text: As it was read.
        habits: How the document writes numbers.
        whole: Whether it is to be a whole number: 1.250 is then none with decimals.

    Raises:
        ValueError: If it holds none, or several, or one that can be read in two ways.
    """
    bare = _without_codes(text.strip())
    found = list(_NUMBER.finditer(bare))
    if not found:
        raise ValueError("it holds no number")
    if len(found) > 1 or sum(map(str.isdecimal, bare)) > sum(
        map(str.isdecimal, found[0]["digits"])
    ):
        raise ValueError("it holds more than one number")
    number = found[0]
    rest = bare[number.end() :]
    if not _ATTACHED.match(rest):
        raise ValueError("it is a name or a code, and no number")
    if _SCALED.match(rest):
        raise ValueError("it is written in thousands or millions")
    value = _read(number["digits"], habits, whole=whole)
    bracketed = bare[: number.start()].rstrip(" €$£").endswith("(") and ")" in rest
    trailing = number["end"] in {"-", "–"}
    return -value if number["sign"] in {"-", "−", "–"} or bracketed or trailing else value


def _read(digits: str, habits: Habits, *, whole: bool) -> Decimal:
    """A number by its marks.

    Raises:
        ValueError: If its marks make no number, or two.
    """
    marks = _MARKS.findall(digits)
    if not marks:
        return Decimal(digits)
    last, parts = marks[-1], _MARKS.split(digits)
    if len(set(marks)) > 2 or (len(set(marks)) == 2 and last in marks[:-1]):
        raise ValueError("its marks make no number")
    grouped = all(len(part) == 3 for part in parts[1:]) and 0 < len(parts[0]) <= 3
    if len(set(marks)) == 2:
        if last not in {".", ","} or not all(len(part) == 3 for part in parts[1:-1]):
            raise ValueError("its marks make no number")
        return Decimal("".join(parts[:-1]) + "." + parts[-1])
    if len(marks) > 1 or last not in {".", ","}:
        if not grouped:
            raise ValueError("its marks make no number")
        return Decimal("".join(parts))
    with_decimals = Decimal(f"{parts[0]}.{parts[1]}")
    if not grouped or parts[0] == "0":
        return with_decimals
    if habits.decimal is None and not whole:
        raise ValueError(
            f"{digits} is {with_decimals} or {''.join(parts)}, and no other number of the document "
            "tells which"
        )
    return with_decimals if habits.decimal == last else Decimal("".join(parts))


def _without_codes(text: str) -> str:
    """A text with a blank between a number and the code of a currency before it."""
    spaced = re.sub(r"([€$£¥])(?=[-−]?\d)", r"\1 ", text)
    return re.sub(
        r"\b([A-Z]{2,3})(?=\d)",
        lambda found: f"{found[1]} " if found[1] in currency_codes() else found[1],
        spaced,
    )
