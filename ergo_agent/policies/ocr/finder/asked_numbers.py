"""Units that name another number than the question does, as the next column's year.

A small language model hardly tells 2024 from 2025, and a number has no meaning that it could be
near to. So what stands under another number of as many digits is no candidate: of the development
questions that were asked of recorded lines, it was the answer to none.
"""

import re
from collections.abc import Sequence

from ergo_agent.policies.ocr.finder.units import Unit

__all__ = ["without_other_numbers"]

_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*")


def without_other_numbers(question: str, units: Sequence[Unit]) -> list[Unit]:
    """The units but those whose key names a number of the same form and not the one asked for.

    Args:
        question: One question.
        units: Of a page.
    """
    asked = frozenset(_NUMBER.findall(question))
    return [unit for unit in units if not (asked and _names_others(unit, asked))]


def _names_others(unit: Unit, asked: frozenset[str]) -> bool:
    missing = asked - frozenset(_NUMBER.findall(unit.passage))
    others = frozenset(_NUMBER.findall(unit.key)) - asked
    return bool({_form(each) for each in missing} & {_form(each) for each in others})


def _form(number: str) -> str:
    """A number with its digits made alike."""
    return re.sub(r"\d", "0", number)
