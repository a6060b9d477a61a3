"""Units that name another number than the question does, as the next column's year.

A small language model hardly tells 2024 from 2025, and a number has no meaning that it could be
near to. So what stands under another number of as many digits, or with the same unit, is no
candidate. On the development questions (`scripts/reader_model`) 91 % of the unanswerable ones are
refused and ANLS is .56 and .42 where 11 % are answered wrongly; without it 89 %, .54 and .40.
"""

import re
from collections.abc import Sequence

from ergo_agent.policies.ocr.finder.units import Unit

__all__ = ["without_other_numbers"]

_NUMBER = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)*)[ ]?([^\W\d_]+|[%°€$£])?")
"""A number and what it counts or measures."""


def without_other_numbers(question: str, units: Sequence[Unit]) -> list[Unit]:
    """The units but those whose key or columns name a number of such a kind, not the one asked for.

    Args:
        question: One question.
        units: Of a page.
    """
    asked = _numbers(question)
    return [unit for unit in units if not (asked and _names_others(unit, asked))]


def _names_others(unit: Unit, asked: dict[str, str]) -> bool:
    said, named = _numbers(unit.passage), _numbers(f"{unit.key} {unit.header}")
    missing = {number: what for number, what in asked.items() if number not in said}
    others = {number: what for number, what in named.items() if number not in asked}
    alike = {_form(each) for each in missing} & {_form(each) for each in others}
    return bool(alike or {*missing.values()} & {*others.values()} - {""})


def _numbers(text: str) -> dict[str, str]:
    """Each number of a text with the word or sign behind it."""
    return {number: what.casefold() for number, what in _NUMBER.findall(text)}


def _form(number: str) -> str:
    """A number with its digits made alike."""
    return re.sub(r"\d", "0", number)
