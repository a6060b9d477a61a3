"""The largest or smallest of a table: the column asked for is found, its values are compared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ergo_agent.policies.ocr.finder.comparison import Comparison
from ergo_agent.policies.ocr.finder.terms import stems_in
from ergo_agent.policies.ocr.finder.values import Quantity, quantity_in
from ergo_agent.policies.ocr.layout.page import PageLayout
from ergo_agent.policies.ocr.layout.tables import Cell, Table
from ergo_agent.policies.ocr.models import SentenceEncoder

__all__ = ["extreme_of"]

_PROPERTY = {
    "weight": "heaviest lightest",
    "price amount cost": "cheapest dearest priciest costliest expensive",
    "length duration": "longest shortest",
    "height": "tallest highest lowest",
    "date year": "oldest newest latest earliest",
    "temperature": "hottest coldest warmest coolest",
    "speed": "fastest slowest quickest",
    "size": "largest biggest smallest",
    "width": "widest narrowest",
    "number quantity": "most fewest least greatest",
}
"""What a superlative is about; a table's header names the property and not the superlative."""
_LESS = frozenset(
    """lightest cheapest shortest lowest oldest earliest coldest coolest slowest smallest narrowest
    fewest least""".split()  # noqa: SIM905  # words are easier to read without quotes
)
_SUPERLATIVE = re.compile(
    rf"\b(?P<word>{'|'.join(' '.join(_PROPERTY.values()).split())})\b", re.IGNORECASE
)
_ALIKE = 0.45
"""Cosine of a header and what is asked for from which the column is taken."""
_FEWEST_ROWS = 3
_LONGEST = 300


@dataclass(frozen=True)
class _Column:
    table: Table
    cells: tuple[tuple[Cell, Quantity], ...]
    likeness: float


def extreme_of(text: str, page: PageLayout, encoder: SentenceEncoder) -> Comparison | None:
    """Answer a question for the row with the largest or smallest value of a column.

    Args:
        text: The question.
        page: The page, for its tables.
        encoder: Compares headers with what is asked.

    Returns:
        The row's label with the value, or None when no column of numbers or dates is asked for.
    """
    match = _SUPERLATIVE.search(text)
    if match is None:
        return None
    word = match["word"].lower()
    about = next(name for name, words in _PROPERTY.items() if word in words.split())
    columns = [
        column
        for table in page.tables
        for number in table.header
        if (column := _column(table, number, f"{about} {text}", encoder)) is not None
    ]
    best = max(columns, key=lambda column: column.likeness, default=None)
    if best is None or best.likeness < _ALIKE:
        return None
    pick = min if word in _LESS else max
    cell, value = pick(best.cells, key=lambda pair: pair[1].amount)
    if sum(other.amount == value.amount for _, other in best.cells) > 1:
        return None
    return _answer(best, cell, value, word)


def _column(table: Table, number: int, asked: str, encoder: SentenceEncoder) -> _Column | None:
    """A column that holds comparable values, with how well its header fits the question."""
    cells = [cell for row in table.rows for cell in row if cell.column == number]
    if len(cells) < _FEWEST_ROWS:
        return None
    values = [(cell, quantity_in(cell.text, ignoring="\n", asked=asked)) for cell in cells]
    known = [(cell, value) for cell, value in values if value is not None]
    units = {value.unit for _, value in known}
    if len(known) < 0.8 * len(cells) or len(units) != 1:
        return None
    header = table.header[number].text
    return _Column(table, tuple(known), _likeness(header, asked, encoder))


def _likeness(header: str, asked: str, encoder: SentenceEncoder) -> float:
    """1 where the question names the header, else how near it is in meaning."""
    named = stems_in(header)
    if named and named <= stems_in(asked):
        return 1.0
    words = " ".join(asked.split()[:3])
    first, second, third = encoder.encode([header.lower(), words, asked])
    return max(float(first @ second), float(first @ third))


def _answer(column: _Column, cell: Cell, value: Quantity, word: str) -> Comparison | None:
    row = next(row for row in column.table.rows if cell in row)
    label = _label(row, cell)
    if label is None:
        return None
    text = f"{label.text} ({cell.text})"[:_LONGEST]
    lines = (*label.lines, *cell.lines)
    confidence = min(0.9, 0.45 + 0.45 * column.likeness)
    return Comparison(
        text, lines, confidence, f'"{word}": {value.text} of {len(column.cells)} values.'
    )


def _label(row: Sequence[Cell], cell: Cell) -> Cell | None:
    """The cell that names a row: its first one with words, else its first one."""
    others = [other for other in row if other is not cell]
    worded = (other for other in others if re.search(r"[A-Za-z]{2}", other.text))
    return next(worded, others[0] if others else None)
