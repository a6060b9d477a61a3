"""What is quoted as the answer: a value alone when it is clear, else the passage around it."""

from collections.abc import Sequence

from ergo_agent.policies.ocr.finder.match import TermMatcher
from ergo_agent.policies.ocr.finder.rank import Scored
from ergo_agent.policies.ocr.finder.terms import stems_in
from ergo_agent.policies.ocr.finder.units import Unit
from ergo_agent.policies.ocr.layout.fragments import Row
from ergo_agent.policies.ocr.text import Box, TextLine

__all__ = ["LONGEST_ANSWER", "Quote", "is_clear", "quote", "same_place"]

LONGEST_ANSWER = 300
"""Characters."""
CLEAR = 3.5
"""A value is quoted alone when its score leads that of every other place by this much."""

_EXACT = 0.8
"""Share of label and question that match one another from which a label is just the right one."""

_REPEATS = 0.6
"""Share of a text's words that the question speaks of, from which what stands beside it answers."""

_AS_WELL = 1.5
"""Score by which a row may lead one of its cells that is quoted instead."""

Quote = tuple[str, tuple[TextLine, ...]]
"""The answer's text, and the lines it stands on."""


def quote(
    best: Scored, ranked: Sequence[Scored], matcher: TermMatcher, rows: Sequence[Row]
) -> Quote:
    """The answer's text and lines: longer when it is less clear which words answer."""
    best = _cell_of(best, ranked)
    unit = best.unit
    if len(unit.text) > LONGEST_ANSWER:
        return _shortened(unit.text, matcher), unit.lines
    if unit.shape == "sentence":
        return _with_sentences(best, ranked)
    answers = matcher.spoken_of(stems_in(unit.text)) < _REPEATS
    if answers and (unit.shape == "hanging" or is_clear(best, ranked)):
        return unit.text, unit.lines
    return _with_rows(unit, rows)


def _cell_of(best: Scored, ranked: Sequence[Scored]) -> Scored:
    """A row's cell with just the right label instead of the row, where it does nearly as well."""
    if best.unit.shape != "row":
        return best
    named = (item for item in ranked if item.unit.shape in {"cell", "pair"} and _is_named(item))
    near = (item for item in named if best.score - item.score < _AS_WELL)
    return next((item for item in near if set(item.unit.lines) <= set(best.unit.lines)), best)


def _is_named(item: Scored) -> bool:
    """Whether the label is just what was asked for."""
    fit = item.features
    return fit.precise > _EXACT and fit.by_key > _EXACT and not fit.missing_kind


def is_clear(best: Scored, ranked: Sequence[Scored]) -> bool:
    """Whether the label is just what was asked for, or no other place comes near the best one."""
    if _is_named(best):
        return True
    rivals = (item for item in ranked if item is not best and not same_place(best.unit, item.unit))
    rival = next(rivals, None)
    return rival is None or best.score - rival.score >= CLEAR


def same_place(first: Unit, second: Unit) -> bool:
    """Whether two units share a line, or the second only repeats part of the first."""
    return not set(first.lines).isdisjoint(second.lines) or second.text in first.text


def _with_sentences(best: Scored, ranked: Sequence[Scored]) -> Quote:
    """A sentence with those right before and after it, as far as they fit."""
    text, lines = best.unit.text, best.unit.lines
    near = (
        item.unit
        for item in ranked
        if item.unit.shape == "sentence" and abs(item.unit.order - best.unit.order) == 1
    )
    for neighbour in near:
        after = neighbour.order > best.unit.order
        longer = f"{text} {neighbour.text}" if after else f"{neighbour.text} {text}"
        if len(longer) <= LONGEST_ANSWER:
            text, lines = longer, (*lines, *neighbour.lines)
    return text, tuple(dict.fromkeys(lines))


def _with_rows(unit: Unit, rows: Sequence[Row]) -> Quote:
    """The whole rows of a value, and the rows next to them as far as they fit."""
    box = Box.around(line.box for line in unit.lines)
    own = [row for row in rows if not set(row.cells).isdisjoint(unit.lines)]
    text = " ".join(_part(row, box) for row in own) or unit.text
    if unit.text not in text:
        text = f"{text} {unit.text}"
    lines = [cell for row in own for cell in row.cells] or list(unit.lines)
    if len(text) > LONGEST_ANSWER:
        return unit.text, unit.lines
    for row in _next_to(box, own, rows):
        part = _part(row, box)
        above = row.box.middle < box.middle
        longer = f"{part} {text}" if above else f"{text} {part}"
        if part and len(longer) <= LONGEST_ANSWER:
            text = longer
            lines.extend(row.cells)
    return text, tuple(dict.fromkeys(lines))


def _part(row: Row, box: Box) -> str:
    """The cells of a row that are not far off to the side of a box."""
    reach = 14 * box.height
    near = (
        c for c in row.cells if c.box.right > box.left - reach and c.box.left < box.right + reach
    )
    return " ".join(cell.text for cell in near)


def _next_to(box: Box, own: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """Two rows below and one above, if they are close."""
    others = [row for row in rows if row not in own]
    below = sorted((r for r in others if r.box.middle > box.bottom), key=lambda r: r.box.top)
    above = sorted((r for r in others if r.box.middle < box.top), key=lambda r: -r.box.bottom)
    reach = 1.8 * max(
        8.0, min(line.box.height for row in own for line in row.cells) if own else 8.0
    )
    near_below = [r for r in below[:2] if r.box.top - box.bottom < 2 * reach]
    near_above = [r for r in above[:1] if box.top - r.box.bottom < reach]
    return [*near_below, *near_above]


def _shortened(text: str, matcher: TermMatcher) -> str:
    """A text cut to the stretch of words that says most about what is asked."""
    words = text.split(" ")
    worth = [matcher.covered(matcher.matches(word)) for word in words]
    best, span = -1.0, (0, 0)
    for start in range(len(words)):
        end, length, value = start, -1, 0.0
        while end < len(words) and length + 1 + len(words[end]) <= LONGEST_ANSWER:
            length += 1 + len(words[end])
            value += worth[end]
            end += 1
        if value > best + 1e-9:
            best, span = value, (start, end)
    return " ".join(words[span[0] : span[1]])
