"""Which column of a table holds which field of a row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from ergo_agent._common.stems import stems_in
from ergo_agent.extraction.form import Field, Rows
from ergo_agent.layout.fragments import Row
from ergo_agent.layout.tables import Cell, Table
from ergo_agent.policies.ocr.models import SentenceEncoder

__all__ = ["Match", "header_at", "match_by_kind", "match_columns"]

_FITTING = 0.6
"""Share of a column's cells that have to be what the field takes: a total below the rows, and a
cell that was misread, are none. A guess; tables with many such cells would measure it."""
_ALIKE = 0.35
"""Mean likeness of names and headers from which a table is the one that is meant. A guess; models
with rows about pages with other tables would measure it."""
_MOST_COLUMNS = 12


@dataclass(frozen=True)
class Match:
    """The columns of a table by the names of the fields that they hold."""

    columns: Mapping[str, int]
    likeness: float
    """Mean over the fields, 0 to 1."""


def match_columns(rows: Rows, table: Table, encoder: SentenceEncoder) -> Match | None:
    """The columns that hold the fields of a row; None where it is another table.

    Each field gets the column whose header says most nearly what it is called, among those whose
    cells are what it takes.

    Args:
        rows: What is looked for.
        table: One with a header.
        encoder: Tells how near two names are.
    """
    heads = {column: cell.text for column, cell in table.header.items()}
    if len(heads) < 2 or len(heads) > _MOST_COLUMNS or not table.rows:
        return None
    cells = {column: _cells(table, column) for column in heads}
    scores = {
        (field.name, column): _likeness(field.label, head, encoder)
        for field in rows.columns
        for column, head in heads.items()
        if _fits(field, cells[column])
    }
    chosen = _assigned([field.name for field in rows.columns], sorted(heads), scores)
    if not rows.needed <= chosen.keys() or not chosen:
        return None
    likeness = sum(scores[pair] for pair in chosen.items()) / len(chosen)
    return Match(chosen, likeness) if likeness >= _ALIKE else None


def header_at(rows: Rows, lines: Sequence[Row], encoder: SentenceEncoder) -> int | None:
    """Which line of a page says best what the fields of a row are called; None if none does.

    Args:
        rows: What is looked for.
        lines: Of the page, top to bottom.
        encoder: Tells how near two names are.
    """
    best, found = _ALIKE, None
    names = [field.name for field in rows.columns]
    for at, line in enumerate(lines):
        texts = [cell.text for cell in line.cells]
        if not max(2, len(rows.needed)) <= len(texts) <= _MOST_COLUMNS:
            continue
        if any(char.isdecimal() for text in texts for char in text):
            continue
        scores = {
            (field.name, place): _likeness(field.label, text, encoder)
            for field in rows.columns
            for place, text in enumerate(texts)
        }
        chosen = _assigned(names, range(len(texts)), scores)
        likeness = sum(scores[pair] for pair in chosen.items()) / max(1, len(chosen))
        if likeness > best:
            best, found = likeness, at
    return found


def match_by_kind(rows: Rows, table: Table) -> Match | None:
    """The columns of a table without a header: as many as fields, each what its field takes.

    Args:
        rows: What is looked for; its fields stand in the order of the columns.
        table: One without a header.
    """
    columns = sorted({cell.column for row in table.rows for cell in row})
    fields = rows.columns
    if len(columns) != len(fields) or len(table.rows) < 2 or all(each.kind.free for each in fields):
        return None
    if not all(_fits(field, _cells(table, at)) for field, at in zip(fields, columns, strict=True)):
        return None
    return Match({field.name: at for field, at in zip(fields, columns, strict=True)}, 0.0)


def _cells(table: Table, column: int) -> list[str]:
    return [cell.text for row in table.rows for cell in row if _stands_in(cell, column)]


def _stands_in(cell: Cell, column: int) -> bool:
    return cell.column <= column <= max(cell.last, cell.column)


def _fits(field: Field, texts: Sequence[str]) -> bool:
    """Whether most cells are what a field takes; of a text, that some have letters."""
    if not texts:
        return False
    if field.kind.free:
        return any(re.search(r"[^\W\d_]{2}", text) for text in texts)
    return sum(field.kind.fits(text) for text in texts) >= _FITTING * len(texts)


def _likeness(label: str, head: str, encoder: SentenceEncoder) -> float:
    """How nearly two names say the same: by common words, or by their meaning."""
    ours, theirs = stems_in(label), stems_in(head)
    common = len(ours & theirs) / max(1, len(ours | theirs))
    first, second = encoder.encode([label.lower(), head.lower()])
    return max(common, float(first @ second))


def _assigned(
    names: Sequence[str], columns: Sequence[int], scores: Mapping[tuple[str, int], float]
) -> dict[str, int]:
    """A column for each name, none twice, with the greatest sum; a name may stay without one."""

    @cache
    def best(at: int, taken: int) -> tuple[float, tuple[tuple[str, int], ...]]:
        if at == len(names):
            return 0.0, ()
        found = best(at + 1, taken)
        for place, column in enumerate(columns):
            score = scores.get((names[at], column))
            if score is not None and not taken >> place & 1:
                rest, pairs = best(at + 1, taken | 1 << place)
                if score + rest > found[0]:
                    found = score + rest, ((names[at], column), *pairs)
        return found

    return dict(best(0, 0)[1])
