"""Columns of a table: where they stand, and which words of a header belong to which."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ergo_agent.layout.fragments import Row
from ergo_agent.layout.text import Box, TextLine, Word

__all__ = [
    "Span",
    "columns_of",
    "is_aligned",
    "nearest_column",
    "same_columns",
    "spanned",
    "words_by_column",
]


class Span(NamedTuple):
    """A horizontal span in view pixels."""

    left: float
    right: float


def columns_of(rows: Sequence[Row]) -> list[Span]:
    """The columns of rows that form a table, left to right.

    The rows with the most cells say how many columns there are; every other cell that lies in the
    span of just one column widens it.
    """
    most = max(len(row.cells) for row in rows)
    full = [row for row in rows if len(row.cells) == most]
    columns = [Span(cell.box.left, cell.box.right) for cell in full[-1].cells]
    for row in rows:
        for cell in row.cells:
            touched = [i for i, span in enumerate(columns) if _common(cell.box, span) > 0]
            if len(touched) == 1:
                span = columns[touched[0]]
                wider = Span(min(span.left, cell.box.left), max(span.right, cell.box.right))
                if not _crosses(wider, columns, touched[0]):
                    columns[touched[0]] = wider
    return columns


def _crosses(wider: Span, columns: Sequence[Span], own: int) -> bool:
    return any(
        min(wider.right, span.right) > max(wider.left, span.left)
        for i, span in enumerate(columns)
        if i != own
    )


def _common(box: Box, span: Span) -> float:
    return max(0.0, min(box.right, span.right) - max(box.left, span.left))


def nearest_column(box: Box, columns: Sequence[Span]) -> int:
    """The column that a box stands in: by common width, else by the nearest edge or centre."""
    return max(range(len(columns)), key=lambda i: _fit(box, columns[i]))


def _fit(box: Box, span: Span) -> float:
    common = _common(box, span)
    if common > 0:
        return common
    middle = abs(box.left + box.right - span.left - span.right) / 2
    return -min(abs(box.left - span.left), abs(box.right - span.right), middle)


def spanned(
    cell: TextLine, column: int, columns: Sequence[Span], free: Sequence[int]
) -> tuple[int, int]:
    """The first and the last column that a cell is merged over: mostly the one it stands in.

    Args:
        cell: The cell.
        column: The one that it stands in.
        columns: All columns.
        free: The columns in which no other cell of the row stands.
    """
    own = columns[column]
    edges = [(cell.box.left, own.left), (cell.box.right, own.right)]
    middle = cell.box.middle_across
    touched = [at for at in free if _common(cell.box, columns[at]) > 0] or [column]
    level = abs(middle - (own.left + own.right) / 2) < cell.height
    if len(touched) == 1 and (level or any(abs(a - b) < cell.height for a, b in edges)):
        return column, column
    best = touched[0], touched[-1]
    for first in free:
        for last in free:
            whole = first <= touched[0] and last >= touched[-1]
            joined = whole and all(at in free for at in range(first, last + 1))
            if joined and _off(middle, columns, first, last) < _off(middle, columns, *best):
                best = first, last
    return best


def _off(middle: float, columns: Sequence[Span], first: int, last: int) -> float:
    """How far a place is from the middle of some columns, in view pixels."""
    return abs(middle - (columns[first].left + columns[last].right) / 2)


def same_columns(first: Sequence[Span], second: Sequence[Span]) -> bool:
    """Whether two tables have the same columns."""
    common = [min(a.right, b.right) - max(a.left, b.left) for a, b in zip(first, second)]  # noqa: B905
    return len(first) == len(second) and all(width > 0 for width in common)


def is_aligned(first: TextLine, second: TextLine) -> bool:
    """Whether two cells share their left edge, right edge or centre."""
    one, two = first.box, second.box
    pairs = (one.left, two.left), (one.right, two.right), (one.middle_across, two.middle_across)
    return any(abs(a - b) < 0.8 * first.height for a, b in pairs)


def words_by_column(row: Row, columns: Sequence[Span]) -> Iterator[tuple[int, TextLine]]:
    """A header row's words, put together again by the column that each stands above.

    Detection often joins the headers of narrow columns into one line; their words tell them apart.
    """
    for cell in row.cells:
        over = [i for i, span in enumerate(columns) if _common(cell.box, span) > 0]
        if len(over) < 2 or not cell.words:
            yield nearest_column(cell.box, columns), cell
            continue
        groups: dict[int, list[Word]] = {}
        for word in cell.words:
            box = Box(word.left, cell.box.top, max(word.right, word.left + 1), cell.box.bottom)
            groups.setdefault(nearest_column(box, columns), []).append(word)
        for column, words in groups.items():
            yield column, cell.part(words)
