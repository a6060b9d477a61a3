"""Dates and times as people write them: 14 March 2026, 24/12/2025, 24.12.25, 2026-03-14."""

import re
from datetime import date, datetime, time

from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.written_words import month_numbers

__all__ = ["date_in", "datetime_in", "time_in"]

_ISO = re.compile(r"(?<![\d/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])")
_NUMBERS = re.compile(
    r"(?<![\d/.-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d|[/-]\d)"
)
_DAY_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.|º|er)?[\s-]*(?:(?:of|de|di)\s+)?"
    r"([^\W\d_]{3,})\.?,?[\s-]*(?:de|del)?\s*['’]?(\d{4}|\d{2})(?!\d)",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    r"\b([^\W\d_]{3,})\.?\s*(\d{1,2})(?:st|nd|rd|th)?\s*[,.]?\s*(\d{4})(?!\d)", re.IGNORECASE
)
_CLOCK = re.compile(
    r"(?<![\d:.])(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([ap]\.?m\b\.?)?(?![\d:])", re.IGNORECASE
)
_HOUR = re.compile(r"(?<![\d:.])(\d{1,2})\s*([ap])\.?m\b", re.IGNORECASE)
_PIVOT = 69
"""Years of two digits from which they belong to the last century, as POSIX has it."""


def date_in(text: str, habits: Habits) -> date:
    """The one date that a text holds; words and a time around it are left out.

    Args:
        text: As it was read.
        habits: Whether the document writes the day first.

    Raises:
        ValueError: If it holds none, one that is incomplete, several, or one that can be read in
            two ways.
    """
    found = {each.group(): _iso(each) for each in _ISO.finditer(text)}
    found |= {each.group(): _numbered(each, habits) for each in _NUMBERS.finditer(text)}
    for pattern, day, month in ((_DAY_NAMED, 1, 2), (_NAMED_DAY, 2, 1)):
        for each in pattern.finditer(text):
            number = month_numbers().get(each[month].casefold())
            if number is not None:
                found[each.group()] = _day(each[3], number, int(each[day]))
    if not found:
        raise ValueError("it holds no date with day, month and year")
    if len(set(found.values())) > 1:
        raise ValueError("it holds more than one date")
    return next(iter(found.values()))


def time_in(text: str) -> time:
    """The one time of day that a text holds.

    Raises:
        ValueError: If it holds none, or several.
    """
    found = {_clock(each) for each in _CLOCK.finditer(text)}
    found |= {time(_hour(int(each[1]), each[2])) for each in _HOUR.finditer(text)}
    if not found:
        raise ValueError("it holds no time of day")
    if len(found) > 1:
        raise ValueError("it holds more than one time of day")
    return found.pop()


def datetime_in(text: str, habits: Habits) -> datetime:
    """The date and time that a text holds.

    Raises:
        ValueError: If it lacks one of them, or holds several.
    """
    return datetime.combine(date_in(text, habits), time_in(text))


def _iso(found: re.Match[str]) -> date:
    return _day(found[1], int(found[3]), int(found[4]))


def _numbered(found: re.Match[str], habits: Habits) -> date:
    """A date of three numbers; dots are written by those who begin with the day."""
    first, second = int(found[1]), int(found[3])
    if found[2] == "." or first > 12 or first == second:
        return _day(found[4], second, first)
    if second > 12:
        return _day(found[4], first, second)
    if habits.day_first is None:
        raise ValueError(
            f"{found.group()} begins with the day or the month, and no other date of the document "
            "tells which"
        )
    return _day(found[4], *((second, first) if habits.day_first else (first, second)))


def _day(year: str, month: int, day: int) -> date:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _PIVOT else 2000
    try:
        return date(number, month, day)
    except ValueError:
        raise ValueError(f"there is no day {day} in month {month} of {number}") from None


def _clock(found: re.Match[str]) -> time:
    hour = int(found[1])
    if found[4]:
        hour = _hour(hour, found[4][0])
    try:
        return time(hour, int(found[2]), int(found[3] or 0))
    except ValueError:
        raise ValueError(f"{found.group().strip()} is no time of day") from None


def _hour(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise ValueError(f"there is no hour {hour} in half a day")
    return hour % 12 + (12 if half.lower() == "p" else 0)
