"""Numbers as people write them."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.extraction.amounts import amount_in
from ergo_agent.extraction.habits import NO_HABITS, Habits

COMMA, POINT = Habits(",", day_first=True), Habits(".", day_first=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.328,30 EUR", "1328.30"),
        ("EUR 1.328,30", "1328.30"),
        ("€1.328,30", "1328.30"),
        ("$1,328.30", "1328.30"),
        ("EUR1328.30", "1328.30"),
        ("1 328,30", "1328.30"),
        ("1\u202f328,30 €", "1328.30"),
        ("CHF 1'328.30", "1328.30"),
        ("CHF 1'250.–", "1250"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("19 %", "19"),
        ("12kg", "12"),
        ("12.5 m²", "12.5"),
        ("3.10/kg", "3.10"),
        ("(12.00)", "-12.00"),
        ("12,00-", "-12.00"),
        ("-12.5", "-12.5"),
        ("−12.5", "-12.5"),
        ("Total: 99", "99"),
    ],
)
def test_a_number_that_can_be_read_in_one_way(text: str, value: str):
    for habits in (NO_HABITS, COMMA, POINT):
        assert amount_in(text, habits) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("twelve", "no number"),
        ("2 x 30", "more than one number"),
        ("10-12", "more than one number"),
        ("07:30", "more than one number"),
        ("+49 30 123456", "more than one number"),
        ("24.12.2025", "make no number"),
        ("1.23.456,7", "make no number"),
        ("12B", "a name or a code"),
        ("3 million", "thousands or millions"),
    ],
)
def test_what_is_none_says_why(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        amount_in(text, COMMA)


def test_the_habit_of_the_document_tells_a_group_from_decimals():
    assert amount_in("1.328", COMMA) == 1328
    assert amount_in("1.328", POINT) == Decimal("1.328")
    assert amount_in("1,328", POINT) == 1328
    assert amount_in("1.328", NO_HABITS, whole=True) == 1328
    with pytest.raises(ValueError, match=r"1\.328 is 1\.328 or 1328"):
        amount_in("1.328", NO_HABITS)


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.booleans())
def test_what_is_written_in_a_habit_is_read_back(value: Decimal, point: bool):  # noqa: FBT001
    written = f"{value:,.2f}"
    if not point:
        written = written.translate({ord(","): ".", ord("."): ","})
    assert amount_in(written, POINT if point else COMMA) == value


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_value_error(text: str):
    with contextlib.suppress(ValueError):
        assert isinstance(amount_in(text, NO_HABITS), Decimal)
