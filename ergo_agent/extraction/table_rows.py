"""Rows of a table as models: found by the page's layout, read closely, gone on with over pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ergo_agent.extraction.columns import Match, header_at, match_by_kind, match_columns
from ergo_agent.extraction.form import Rows
from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.page_reader import PageReader, ReadPage
from ergo_agent.extraction.result import FieldAnswer
from ergo_agent.layout.tables import Cell, Table, tables_of
from ergo_agent.layout.text import Box
from ergo_agent.policies.ocr.models import shared_models

__all__ = ["FoundRows", "read_rows"]


@dataclass
class FoundRows:
    """The rows of one table, and the cells that they were read from."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    answers: list[FieldAnswer] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _Part(NamedTuple):
    """A table, or what of it stands on one page."""

    page: ReadPage
    table: Table
    match: Match

    @property
    def heads(self) -> tuple[str, ...]:
        """What its columns are called."""
        return tuple(cell.text.casefold() for _, cell in sorted(self.table.header.items()))


async def read_rows(
    rows: Rows,
    pages: Sequence[ReadPage],
    reader: PageReader,
    habits: Habits,
    taken: Sequence[FieldAnswer] = (),
) -> tuple[FoundRows, list[ReadPage]]:
    """The rows of the table whose columns are what is looked for.

    Args:
        rows: What is looked for.
        pages: Pages that were looked at, in order.
        reader: Reads the table closely.
        habits: How the document writes.
        taken: Fields whose place is no row: the totals below a table.

    Returns:
        What was found, and the pages as they are known now.

    Raises:
        ImageError: If a page cannot be drawn any more.
    """
    coarse = _parts(rows, pages)
    known = {page.number: page for page in pages}
    for number in dict.fromkeys(part.page.number for part in coarse):
        boxes = [_box(part.table) for part in coarse if part.page.number == number]
        known[number] = await reader.closer(known[number], Box.around(boxes))
    now = [known[page.number] for page in pages]
    parts = _parts(rows, now) or _parts(rows, pages)
    found = FoundRows()
    for part in parts:
        for row in part.table.rows:
            if not any(_holds(part.page, row, answer) for answer in taken):
                whole, tokens = await _completed(rows, part, row, reader)
                known[part.page.number] = replace(
                    known[part.page.number], tokens=known[part.page.number].tokens + tokens
                )
                _add(found, rows, part, whole, habits)
    return found, [known[page.number] for page in pages]


async def _completed(
    rows: Rows, part: _Part, row: Sequence[Cell], reader: PageReader
) -> tuple[Sequence[Cell], int]:
    """A row with the cells that it needs and lacks, if a closer look finds them.

    A row that lacks half of what it needs is none, and is not looked at.

    Returns:
        The row, and what the looks cost in vision tokens.
    """
    columns = {name: at for name, at in part.match.columns.items() if name in rows.needed}
    lacking = [at for at in columns.values() if _cell(row, at) is None]
    if not lacking or 2 * len(lacking) >= len(rows.needed):
        return row, 0
    across = Box.around(line.box for cell in row for line in cell.lines)
    cells, spent = list(row), 0
    for column in lacking:
        own = [c for r in part.table.rows for c in r if c.column == c.last == column]
        if own:
            edges = Box.around(line.box for cell in own for line in cell.lines)
            pad = across.height / 2
            box = Box(edges.left, across.top, edges.right, across.bottom).padded(2 * pad, pad / 2)
            lines, tokens = await reader.enlarged(part.page, box)
            spent += tokens
            inside = tuple(line for line in lines if across.top < line.box.middle < across.bottom)
            if inside:
                cells.append(Cell(inside, column, column))
    return sorted(cells, key=lambda cell: cell.column), spent


def _parts(rows: Rows, pages: Sequence[ReadPage]) -> list[_Part]:
    """The table that is meant, on whichever pages it stands, in order.

    It is the one whose header fits best; it goes on in tables with the same header, and in those
    without one on the next page that have the same number of columns.
    """
    headed = {page.number: _headed(rows, page) for page in pages}
    best = max((part for parts in headed.values() for part in parts), key=_fitness, default=None)
    if best is None:
        return _headless(rows, pages)
    found: list[_Part] = []
    for page in pages:
        own = [part for part in headed[page.number] if part.heads == best.heads]
        if not own and found and page.number == found[-1].page.number + 1:
            own = _gone_on(page, found[-1])
        found += own
    return found


def _fitness(part: _Part) -> tuple[float, int]:
    return round(part.match.likeness, 2), len(part.table.rows)


def _headed(rows: Rows, page: ReadPage) -> list[_Part]:
    """The tables of a page with a header that fits, in the reading that has most of their rows.

    A page is read in blocks, as a whole, and from the line that says best what is looked for: a
    table may look like columns of text, and what stands above it like its beginning.
    """
    encoder = shared_models().encoder
    at = header_at(rows, page.rows, encoder)
    below = [] if at is None else tables_of(page.rows[at:])[:1]
    readings = []
    for tables in (page.layout.tables, tables_of(page.rows), below):
        matches = [(each, match_columns(rows, each, encoder)) for each in tables if each.header]
        readings.append([_Part(page, each, match) for each, match in matches if match])
    return max(readings, key=lambda parts: max(map(_fitness, parts), default=(0.0, 0)))


def _headless(rows: Rows, pages: Sequence[ReadPage]) -> list[_Part]:
    """The longest table without a header that fits by what its cells are."""
    found = [
        _Part(page, table, match)
        for page in pages
        for table in (*page.layout.tables, *tables_of(page.rows))
        if not table.header and (match := match_by_kind(rows, table)) is not None
    ]
    longest = max(found, key=lambda part: len(part.table.rows), default=None)
    return [] if longest is None else [longest]


def _gone_on(page: ReadPage, above: _Part) -> list[_Part]:
    """What of a page goes on with a table: one without a header and with as many columns."""
    for table in (*page.layout.tables[:1], *tables_of(page.rows)[:1]):
        if not table.header and _width(table) == _width(above.table):
            return [_Part(page, table, above.match)]
    return []


def _holds(page: ReadPage, row: Sequence[Cell], answer: FieldAnswer) -> bool:
    """Whether a field was read in one of a row's cells."""
    if answer.page != page.number or answer.region is None or answer.value is None:
        return False
    regions = (page.region(cell.lines) for cell in row)
    common = (each.intersection(answer.region) for each in regions)
    return any(each is not None and 2 * each.area > answer.region.area for each in common)


def _width(table: Table) -> int:
    return len({cell.column for row in table.rows for cell in row})


def _box(table: Table) -> Box:
    cells = (*(cell for row in table.rows for cell in row), *table.header.values())
    return Box.around(line.box for cell in cells for line in cell.lines)


def _add(found: FoundRows, rows: Rows, part: _Part, row: Sequence[Cell], habits: Habits) -> None:
    """Take a row in, if it is one: one that lacks half of what it needs is a total or a remark."""
    answers: dict[str, FieldAnswer] = {}
    base = f"{rows.name}[{len(found.rows)}]"
    quote = " ".join(cell.text for cell in row)
    for column in rows.columns:
        cell = _cell(row, part.match.columns.get(column.name))
        if cell is not None:
            answers[column.name] = _answer(f"{base}.{column.name}", cell, part.page, quote)
    values: dict[str, Any] = {}
    for column in rows.columns:
        answer = answers.get(column.name)
        if answer is None or answer.read is None:
            continue
        try:
            values[column.name] = column.kind.read(answer.read, habits)
        except ValueError as error:
            said = f'"{answer.read}" is not {column.kind.name}: {error}'
            answers[column.name] = answer.model_copy(update={"problem": said})
        else:
            answers[column.name] = answer.model_copy(update={"value": values[column.name]})
    lacking = rows.needed - values.keys()
    if lacking or not values:
        if 2 * len(lacking) < len(rows.needed):
            page = part.page.number
            lacks = ", ".join(sorted(lacking))
            found.notes.append(f'a row of {rows.name} on page {page} lacks {lacks}: "{quote}"')
        return
    found.rows.append(values)
    found.answers += answers.values()


def _cell(row: Sequence[Cell], column: int | None) -> Cell | None:
    if column is None:
        return None
    return next((c for c in row if c.column <= column <= max(c.last, c.column)), None)


def _answer(name: str, cell: Cell, page: ReadPage, quote: str) -> FieldAnswer:
    return FieldAnswer(
        name=name,
        question="",
        read=cell.text,
        quote=quote,
        page=page.number,
        region=page.region(cell.lines),
    )
