"""Tables: runs of rows whose cells stand under one another, with their header rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ergo_agent.layout.columns import (
    Span,
    columns_of,
    is_aligned,
    nearest_column,
    same_columns,
    spanned,
)
from ergo_agent.layout.fragments import Row
from ergo_agent.layout.header_rows import (
    MOST_HEADER_ROWS,
    begins_with_names,
    header_of,
    header_rows,
    parted_names,
)
from ergo_agent.layout.text import TextLine

__all__ = ["Cell", "Table", "tables_of"]

_FAR = 3.2
"""Rows further apart than this many type heights belong to different tables."""
_APART = 1.5
"""Rows further apart than this many type heights may, if the lower one names columns."""
_PROSE = 34
"""Letters from which a cell reads like a line of prose."""


@dataclass(frozen=True)
class Cell:
    """One cell of a table, possibly over several lines and columns."""

    lines: tuple[TextLine, ...]
    column: int
    """The first column that it stands in, from 0."""
    last: int = 0
    """The last one, where it is merged over several."""

    @property
    def text(self) -> str:
        """Its lines as running text."""
        return " ".join(line.text for line in self.lines)


@dataclass(frozen=True)
class Table:
    """Rows of cells; `header` is empty for a table without header rows.

    A cell that names several rows stands in each of them.
    """

    header: dict[int, Cell]
    rows: tuple[tuple[Cell, ...], ...]
    groups: tuple[str, ...] = ()
    """For each row the heading inside the table that it stands under, or nothing."""

    def heading_of(self, cell: Cell) -> str:
        """The header text above a cell, or nothing; of all its columns if it is merged."""
        columns = range(cell.column, max(cell.column, cell.last) + 1)
        above = (self.header[column].text for column in columns if column in self.header)
        return ", ".join(dict.fromkeys(above))

    def group_of(self, row: tuple[Cell, ...]) -> str:
        """The heading inside the table that a row stands under, or nothing."""
        return next((g for own, g in zip(self.rows, self.groups, strict=False) if own is row), "")


def tables_of(rows: Sequence[Row]) -> list[Table]:
    """The tables among the rows of a block; one that goes on below keeps its header."""
    runs = [parted_names(run) for run in _runs(rows)]
    found: list[tuple[Table, list[Span]]] = []
    for run in (_untitled(run) for run in runs if _is_table(run)):
        columns = columns_of(run)
        table = _table(run, columns)
        if found and not table.header and same_columns(columns, found[-1][1]):
            table = replace(table, header=found[-1][0].header)
        found.append((table, columns))
    return [table for table, _ in found]


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Neighbouring rows with several cells, and the lone cells that belong to them."""
    runs: list[list[Row]] = [[]]
    for at, row in enumerate(rows):
        below = rows[at + 1] if at + 1 < len(rows) else None
        if runs[-1] and (_is_far(runs[-1][-1], row) or _begins(row, runs[-1][-1], below)):
            runs.append([])
        several = len(row.cells) > 1 and not _is_prose(row)
        if several or (runs[-1] and _continues(runs[-1], row)) or _inside(rows, at, runs[-1]):
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if _is_table(run)]


def _inside(rows: Sequence[Row], at: int, run: Sequence[Row]) -> bool:
    """Whether a lone cell stands in a table: between like rows, or as the name above a column."""
    row, below = rows[at], next((row for row in rows[at + 1 : at + 3] if len(row.cells) > 1), None)
    if len(row.cells) != 1 or below is None or len(row.text) >= _PROSE or _is_far(row, below):
        return False
    cell = row.cells[0]
    gaps = [two.box.top - one.box.bottom for one, two in pairwise(run)]
    if gaps and row.box.top - run[-1].box.bottom > max(1.5 * median(gaps), 0.7 * cell.height):
        return False
    if not run:
        names = rows[at + 1] is below and not _is_far(row, below, _APART)
        return names and any(is_aligned(cell, other) for other in below.cells[1:])
    above = max(run, key=lambda row: len(row.cells))
    level = sum(any(is_aligned(one, two) for two in below.cells) for one in above.cells)
    return level > 1 or (level > 0 and len(below.cells) < len(above.cells))


def _is_table(run: Sequence[Row]) -> bool:
    return sum(len(row.cells) > 1 for row in run) > 1


def _untitled(run: list[Row]) -> list[Row]:
    """A run without the titles above its header, which begin at the table's left edge."""
    counts = [len(row.cells) for row in run]
    most = max(counts)
    full = next(at for at, count in enumerate(counts) if count >= most - 1 and count > 1)
    left = min(row.box.left for row in run[full:])
    few = all(
        row.box.left < left + row.box.height and (len(row.cells) == 1 or 2 * len(row.cells) < most)
        for row in run[:full]
    )
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


def _table(run: Sequence[Row], columns: Sequence[Span]) -> Table:
    """Put the cells of a run into columns, its top rows into the header."""
    heads = header_rows(run, columns)
    header = header_of(run[:heads], columns)
    rows: list[dict[int, list[TextLine]]] = []
    for row in run[heads:]:
        placed = _placed(row, columns)
        if rows and _wraps(rows[-1], placed):
            for column, lines in placed.items():
                rows[-1].setdefault(column, []).extend(lines)
        elif {column: lines[0].text for column, lines in placed.items()} != {
            column: lines[0].text for column, lines in header.items()
        }:
            rows.append(placed)
    named, groups = _named(rows)
    return Table(
        {column: Cell(tuple(lines), column, column) for column, lines in header.items()},
        tuple(tuple(_cells(row, columns)) for row in named),
        tuple(groups),
    )


def _named(
    rows: Sequence[dict[int, list[TextLine]]],
) -> tuple[list[dict[int, list[TextLine]]], list[str]]:
    """Rows each with the name that it shares with others, and the heading it stands under.

    A lone first cell between rows without one names them all, if it stands amid them; the first
    cell of a row goes on naming the rows below that have none. Another lone first cell is a heading
    inside the table.
    """
    named: list[dict[int, list[TextLine]]] = []
    groups: list[str] = []
    group, lone = "", [list(row) == [0] for row in rows]
    for at, row in enumerate(rows):
        if lone[at] and at + 1 < len(rows) and 0 in rows[at + 1]:
            group = " ".join(line.text for line in row[0])
        elif not lone[at]:
            name = row.get(0) or _name_of(rows, lone, at)
            named.append({0: name, **row} if name else row)
            groups.append(group)
    return named, groups


def _name_of(
    rows: Sequence[dict[int, list[TextLine]]], lone: Sequence[bool], at: int
) -> list[TextLine] | None:
    """The first cell that names a row without one: a lone one next to it, or the last one above."""
    for beside in (at + 1, at - 1):
        if 0 <= beside < len(rows) and lone[beside]:
            return rows[beside][0]
    named = next((row for row in reversed(rows[:at]) if 0 in row), {})
    full = len(rows[at]) >= len(named) - 1
    return named[0] if named and full and re.search(r"[A-Za-z]{2}", named[0][0].text) else None


def _cells(row: dict[int, list[TextLine]], columns: Sequence[Span]) -> Iterator[Cell]:
    """The cells of a row, each over the columns that it is merged over."""
    for column, lines in sorted(row.items()):
        free = [at for at in range(1, len(columns)) if at not in row or at == column]
        first, last = spanned(lines[0], column, columns, free)
        yield Cell(tuple(lines), first, last)


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
