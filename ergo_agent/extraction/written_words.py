"""Names of months and codes of currencies; `scripts/written_words.py` made the file beside."""

import json
from functools import cache
from importlib.resources import files

__all__ = ["currency_codes", "month_numbers"]


@cache
def month_numbers() -> dict[str, int]:
    """The number of each month by its names in eleven languages, whole and short, in small letters.

    From the Unicode CLDR, without full stops.
    """
    return dict(_words()["months"])


@cache
def currency_codes() -> frozenset[str]:
    """The codes of currencies of the Unicode CLDR (ISO 4217, past ones too), and US and Rs."""
    return frozenset(_words()["currencies"]) | {"US", "Rs"}


@cache
def _words() -> dict[str, dict[str, int]]:
    text = files(__package__).joinpath("written_words.json").read_text(encoding="utf-8")
    words: dict[str, dict[str, int]] = json.loads(text)
    return words
