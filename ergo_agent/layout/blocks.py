"""Blocks: the columns, sidebars and tables of a page, before anything is read across it.

A recursive cut along white gutters (after G. Nagy and S. Seth, "Hierarchical representation of
optically scanned documents", 1984). A gutter may be the space between two columns of text, which
must not be read across, or between two columns of a table, which must: it is cut where both sides
are running text, or where the lines on one side have no partner on the other.

Two of the numbers were chosen on the recorded pages (`tests/policies/ocr/recorded`), none of whose
tables they part, and on the drawn pages of `tests/layout/test_blocks.py`: with `_PARTNERS`
0.6 in place of 0.75 five of twelve tables beside a sidebar were read together with it, in place of
two; with `_LEVEL` 0.15 or 0.2 in place of 0.25 one recorded table fell apart. What they and the
others do to passages and answers of the development pages is in `scripts/reader_numbers/README.md`.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from statistics import median
from typing import Literal

from ergo_agent.layout.fragments import Row, cut_at, rows_of
from ergo_agent.layout.text import Box, TextLine, Word, stacked

__all__ = ["blocks_of"]

_GUTTER = 0.8
"""Type heights that a gutter is wide at least."""
_LEVEL = 0.25
"""Type heights by which the middles of lines that stand side by side may differ."""
_PARTED = 0.8
"""Type heights between lines from which they belong to different cells or paragraphs."""
_PARTNERS = 0.75
"""Share of the lines of the shorter side that have a partner from which a gutter is a table's."""
_PARTNERS_OF_TEXT = 0.9
"""The same where the other side is running text, some of whose lines are level by chance."""
_WORDS = 3.0
"""Words a line, on the average, from which text may be running."""
_FULL = 0.6
"""Share of the lines that fill their column from which text may be running."""
_LOWER = 0.2
"""Share of the lines that go on with a small letter from which it is."""
_FEWEST = 4
"""Lines of a region that is parted."""
_ROWS = 3
"""Rows without partners, on each side, that make two blocks."""
_TABLE = 3
"""Bands of running text beside each other, each beginning level, that make a table."""


def blocks_of(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """The lines of a page by the block that they stand in, in reading order."""
    best = max(_gutters(lines), key=lambda cut: len(cut.left) + len(cut.right), default=None)
    if best is None:
        return [list(lines)] if lines else []
    parts = (best.above, best.left, best.right, best.below)
    return [block for part in parts for block in blocks_of(part)]


_Sides = tuple[list[TextLine], list[TextLine]]
"""What of a line stands left and right of a gutter."""
_Kind = Literal["text", "rows", "apart", "one side"]
"""Two columns of text; rows that go on across; lines that have no partners; a side is empty."""


@dataclass(frozen=True)
class _Cut:
    """The lines of a region, parted along a gutter that goes through some of its height."""

    above: list[TextLine]
    left: list[TextLine]
    right: list[TextLine]
    below: list[TextLine]


def _gutters(lines: Sequence[TextLine]) -> Iterator[_Cut]:
    """Every gutter that parts two blocks."""
    if len(lines) < _FEWEST:
        return
    height = median(line.height for line in lines)
    ordered = sorted(lines, key=lambda line: line.box.middle)
    partings = (
        [_side(line, at, height) for line in ordered] for at in _candidates(ordered, height)
    )
    for sides in {_parting(sides): sides for sides in partings}.values():
        crossing = [at for at, side in enumerate(sides) if side is None]
        for start, end in pairwise((-1, *crossing, len(ordered))):
            between = [side for side in sides[start + 1 : end] if side is not None]
            bands = _bands(between, height)
            for first, last in _apart(bands):
                done = start + 1 + sum(band.count for band in bands[:first])
                stop = done + sum(band.count for band in bands[first:last])
                left = [line for band in bands[first:last] for line in band.left]
                right = [line for band in bands[first:last] for line in band.right]
                yield _Cut(ordered[:done], left, right, ordered[stop:])


def _candidates(lines: Sequence[TextLine], height: float) -> list[float]:
    """Where gutters may run: amid gaps between words or lines that stand side by side."""
    gaps: set[int] = set()
    for row in rows_of(lines):
        words = (
            word
            for line in row.cells
            for word in line.words or (Word("", line.box.left, line.box.right),)
        )
        spans = sorted((word.left, word.right) for word in words)
        for (_, right), (left, _) in pairwise(spans):
            if left - right >= _GUTTER * height:
                gaps.add(round((left + right) / height))
    return [gap * height / 2 for gap in sorted(gaps)]


def _side(line: TextLine, across: float, height: float) -> _Sides | None:
    """A line left or right of a gutter, or parted by it; None if it crosses."""
    half = _GUTTER * height / 2
    if line.box.right <= across + half / 2:
        return [line], []
    if line.box.left >= across - half / 2:
        return [], [line]
    parts = cut_at(line, across, _GUTTER * height)
    return None if parts is None else ([parts[0]], [parts[1]])


def _parting(sides: Sequence[_Sides | None]) -> tuple[object, ...]:
    """What tells a gutter from another: what of each line stands left and right of it."""
    return tuple(
        side and tuple(tuple(line.text for line in part) for part in side) for side in sides
    )


class _Band:
    """What stands left and right of a gutter between two white strips across both."""

    def __init__(self, sides: Sequence[_Sides]) -> None:
        self.count = len(sides)
        self.left = [line for left, _ in sides for line in left]
        self.right = [line for _, right in sides for line in right]
        self.rows = rows_of(self.left), rows_of(self.right)

    @cached_property
    def kind(self) -> _Kind:
        """What its gutter parts."""
        first, second = self.rows
        if not first or not second:
            return "one side"
        few, many = sorted((_nearest(first, -1), _nearest(second, 0)), key=len)
        text = [_runs(few), _runs(many)]
        if all(text):
            return "text"
        partners = sum(_has_partner(line, few, many) for line in few)
        enough = _PARTNERS_OF_TEXT if any(text) else _PARTNERS
        rows = partners >= enough * len(few) or (len(few) == 1 and _is_amid(few[0], many))
        return "rows" if rows else "apart"

    @property
    def level(self) -> bool:
        """Whether both sides begin on one line."""
        first, second = (rows[0] for rows in self.rows)
        return abs(first.box.middle - second.box.middle) < 2 * _LEVEL * first.box.height


def _bands(sides: Sequence[_Sides], height: float) -> list[_Band]:
    """The lines beside a gutter, parted where white runs across both sides."""
    bands: list[list[_Sides]] = []
    bottom = -math.inf
    for side in sides:
        box = Box.around(line.box for part in side for line in part)
        if box.top - bottom > _PARTED * height:
            bands.append([])
        bands[-1].append(side)
        bottom = max(bottom, box.bottom)
    return [part for band in bands for part in _untitled(band)]


def _untitled(sides: Sequence[_Sides]) -> list[_Band]:
    """A band of rows without the title that stands above them on one side alone."""
    (title, *_), *rest = (left + right for left, right in sides)
    alone = all(line.box.top > title.box.middle for lines in rest for line in lines)
    below = _Band(sides[1:])
    if alone and not all(sides[0]) and below.kind == "rows":
        return [_Band(sides[:1]), below]
    return [_Band(sides)]


def _apart(bands: Sequence[_Band]) -> Iterator[tuple[int, int]]:
    """The first band and the one after the last of each run of bands that a gutter parts."""
    texts = [band for band in bands if band.kind == "text"]
    if len(texts) >= _TABLE and all(band.level for band in texts):
        return  # a table, whose cells are running text
    start = 0
    for end in (*_tables(bands), len(bands)):
        parted = [band for band in bands[start:end] if band.kind in {"text", "apart"}]
        fewest = min(sum(len(band.rows[side]) for band in parted) for side in (0, 1))
        several = fewest >= _ROWS or (fewest and any(band.kind == "text" for band in parted))
        if several or _two_lists([band for band in bands[start:end] if band.kind == "rows"]):
            yield start, end
        start = end + 1


def _tables(bands: Sequence[_Band]) -> list[int]:
    """The bands whose rows go on across a gutter.

    One or two such rows between others, or above them, are chance, or the titles of two columns.
    """
    found: list[int] = []
    for is_table, run in groupby(range(len(bands)), key=lambda at: bands[at].kind == "rows"):
        at = list(run)
        few = sum(min(map(len, bands[each].rows)) for each in at)
        last = at[-1] + 1 == len(bands)
        if is_table and _two_lists([bands[each] for each in at]):
            continue
        if is_table and (few > _ROWS or (last and few == 1) or len(at) == len(bands)):
            found += at
    return found


def _two_lists(bands: Sequence[_Band]) -> bool:
    """Whether level rows are those of two lists beside each other: each has a title of its own."""
    for side in (0, 1):
        rows = [row for band in bands for row in band.rows[side]]
        several = [row for row in rows[1:] if len(row.cells) > 1]
        if len(rows) <= _ROWS or len(rows[0].cells) > 1 or len(several) < _PARTNERS * len(rows[1:]):
            return False
        if abs(rows[0].box.left - min(row.box.left for row in rows)) > rows[0].box.height:
            return False
    return True


def _nearest(rows: Sequence[Row], end: Literal[0, -1]) -> list[TextLine]:
    """The column next to a gutter, of the rows right (`end` 0) or left (-1) of it."""
    cells = [row.cells[end] for row in rows]
    first = min(cells, key=lambda cell: cell.box.left if end == 0 else -cell.box.right)
    return [cell for cell in cells if cell.box.overlap_across(first.box)]


def _runs(lines: Sequence[TextLine]) -> bool:
    """Whether lines are running text: of words that fill their column and go on below."""
    if len(lines) < 2:
        return False
    texts = [line.text for line in lines]
    box = Box.around(line.box for line in lines)
    full = sum(line.box.right - box.left > 0.75 * box.width for line in lines)
    lower = sum(bool(re.match(r"\W*[a-z]", text)) for text in texts[1:])
    return (
        sum(len(text.split()) for text in texts) >= _WORDS * len(texts)
        and full >= _FULL * len(texts)
        and lower >= max(1, _LOWER * len(texts))
    )


def _has_partner(line: TextLine, own: Sequence[TextLine], others: Sequence[TextLine]) -> bool:
    """Whether a line has one beside it, or is the only one beside a cell of several lines."""
    if any(abs(line.box.middle - other.box.middle) < _LEVEL * line.height for other in others):
        return True
    for group in stacked(others, _PARTED):
        top, bottom = group[0].box.top, group[-1].box.bottom
        if len(group) > 1 and top < line.box.middle < bottom:
            return sum(top < mine.box.middle < bottom for mine in own) == 1
    return False


def _is_amid(line: TextLine, others: Sequence[TextLine]) -> bool:
    """Whether a line stands beside the middle of others, as a cell merged over rows does."""
    return abs(line.box.middle - Box.around(o.box for o in others).middle) < _LEVEL * line.height
