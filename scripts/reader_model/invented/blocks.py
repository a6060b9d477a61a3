"""Blocks of a page: fields, tables and running text, each with what can be asked about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from scripts.reader_model.invented.canvas import Canvas, Printed
from scripts.reader_model.invented.phrases import about_cell, about_concept, worded
from scripts.reader_model.invented.vocabulary import (
    Concept,
    Sentence,
    Table,
    rows_of,
    some,
)

__all__ = ["Fact", "Spot", "set_fields", "set_prose", "set_table"]


class Spot(NamedTuple):
    """Where a block goes, in view pixels."""

    x: float
    y: float
    width: float
    size: float
    """Height of its type."""


@dataclass(frozen=True)
class Fact:
    """A question, and what answers it; None where the page does not."""

    question: str
    gold: Printed | None
    beside: Printed | None = None
    """What the question names where the label of a row is asked for."""


def set_fields(canvas: Canvas, used: Sequence[Concept], spot: Spot) -> tuple[list[Fact], float]:
    """Labelled values in one of the usual arrangements; gives the facts and the bottom."""
    x, y, width, size = spot
    rng, facts = canvas.rng, []
    form = rng.choice(["colon", "columns", "columns", "above", "right", "dots", "joined", "two"])
    across = {"above": rng.choice([2, 3]), "two": 2}.get(form, 1)
    wide, gap = width / across, rng.uniform(0.3, 0.5)
    step = size * rng.choice([1.4, 1.7, 2.2]) + (1.5 * size if form == "above" else 0)
    mark = rng.choice([":", ":", "", " :"])
    for number, concept in enumerate(used):
        left, top = x + (number % across) * wide, y + (number // across) * step
        label, value = rng.choice(concept.labels), some(concept.kind, rng)
        if form in ("colon", "joined"):
            _, gold = canvas.join([f"{label}{mark or ':'}", value], left, top, size)
        elif form == "dots":
            dots = "." * rng.randint(3, 25)
            _, gold = canvas.join([f"{label} {dots}", value], left, top, size)
        elif form == "above":
            canvas.put(label, left, top, 0.8 * size)
            gold = canvas.put(value, left, top + 1.1 * size, size)
        elif form == "right":
            canvas.put(f"{label}{mark}", left, top, size)
            gold = canvas.put_right(value, x + width, top, size)
        else:
            canvas.put(f"{label}{mark}", left, top, size)
            gap_here = max(gap * wide, canvas.width_of(label, size) + 1.5 * size)
            gold = canvas.put(value, left + gap_here, top, size)
        for _ in range(2):
            facts.append(Fact(about_concept(concept, label, rng), gold))
    return facts, y + (len(used) + across - 1) // across * step + size


def set_prose(canvas: Canvas, used: Sequence[Sentence], spot: Spot) -> tuple[list[Fact], float]:
    """Sentences as paragraphs of running text."""
    x, y, width, size = spot
    rng, facts = canvas.rng, []
    for start in range(0, len(used), 3):
        parts: list[str] = []
        asked: list[tuple[int, str, dict[str, str], Sentence]] = []
        for sentence in used[start : start + 3]:
            filled: dict[str, str] = {}
            for piece in re.split(r"(\[\w+:\w+\])", sentence.text + " "):
                slot = re.fullmatch(r"\[(\w+):(\w+)\]", piece)
                if slot:
                    filled[slot[1]] = some(slot[2], rng)
                    asked.append((len(parts), slot[1], filled, sentence))
                parts.append(filled[slot[1]] if slot else piece)
        printed, bottom = canvas.paragraph(parts, x, y, width=width, size=size)
        for at, name, values, sentence in asked:
            for question in sentence.asks.get(name, ())[:3]:
                asked_for = question.format(**values)
                facts.append(Fact(worded(asked_for, rng), printed[at]))
        y = bottom + rng.uniform(0.4, 1.2) * size
    return facts, y


def set_table(canvas: Canvas, table: Table, spot: Spot) -> tuple[list[Fact], float]:
    """A table with header; questions about cells, rows, and rows and columns that are not there."""
    x, y, width, size = spot
    rng = canvas.rng
    rows = rows_of(table.rows, rng.randint(3, 11) + 2, rng)
    absent, rows = rows[:2], rows[2:]
    shown = sorted(rng.sample(range(len(table.columns)), _columns_shown(table, rng)))
    heads = {at: rng.choice(table.columns[at].heads) for at in range(len(table.columns))}
    places = _places(len(shown), x, width, rng)
    right = rng.random() < 0.35
    if any(table.corner):
        canvas.put(rng.choice(table.corner), x, y, size)
    for at, place in zip(shown, places, strict=True):
        _set(canvas, heads[at], Spot(place, y, width, size), right=right)
    step, facts = size * rng.choice([1.4, 1.7, 2.1]), list[Fact]()
    top = y + step * rng.choice([1.0, 1.2])
    cells: dict[tuple[str, int], Printed] = {}
    names: dict[str, Printed] = {}
    heading_at = rng.randrange(len(rows)) if rows and rng.random() < 0.15 else -1
    for number, row in enumerate(rows):
        if number == heading_at:
            canvas.put(some("subject", rng), x, top, size)
            top += step
        names[row] = canvas.put(row, x, top, size)
        for at, place in zip(shown, places, strict=True):
            if rng.random() < 0.03:
                continue
            value = some(table.columns[at].kind, rng)
            cells[row, at] = _set(canvas, value, Spot(place, top, width, size), right=right)
        top += step
    facts += _about_cells(table, cells, heads, rng)
    facts += _about_rows(table, cells, names, heads, rng)
    facts += _about_nothing(table, cells, heads, absent, rng)
    return facts, top + 0.5 * size


def _columns_shown(table: Table, rng: Random) -> int:
    most = len(table.columns)
    return most if most < 3 or rng.random() < 0.6 else rng.randint(2, most)


def _places(count: int, x: float, width: float, rng: Random) -> list[float]:
    """Left edges of the columns beside the first."""
    first = rng.uniform(0.28, 0.42) * width
    each = (width - first) / count
    return [x + first + at * each for at in range(count)]


def _set(canvas: Canvas, text: str, spot: Spot, *, right: bool) -> Printed:
    """A cell, set from its left edge or up to where a short number would end."""
    x, y, _, size = spot
    return (
        canvas.put_right(text, x + 4.2 * size, y, size) if right else canvas.put(text, x, y, size)
    )


def _about_cells(
    table: Table, cells: dict[tuple[str, int], Printed], heads: dict[int, str], rng: Random
) -> list[Fact]:
    facts = []
    for (row, at), gold in cells.items():
        facts.append(Fact(about_cell(heads[at], row, rng), gold))
        other = [words for number, words in table.asks if number == at]
        if other:
            question = rng.choice(other).format(row=row, col=heads[at])
            facts.append(Fact(worded(question, rng), gold))
    return facts


def _about_rows(
    table: Table,
    cells: dict[tuple[str, int], Printed],
    names: dict[str, Printed],
    heads: dict[int, str],
    rng: Random,
) -> list[Fact]:
    """Which row has a value, where only one has it."""
    facts = []
    for (row, at), cell in cells.items():
        same = [1 for (_, other), each in cells.items() if other == at and each.text == cell.text]
        forms = [words for number, words in table.reverse if number == at]
        if len(same) > 1 or not forms:
            continue
        question = rng.choice(forms).format(value=cell.text, col=heads[at])
        facts.append(Fact(worded(question, rng), names[row], cell))
    return facts


def _about_nothing(
    table: Table,
    cells: dict[tuple[str, int], Printed],
    heads: dict[int, str],
    absent: Sequence[str],
    rng: Random,
) -> list[Fact]:
    """Rows and columns that are not there, and values that no row has."""
    shown = {at for _, at in cells}
    facts = []
    for row in absent:
        at = rng.choice(sorted(shown)) if shown else 0
        facts.append(Fact(about_cell(heads[at], row, rng), None))
        other = [(number, words) for number, words in table.asks if number in shown]
        if other:
            number, words = rng.choice(other)
            facts.append(Fact(worded(words.format(row=row, col=heads[number]), rng), None))
    rows = sorted({row for row, _ in cells})
    for at in range(len(table.columns)):
        if at not in shown and rows:
            facts.append(Fact(about_cell(heads[at], rng.choice(rows), rng), None))
    for at, words in table.reverse:
        value = some(table.columns[at].kind, rng)
        if at in shown and not any(each.text == value for each in cells.values()):
            facts.append(Fact(worded(words.format(value=value, col=heads[at]), rng), None))
    return facts
