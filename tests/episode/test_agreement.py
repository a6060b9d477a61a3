"""The normaliser of a verification: which answers say the same."""

import pytest

from ergo_agent.episode.agreement import agree, same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,328.30", "1328.30"),
        ("1.328,30 EUR", "€1,328.30"),
        ("1 328,30 €", "1,328.3 euros"),
        ("12'500", "12,500"),
        ("1.328", "1,328"),
        ("thirty months", "30 months"),
        ("0.50", "0,5"),
        ("-4 °C", "-4 degrees Celsius"),
        ("14 March 2026", "2026-03-14"),
        ("March 14th, 2026", "14.03.2026"),
        ("03/04/2026", "2026-04-03"),
        ("03/04/2026", "2026-03-04"),
        ("14. Mar 2026", "14/03/26"),
        ("5kg", "5 kilograms"),
        ("230 V", "230 volts"),
        ("19 %", "19 percent"),
        ("The Red Lion", "the red lion."),
        ("‘Section 4’", "section 4"),
        ("30", "30 days"),
        ("Anna Miller", "Miller"),
        ("thirty months", "Thirty months from the day of purchase."),
        ("~", "~"),
    ],
)
def test_the_same_said_otherwise(first: str, second: str):
    assert agree(first, second)
    assert agree(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,328.30", "1,328.31"),
        ("1,328.30", "132830"),
        ("12", "-12"),
        ("30", "30 to 40"),
        ("thirty months", "thirteen months"),
        ("30 days", "30 months"),
        ("14 March 2026", "15 March 2026"),
        ("03/14/2026", "2026-04-03"),
        ("14 March 2026", "March 2026"),
        ("used", "not used"),
        ("5 kg", "5 g"),
        ("10 EUR", "10 USD"),
        ("Anna Miller", "Anna Mills"),
        ("red", "redder"),
        ("", "x"),
        (None, None),
        (None, "x"),
    ],
)
def test_something_else(first: str | None, second: str | None):
    assert not agree(first, second)
    assert not agree(second, first)


def test_an_answer_as_long_as_a_model_likes_is_compared_in_no_time():
    assert agree("1 " * 100_000, "1 " * 100_000)


@pytest.mark.parametrize(
    ("first", "second"),
    [("1,328.30", "1328.3"), ("the Red Lion", "red lion."), ("A", "a"), ("thirty", "30")],
)
def test_another_notation_is_the_same(first: str, second: str):
    assert same(first, second)
    assert same(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("30", "30 days"),
        ("red", "red or blue"),
        ("red blue", "blue red"),
        ("A", "B"),
        ("A", "red"),
        ("", "red"),
        (None, "red"),
        (None, None),
    ],
)
def test_what_says_more_is_not_the_same(first: str | None, second: str | None):
    assert not same(first, second)
    assert not same(second, first)
