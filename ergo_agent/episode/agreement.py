"""Whether two answers to one question say the same: the normaliser of a verification.

Both texts become a list of dates, numbers and words. Case, accents of quotes and dashes, white
space, punctuation and articles do not count. `1,328.30`, `1.328,30` and `1328.30` are one number,
as are `thirty` and `30`; where a sign may part thousands or decimals, either counts. `14 March
2026`, `2026-03-14` and `14.03.2026` are one date; where day and month may be either, both count.
Units have one name each, and one that stands before its number is moved behind it.

Two answers agree if their lists are the same, or one holds the other as a whole: what it has more
of then holds no number, no date and no denial. `30` agrees with `30 days` and not with `30 to 40`.

They are the same if their lists are: a list of guesses agrees with each of them, and is the same as
none.

Absent on purpose: meaning. `the landlord` and `the owner of the flat` do not agree.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

__all__ = ["agree", "same"]

_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS = {
    name[:length]: number
    for number, name in enumerate(_MONTH_NAMES, start=1)
    for length in (3, 4, len(name))
}
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_NUMERALS = {word: str(number) for number, word in enumerate(_ONES)} | {
    word: str(10 * number) for number, word in enumerate(_TENS, start=2)
}
_UNITS = {
    name: names[0]
    for names in (
        ("%", "percent", "pct"),
        ("eur", "€", "euro", "euros"),
        ("usd", "$", "dollar", "dollars"),
        ("gbp", "£", "pound sterling", "pounds sterling"),
        ("kg", "kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes"),
        ("g", "gram", "grams", "gramme", "grammes"),
        ("lb", "lbs", "pound", "pounds"),
        ("km", "kilometre", "kilometres", "kilometer", "kilometers"),
        ("m", "metre", "metres", "meter", "meters"),
        ("cm", "centimetre", "centimetres", "centimeter", "centimeters"),
        ("mm", "millimetre", "millimetres", "millimeter", "millimeters"),
        ("l", "litre", "litres", "liter", "liters"),
        ("ml", "millilitre", "millilitres", "milliliter", "milliliters"),
        ("year", "years", "yr", "yrs"),
        ("month", "months"),
        ("week", "weeks"),
        ("day", "days"),
        ("h", "hour", "hours", "hr", "hrs"),
        ("min", "minute", "minutes", "mins"),
        ("s", "second", "seconds", "sec", "secs"),
        ("v", "volt", "volts"),
        ("w", "watt", "watts"),
        ("kw", "kilowatt", "kilowatts"),
        ("°c", "degrees celsius", "degree celsius"),
        ("°f", "degrees fahrenheit", "degree fahrenheit"),
    )
    for name in names
}
_BEFORE = frozenset({"eur", "usd", "gbp"})
"""Units that people write before their number."""

_SILENT = frozenset({"the", "a", "an"})
_DENIES = frozenset({"not", "no", "never", "none", "without", "except", "neither", "nor"})

_SIGNS = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2212": "-"})
_LONGEST = 2000
"""Characters of an answer that are compared; a longer one is no answer."""

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_PART = re.compile(
    r"(?P<iso>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d))"
    r"|(?P<dotted>(?<![\d.])\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:\d{4}|\d{2})(?!\d))"
    rf"|(?P<day_first>(?<!\d)\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s)?(?:{_MONTH})\.?,?\s\d{{4}}(?!\d))"
    rf"|(?P<month_first>\b(?:{_MONTH})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}(?!\d))"
    r"|(?P<number>[-+]?(?<!\d)\d+(?:[.,' ]\d{3}(?!\d))*(?:[.,]\d+)?)"
    r"|(?P<unit>degrees? (?:celsius|fahrenheit)|pounds? sterling|°[cf]|[%€$£])"
    r"|(?P<word>[^\W\d_]+)"
)


class _Part(NamedTuple):
    kind: str
    """`date`, `number` or `word`."""

    may_be: frozenset[str]
    """What it may stand for; of a word just itself."""

    def same(self, other: "_Part") -> bool:
        return self.kind == other.kind and not self.may_be.isdisjoint(other.may_be)


def agree(first: str | None, second: str | None) -> bool:
    """Whether two answers say the same; no answer agrees with nothing.

    Args:
        first: An answer.
        second: Another one to the same question.
    """
    if first is None or second is None:
        return False
    short, long = sorted((_parts(first), _parts(second)), key=len)
    if not short:
        return " ".join(first.split()) == " ".join(second.split())
    for start in range(len(long) - len(short) + 1):
        end = start + len(short)
        if all(mine.same(other) for mine, other in zip(short, long[start:end], strict=True)):
            return _says_no_more([*long[:start], *long[end:]])
    return False


def same(first: str | None, second: str | None) -> bool:
    """Whether two answers are the same, neither saying more; no answer is the same as nothing.

    Args:
        first: An answer.
        second: Another one to the same question.
    """
    if first is None or second is None:
        return False
    mine, others = _parts(first), _parts(second)
    if not mine and not others:
        return " ".join(first.casefold().split()) == " ".join(second.casefold().split())
    return len(mine) == len(others) and all(
        one.same(other) for one, other in zip(mine, others, strict=True)
    )


def _says_no_more(rest: Sequence[_Part]) -> bool:
    return all(part.kind == "word" and part.may_be.isdisjoint(_DENIES) for part in rest)


def _parts(text: str) -> list[_Part]:
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).translate(_SIGNS).casefold()
    parts = [part for part in _read(" ".join(folded.split())) if part.may_be.isdisjoint(_SILENT)]
    for at in range(len(parts) - 1):
        before, after = parts[at : at + 2]
        if after.kind == "number" and not before.may_be.isdisjoint(_BEFORE):
            parts[at : at + 2] = [after, before]
    return parts


def _read(text: str) -> Iterator[_Part]:
    for found in _PART.finditer(text):
        kind, said = found.lastgroup or "", found[0]
        if kind in {"unit", "word"}:
            known = _NUMERALS.get(said)
            word = _Part("word", frozenset({_UNITS.get(said, said)}))
            yield word if known is None else _Part("number", frozenset({known}))
        elif kind == "number":
            yield _Part("number", frozenset(_values(said)))
        else:
            days = frozenset(_days(said))
            yield _Part("date", days or frozenset({said}))


def _values(said: str) -> Iterator[str]:
    """What a number may be worth, in plain notation."""
    bare = said.lstrip("+").replace(" ", "").replace("'", "")
    signs = [letter for letter in bare if letter in ".,"]
    if not signs:
        yield _plain(bare)
    elif len(set(signs)) == 2:
        parts, points = (",", ".") if signs[-1] == "." else (".", ",")
        yield _plain(bare.replace(parts, "").replace(points, "."))
    else:
        if len(signs) == 1:
            yield _plain(bare.replace(signs[0], "."))
        if re.fullmatch(r"-?\d{1,3}(?:[.,]\d{3})+", bare):
            yield _plain(bare.replace(signs[0], ""))


def _plain(number: str) -> str:
    whole, _, rest = number.partition(".")
    whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def _days(said: str) -> Iterator[str]:
    """The days that a date may be, as ISO writes them."""
    month = next((_MONTHS[word] for word in re.findall(r"[a-z]+", said) if word in _MONTHS), None)
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    if month is not None:
        day, year = numbers
        orders = [(year, month, day)]
    elif said[:4].isdecimal():
        orders = [(numbers[0], numbers[1], numbers[2])]
    else:
        one, two, year = numbers
        year += 2000 if year < 100 else 0
        orders = [(year, two, one), (year, one, two)]
    for order in orders:
        try:
            yield date(*order).isoformat()
        except ValueError:
            continue
