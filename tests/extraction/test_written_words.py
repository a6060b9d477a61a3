"""The written words are those of the Unicode CLDR."""

from ergo_agent.extraction.written_words import currency_codes, month_numbers
from scripts.written_words import PATH, written_words


def test_the_file_is_what_its_script_makes_of_the_cldr():
    assert PATH.read_text(encoding="utf-8") == written_words()


def test_months_are_found_by_their_names_in_several_languages():
    names = ("march", "märz", "mars", "marzo", "março", "maart", "marts", "marca", "sept")
    assert [month_numbers()[name] for name in names] == [3] * 8 + [9]


def test_currencies_are_codes():
    assert {"EUR", "CHF", "USD", "US"} <= currency_codes()
