"""How well a model was filled, field by field."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.extraction.documents import Gold, Made
from ergo_agent import Extraction, FieldAnswer
from ergo_agent.evaluation.scoring.places import overlap

__all__ = ["Scored", "scored"]

_BOX = 0.5
"""Intersection over union from which a box is right."""
_BORDERS = re.compile(r"^[\s.,;:]+|[\s.,;:]+$")


@dataclass(frozen=True)
class Scored:
    """One field of one document, or one cell of one row."""

    document: str
    layout: str
    field: str
    sort: Literal["field", "cell"]
    there: bool
    """Whether the document has it."""

    given: bool
    """Whether a value was given."""

    right: bool
    box: bool
    """Whether the value is right, and its region is."""

    told: str = ""
    """What was given, and what is right."""


def scored(made: Made, found: Extraction[Any]) -> list[Scored]:
    """Each field and cell of a document.

    Args:
        made: What is right.
        found: What was filled.
    """
    fields = [
        _scored(made, name, "field", gold, found.fields.get(name))
        for name, gold in made.fields.items()
    ]
    return [*fields, *_rows(made, found)]


def _rows(made: Made, found: Extraction[Any]) -> Iterator[Scored]:
    """Each row is compared with the row that has most in common with it, each row once."""
    given: dict[str, dict[str, FieldAnswer]] = {}
    for name, answer in found.fields.items():
        if made.path and name.startswith(f"{made.path}["):
            place, _, column = name.rpartition(".")
            given.setdefault(place, {})[column] = answer
    left = dict(given)
    for number, row in enumerate(made.rows):
        best = max(left, key=lambda name: _common(row, left[name]), default=None)
        cells = {}
        if best is not None and _common(row, left[best]):
            cells = left.pop(best)
        for column, gold in row.items():
            name = f"{made.path}[{number}].{column}"
            yield _scored(made, name, "cell", gold, cells.get(column))
    for name, row_given in left.items():
        for column, answer in row_given.items():
            yield _scored(made, f"{name}.{column}", "cell", Gold(None), answer)


def _common(row: dict[str, Gold], given: dict[str, FieldAnswer]) -> int:
    return sum(_same(gold.value, given[name].value) for name, gold in row.items() if name in given)


def _scored(
    made: Made, name: str, sort: Literal["field", "cell"], gold: Gold, answer: FieldAnswer | None
) -> Scored:
    value = None if answer is None else answer.value
    right = gold.value is not None and _same(gold.value, value)
    told = "" if right or value == gold.value else f"{value!r} for {gold.value!r}"
    if answer is not None and answer.problem:
        told = f"{told} ({answer.problem})"
    return Scored(
        document=made.name,
        layout=made.layout,
        field=name,
        sort=sort,
        there=gold.value is not None,
        given=value is not None,
        right=right,
        box=right and answer is not None and _placed(gold, answer),
        told=told,
    )


def _same(gold: Any, value: Any) -> bool:  # noqa: ANN401
    """Whether two values are the same; case, blanks and marks at the ends of texts do not count."""
    if isinstance(gold, str) and isinstance(value, str):
        return _plain(gold) == _plain(value)
    return type(gold) is type(value) and bool(gold == value)


def _plain(text: str) -> str:
    return " ".join(_BORDERS.sub("", text).casefold().split())


def _placed(gold: Gold, answer: FieldAnswer) -> bool:
    if gold.box is None or answer.region is None or answer.page != gold.page:
        return False
    given: Sequence[tuple[int, int, int, int]] = [answer.region.as_tuple()]
    return overlap([gold.box], given)[1] >= _BOX
