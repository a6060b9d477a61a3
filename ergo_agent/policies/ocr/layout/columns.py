"""Columns of a table: where they stand, and which words of a header belong to which."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ergo_agent.policies.ocr.layout.fragments import Row
from ergo_agent.policies.ocr.text import Box, TextLine, Word

__all__ = ["Span", "columns_of", "nearest_column", "words_by_column"]


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
            box = Box(words[0].left, cell.box.top, words[-1].right, cell.box.bottom)
            text = " ".join(word.text for word in words)
            yield column, replace(cell, text=text, box=box, words=tuple(words))
