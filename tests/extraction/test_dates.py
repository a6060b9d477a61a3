"""Dates and times as people write them, and what a document tells of its habits."""

import contextlib
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.extraction.dates import date_in, datetime_in, time_in
from ergo_agent.extraction.habits import NO_HABITS, Habits, habits_of

DAY_FIRST, MONTH_FIRST = Habits(day_first=True), Habits(day_first=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("14 March 2026", date(2026, 3, 14)),
        ("March 14, 2026", date(2026, 3, 14)),
        ("Mar 14 2026", date(2026, 3, 14)),
        ("14-Mar-2026", date(2026, 3, 14)),
        ("14March2026", date(2026, 3, 14)),
        ("5th of June 2025", date(2025, 6, 5)),
        ("14. März 2026", date(2026, 3, 14)),
        ("le 1er août 2025", date(2025, 8, 1)),
        ("14 de marzo de 2026", date(2026, 3, 14)),
        ("24/12/2025", date(2025, 12, 24)),
        ("12/24/2025", date(2025, 12, 24)),
        ("24.12.25", date(2025, 12, 24)),
        ("03.04.2026", date(2026, 4, 3)),
        ("2026-03-14", date(2026, 3, 14)),
        ("05/05/2025", date(2025, 5, 5)),
        ("24.12.69", date(1969, 12, 24)),
        ("Dunmarsh, Sat 14 Mar 2026, 10:30", date(2026, 3, 14)),
    ],
)
def test_a_date_that_can_be_read_in_one_way(text: str, value: date):
    for habits in (NO_HABITS, DAY_FIRST, MONTH_FIRST):
        assert date_in(text, habits) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("March 2026", "no date with day, month and year"),
        ("14 March", "no date with day, month and year"),
        ("30 days", "no date with day, month and year"),
        ("31.02.2025", "no day 31 in month 2"),
        ("12.03.2025 - 14.03.2025", "more than one date"),
        ("03/04/2026", "begins with the day or the month"),
    ],
)
def test_what_is_none_says_why(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        date_in(text, NO_HABITS)


def test_the_habit_of_the_document_tells_the_day():
    assert date_in("03/04/2026", DAY_FIRST) == date(2026, 4, 3)
    assert date_in("03/04/2026", MONTH_FIRST) == date(2026, 3, 4)


def test_times():
    assert time_in("at 10:30 pm") == time(22, 30)
    assert time_in("7 am") == time(7)
    assert time_in("12:05 a.m.") == time(0, 5)
    assert datetime_in("14 March 2026 10:30", NO_HABITS) == datetime(2026, 3, 14, 10, 30)
    with pytest.raises(ValueError, match="more than one time"):
        time_in("10:30 to 11:30")
    with pytest.raises(ValueError, match="no time of day"):
        time_in("25:10")
    with pytest.raises(ValueError, match="no time of day"):
        datetime_in("14 March 2026", NO_HABITS)


@pytest.mark.parametrize(
    ("texts", "habits"),
    [
        (["Total 1.328,30", "VAT 12,00"], Habits(",", day_first=True)),
        (["Total 1,328.30"], Habits(".", day_first=None)),
        (["24/12/2025", "Total 12.00"], Habits(".", day_first=True)),
        (["12/24/2025", "03/04/2026"], Habits(None, day_first=False)),
        (["March 14, 2026"], Habits(None, day_first=False)),
        (["12,00", "12.00"], NO_HABITS),
        (["Version 1.2.33", "12:30"], NO_HABITS),
        ([], NO_HABITS),
    ],
)
def test_what_a_document_tells_of_its_habits(texts: list[str], habits: Habits):
    assert habits_of(texts) == habits


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31)))
def test_what_is_written_is_read_back(day: date):
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%y"):
        assert date_in(day.strftime(form), NO_HABITS) == day


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_value_error(text: str):
    with contextlib.suppress(ValueError):
        assert isinstance(date_in(text, NO_HABITS), date)
