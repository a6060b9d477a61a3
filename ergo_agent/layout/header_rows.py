"""Header rows: which of the top rows of a table name its columns, and which name is whose."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise

from ergo_agent.layout.columns import Span, nearest_column, spanned, words_by_column
from ergo_agent.layout.fragments import Row
from ergo_agent.layout.text import TextLine

__all__ = ["MOST_HEADER_ROWS", "begins_with_names", "header_of", "header_rows", "parted_names"]

MOST_HEADER_ROWS = 3


def parted_names(run: list[Row]) -> list[Row]:
    """A run whose top rows have a cell for each name: detection often joins names close by."""
    widest = max(run, key=lambda row: len(row.cells))
    top: list[Row] = []
    for row, below in islice(pairwise(run), MOST_HEADER_ROWS):
        if _has_value(row):
            break
        lowest = _has_value(below)
        over = widest.cells if lowest else below.cells
        top.append(Row(tuple(n for cell in row.cells for n in _names(cell, over, many=lowest))))
    return [*top, *run[len(top) :]]


def _names(line: TextLine, columns: Sequence[TextLine], *, many: bool) -> tuple[TextLine, ...]:
    """The names of columns in a line that stands above several; the line if it is one name.

    Args:
        line: What stands above.
        columns: A cell of each column.
        many: Whether a name may have many words; else the line may as well be a title.
    """
    under = [cell for cell in columns if line.box.overlap_across(cell.box)]
    if len(under) < 2 or (not many and len(line.words) != len(under)):
        return (line,)
    spans = [Span(cell.box.left, cell.box.right) for cell in under]
    names = dict(words_by_column(Row((line,)), spans))
    return tuple(names.values()) if len(names) == len(under) else (line,)


def header_rows(run: Sequence[Row], columns: Sequence[Span]) -> int:
    """How many of the top rows name the columns.

    They are short and wordy above rows with values; or leave the corner empty; or, where the names
    are years, numbers or conditions, look unlike everything below them.
    """
    above = _empty_corner(run, columns) or int(_unlike_below(run, columns))
    rest = run[above:]
    if len(rest) > 2 and _is_worded(rest[0]) and not any(map(_is_worded, rest[1:])):
        return above + 1
    body = rest[len(rest) // 2 :]
    if sum(map(_has_value, body)) >= 0.75 * len(body):
        first = next((at for at, row in enumerate(rest) if _has_value(row)), len(rest))
        wordy = all(_is_wordy(row) and not (above and len(row.cells) == 1) for row in rest[:first])
        named = above + first <= MOST_HEADER_ROWS and wordy
        return above + first * named
    plain = len(columns) > 2 or (len(run) > 2 and _longer_below(run))
    named = len(run[0].cells) > 1 and _is_wordy(run[0]) and not _has_value(run[0])
    return above or int(plain and named and len(run) > 2 and not _alternates(run))


def header_of(rows: Sequence[Row], columns: Sequence[Span]) -> dict[int, list[TextLine]]:
    """The names of the columns; one in an upper row may stand above several."""
    header: dict[int, list[TextLine]] = {}
    for number, row in enumerate(rows, start=1):
        placed = list(words_by_column(row, columns))
        taken = {column for column, _ in placed}
        for column, line in placed:
            first = last = column
            if number < len(rows):
                free = [at for at in range(len(columns)) if at not in taken or at == column]
                first, last = spanned(line, column, columns, free)
                while first == column > 0 and last + 1 in free:
                    last += 1  # the name of a group at its left
            for each in range(first, last + 1):
                header.setdefault(each, []).append(line)
    return header


def _empty_corner(run: Sequence[Row], columns: Sequence[Span]) -> int:
    """How many of the top rows have no first cell above rows that have one."""
    first = [nearest_column(row.cells[0].box, columns) == 0 for row in run]
    empty = first.index(True) if True in first else 0
    below = first[empty:]
    enough = 0 < empty <= MOST_HEADER_ROWS and len(below) > 1 and sum(below) >= 0.75 * len(below)
    return empty if enough else 0


def _unlike_below(run: Sequence[Row], columns: Sequence[Span]) -> bool:
    """Whether the first row's cells are written unlike all below them, and these or those alike.

    Years above amounts, numbers of trips above times, temperatures above litres.
    """
    first, *rest = (
        {nearest_column(cell.box, columns): _shape(cell.text) for cell in row.cells} for row in run
    )
    if len(rest) < 2 or not 1 < len(first) == len(columns):
        return False
    alike = len({first[column] for column in range(1, len(columns))}) == 1 < len(columns) - 1
    unlike = 0
    for column in range(1, len(columns)):
        below = Counter(row[column] for row in rest if column in row)
        common = below.most_common(1)
        if not common or first[column] in below:
            continue
        unlike += alike or 2 * common[0][1] > len(rest) or first[column] == "year"
    several = len(columns) > 2 or first[1] == "year"
    return several and unlike >= 0.75 * (len(columns) - 1) and "9" in "".join(first.values())


def _shape(text: str) -> str:
    """How a cell is written: its digits, letters and signs without their number."""
    if re.fullmatch(r"(?:19|20)\d\d", text.strip()):
        return "year"
    return re.sub(r"[A-Za-z]+", "a", re.sub(r"\d+", "9", "".join(text.split())))


def begins_with_names(row: Row, below: Row) -> bool:
    """Whether a row names the columns of the values right below it, one name a value."""
    named = len(row.cells) > 2 and _is_wordy(row) and not _has_value(row)
    if not named or not _has_value(below) or len(row.cells) != len(below.cells):
        return False
    names = [cell.box for cell in row.cells]
    return all(any(map(value.box.overlap_across, names)) for value in below.cells)


def _is_worded(row: Row) -> bool:
    """Whether most cells of a row other than the first hold words, numbered or not."""
    cells = row.cells[1:]
    return 2 * sum(bool(re.search(r"[A-Za-z]{2}", cell.text)) for cell in cells) > len(cells)


def _alternates(run: Sequence[Row]) -> bool:
    """Whether rows of values follow rows of words in turn: labels with their values below."""
    valued = [_has_value(row) for row in run]
    turns = sum(first != second for first, second in pairwise(valued))
    return turns >= max(2, len(run) // 2)


def _has_value(row: Row) -> bool:
    """Whether a cell of a row other than the first is a number, a code or the like."""
    return any(
        re.search(r"\d", cell.text) or not re.search(r"[A-Za-z]{2}", cell.text)
        for cell in row.cells[1:]
    )


def _is_wordy(row: Row) -> bool:
    """Whether all cells of a row could be names of columns."""
    return all(
        len(cell.text.split()) <= 6 and not re.search(r":\s*\S", cell.text) for cell in row.cells
    )


def _longer_below(run: Sequence[Row]) -> bool:
    """Whether the last column's cells say more than its first cell, as a header's do not."""
    first, *rest = (row.cells[-1].text for row in run if len(row.cells) > 1)
    longer = sum(len(text) > 1.5 * len(first) for text in rest)
    return len(first.split()) <= 3 and longer >= 0.6 * len(rest)
