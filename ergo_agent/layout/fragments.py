"""Fragments and rows: what stands side by side.

Detection sometimes joins the cells of a row into one line of text, and sometimes splits one line in
two. Here lines are cut at gaps that are too wide for a space, joined where the gap is a space, and
put into rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ergo_agent.layout.text import Box, TextLine, Word, grouped

__all__ = ["Row", "cut_at", "fragments_of", "rows_of"]

_CELL_GAP = 1.3
"""A gap between words this many type heights wide separates cells; justified text stays below."""
_SPACE_GAP = 0.45
"""A gap between detections up to this many type heights wide is a space."""


@dataclass(frozen=True)
class Row:
    """Fragments on one visual line, left to right."""

    cells: tuple[TextLine, ...]

    @cached_property
    def box(self) -> Box:
        """The box around all cells."""
        return Box.around(cell.box for cell in self.cells)

    @property
    def text(self) -> str:
        """All cells, separated by two spaces."""
        return "  ".join(cell.text for cell in self.cells)


def fragments_of(lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines cut at cell gaps and joined at mere spaces, top to bottom and left to right."""
    pieces = [piece for line in lines for piece in _cut(line)]
    joined = [fragment for row in rows_of(pieces) for fragment in _joined(row)]
    return sorted(joined, key=lambda line: (line.box.top, line.box.left))


def rows_of(fragments: Sequence[TextLine]) -> list[Row]:
    """Group fragments whose vertical spans mostly coincide, top to bottom."""
    rows: list[list[TextLine]] = []
    for fragment in sorted(fragments, key=lambda line: line.box.middle):
        row = next((row for row in reversed(rows[-4:]) if _same_row(row, fragment)), None)
        if row is None:
            rows.append([fragment])
        else:
            row.append(fragment)
    ordered = [Row(tuple(sorted(row, key=lambda line: line.box.left))) for row in rows]
    return sorted(ordered, key=lambda row: row.box.middle)


def _same_row(row: Sequence[TextLine], fragment: TextLine) -> bool:
    """Whether a fragment stands beside the members of a row and not above or below one."""
    for member in row:
        common = member.box.overlap_down(fragment.box)
        if common < 0.5 * min(member.height, fragment.height):
            return False
        across = member.box.overlap_across(fragment.box)
        if across > 0.3 * min(member.box.width, fragment.box.width):
            return False
    return True


def _cut(line: TextLine) -> list[TextLine]:
    """A line cut where the gap between two words is too wide for a space."""
    gap = _CELL_GAP * line.height
    groups = grouped(line.words, lambda word, other: other.left - word.right <= gap)
    return [line] if len(groups) < 2 else _pieces(line, groups)


def cut_at(line: TextLine, across: float, gap: float) -> tuple[TextLine, TextLine] | None:
    """A line cut between two words at a place in view pixels; None where a word stands there.

    Args:
        line: The line.
        across: The place.
        gap: View pixels that the two words have to be apart.
    """
    middles = [(word.left + word.right) / 2 for word in line.words]
    before = [w for w, middle in zip(line.words, middles, strict=True) if middle < across]
    after = line.words[len(before) :]
    if not before or not after or after[0].left - before[-1].right < gap:
        return None
    pieces = _pieces(line, (before, after))
    return (pieces[0], pieces[1]) if len(pieces) > 1 else None


def _pieces(line: TextLine, groups: Sequence[Sequence[Word]]) -> list[TextLine]:
    """One line for each group of words, quoting the line's own text."""
    pieces, start = [], 0
    for number, group in enumerate(groups):
        end = _end_of(line.text, group, start)
        text = line.text[start:end].strip()
        left = line.box.left if number == 0 else group[0].left
        right = line.box.right if number == len(groups) - 1 else group[-1].right
        box = Box(left, line.box.top, max(right, left + 1), line.box.bottom)
        if text:
            pieces.append(replace(line, text=text, box=box, words=tuple(group)))
        start = end
    return pieces


def _end_of(text: str, group: Sequence[Word], start: int) -> int:
    """Where in `text` the words of `group` end when they are looked for from `start` on."""
    for word in group:
        found = text.find(word.text, start)
        start = found + len(word.text) if found >= 0 else start + len(word.text) + 1
    return start


def _joined(row: Row) -> list[TextLine]:
    """The fragments of a row with those joined that only a space separates."""
    joined: list[TextLine] = []
    for fragment in row.cells:
        if joined and _only_a_space(joined[-1], fragment):
            joined[-1] = _join(joined[-1], fragment)
        else:
            joined.append(fragment)
    return joined


def _only_a_space(first: TextLine, second: TextLine) -> bool:
    gap = second.box.left - first.box.right
    tall, small = max(first.height, second.height), min(first.height, second.height)
    return gap <= _SPACE_GAP * small and small > 0.6 * tall


def _join(first: TextLine, second: TextLine) -> TextLine:
    return TextLine(
        text=f"{first.text} {second.text}",
        box=Box.around([first.box, second.box]),
        score=min(first.score, second.score),
        words=first.words + second.words,
        sharp=first.sharp and second.sharp,
    )
