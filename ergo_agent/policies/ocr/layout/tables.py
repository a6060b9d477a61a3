"""Tables: runs of rows whose cells stand under one another, with their header rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ergo_agent.policies.ocr.layout.columns import Span, columns_of, nearest_column, words_by_column
from ergo_agent.policies.ocr.layout.fragments import Row
from ergo_agent.policies.ocr.layout.header_rows import (
    MOST_HEADER_ROWS,
    begins_with_names,
    header_rows,
    parted_names,
)
from ergo_agent.policies.ocr.text import TextLine

__all__ = ["Cell", "Table", "tables_of"]

_FAR = 3.2
"""Rows further apart than this many type heights belong to different tables."""
_APART = 1.5
"""Rows further apart than this many type heights may, if the lower one names columns."""
_PROSE = 34
"""Letters from which a cell reads like a line of prose."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table, possibly over several lines."""

    lines: tuple[TextLine, ...]
    column: int

    @property
    def text(self) -> str:
        """Its lines as running text."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Table:
    """Rows of cells; `header` is empty for a table without header rows."""

    header: dict[int, Cell]
    rows: tuple[tuple[Cell, ...], ...]

    def heading_of(self, cell: Cell) -> str:
        """The header text above a cell, or nothing."""
        above = self.header.get(cell.column)
        return above.text if above else ""


def tables_of(rows: Sequence[Row]) -> list[Table]:
    """The tables among the rows of a page."""
    runs = [part for run in _runs(rows) for part in _side_by_side(parted_names(run))]
    return [_table(_untitled(run)) for run in runs if _is_table(run)]


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Neighbouring rows with several cells; a lone cell may continue a cell above it."""
    runs: list[list[Row]] = [[]]
    for row, below in zip_longest(rows, rows[1:]):
        if runs[-1] and (_is_far(runs[-1][-1], row) or _begins(row, runs[-1][-1], below)):
            runs.append([])
        if (len(row.cells) > 1 and not _is_prose(row)) or (runs[-1] and _continues(runs[-1], row)):
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if _is_table(run)]


def _is_table(run: Sequence[Row]) -> bool:
    return sum(len(row.cells) > 1 for row in run) > 1


def _side_by_side(run: list[Row]) -> list[list[Row]]:
    """A run cut in two where its first row is the titles of two tables beside each other."""
    titles, widest = run[0].cells, max(run, key=lambda row: len(row.cells)).cells
    if len(titles) != 2 or len(widest) < 4:
        return [run]
    right = titles[1].box.left
    begins = any(abs(cell.box.left - right) < titles[1].height for cell in widest[2:-1])
    if not begins or any(_crosses(cell, right) for row in run for cell in row.cells):
        return [run]
    halves: list[list[Row]] = [[], []]
    for row in run:
        for half, is_right in zip(halves, (False, True), strict=True):
            cells = tuple(
                cell for cell in row.cells if (cell.box.middle_across > right) == is_right
            )
            if cells:
                half.append(Row(cells))
    return halves


def _crosses(cell: TextLine, edge: float) -> bool:
    return cell.box.left < edge - cell.height < cell.box.right - 2 * cell.height


def _untitled(run: list[Row]) -> list[Row]:
    """A run without the titles above its header: rows of one cell, or of much too few."""
    counts = [len(row.cells) for row in run]
    most = max(counts)
    full = next(at for at, count in enumerate(counts) if count >= most - 1 and count > 1)
    few = all(count == 1 or 2 * count < most for count in counts[:full])
    return run[full:] if few and full <= MOST_HEADER_ROWS and len(run) > full + 1 else run


def _is_far(above: Row, below: Row, heights: float = _FAR) -> bool:
    height = max(cell.height for cell in above.cells)
    return below.box.top - above.box.bottom > heights * height


def _begins(row: Row, above: Row, below: Row | None) -> bool:
    """Whether a row that is set apart names the columns of what stands close below it."""
    if below is None or not _is_far(above, row, _APART) or _is_far(row, below, _APART):
        return False
    return begins_with_names(row, below)


def _is_prose(row: Row) -> bool:
    """Whether a row is two columns of running text side by side."""
    return all(len(cell.text) >= _PROSE for cell in row.cells)


def _continues(run: Sequence[Row], row: Row) -> bool:
    """Whether a row of one cell stands under a cell that is not the first of its row."""
    cell, height = row.cells[0], row.cells[0].height
    if row.box.top - run[-1].box.bottom > 0.9 * height:
        return False
    widest = max(run, key=lambda other: len(other.cells))
    return any(abs(above.box.left - cell.box.left) < 1.5 * height for above in widest.cells[1:])


def _table(run: Sequence[Row]) -> Table:
    """Put the cells of a run into columns, its top rows into the header."""
    columns = columns_of(run)
    heads = header_rows(run, columns)
    header: dict[int, list[TextLine]] = {}
    for row in run[:heads]:
        for column, line in words_by_column(row, columns):
            header.setdefault(column, []).append(line)
    rows: list[dict[int, list[TextLine]]] = []
    for row in run[heads:]:
        placed = _placed(row, columns)
        if rows and _wraps(rows[-1], placed):
            for column, lines in placed.items():
                rows[-1].setdefault(column, []).extend(lines)
        else:
            rows.append(placed)
    return Table(
        {column: Cell(tuple(lines), column) for column, lines in header.items()},
        tuple(
            tuple(Cell(tuple(lines), column) for column, lines in sorted(row.items()))
            for row in rows
        ),
    )


def _placed(row: Row, columns: Sequence[Span]) -> dict[int, list[TextLine]]:
    """The cells of a row by the column that they stand in."""
    placed: dict[int, list[TextLine]] = {}
    for cell in row.cells:
        placed.setdefault(nearest_column(cell.box, columns), []).append(cell)
    return placed


def _wraps(above: dict[int, list[TextLine]], below: dict[int, list[TextLine]]) -> bool:
    """Whether a row only continues cells of the row above: close by, without values of its own."""
    if not set(below) <= set(above):
        return False
    last = max((lines[-1] for lines in above.values()), key=lambda line: line.box.bottom)
    first = min((lines[0] for lines in below.values()), key=lambda line: line.box.top)
    if first.box.top - last.box.bottom > 0.7 * first.height:
        return False
    if 0 in below:
        return below[0][0].text[:1].islower() and len(below) < len(above)
    both_valued = any(
        re.search(r"\d", below[column][0].text) and re.search(r"\d", above[column][-1].text)
        for column in below
    )
    return not both_valued
