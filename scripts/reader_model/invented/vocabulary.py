"""What the text files of this folder say: kinds of fields, tables and sentences."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from scripts.reader_model.invented import values
from scripts.reader_model.invented.words import ITEMS, TOWNS

__all__ = [
    "Column",
    "Concept",
    "Sentence",
    "Table",
    "concepts",
    "rows_of",
    "sentences",
    "some",
    "tables",
]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Concept:
    """A field that pages of some kinds have."""

    pages: frozenset[str]
    name: str
    kind: str
    labels: tuple[str, ...]
    asks: tuple[str, ...]
    """Questions that do not use the labels."""


@dataclass(frozen=True)
class Column:
    """A column of a table: what may stand above it, and the kind of its values."""

    heads: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Table:
    """A kind of table; questions go with the number of their column, from 0."""

    titles: tuple[str, ...]
    rows: str
    corner: tuple[str, ...]
    columns: tuple[Column, ...]
    asks: tuple[tuple[int, str], ...]
    """With {row} and {col}."""
    reverse: tuple[tuple[int, str], ...]
    """With {value} and {col}; the row answers."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with slots `[name:kind]`."""

    text: str
    asks: dict[str, tuple[str, ...]]


@cache
def concepts() -> tuple[Concept, ...]:
    """Every field."""
    return tuple(
        Concept(frozenset(pages.split()), name, kind, _parts(labels), _parts(asks))
        for pages, name, kind, labels, asks in map(_fields, _lines("concepts.txt"))
    )


@cache
def tables() -> tuple[Table, ...]:
    """Every kind of table."""
    found = []
    for _, titles, rows, corner, columns, asks, reverse in map(_fields, _lines("tables.txt")):
        heads = [each.rsplit(" = ", 1) for each in columns.split(" ; ")]
        found.append(
            Table(
                _blanks(titles),
                rows,
                _blanks(corner),
                tuple(Column(_parts(names), kind.strip()) for names, kind in heads),
                _numbered(asks),
                _numbered(reverse),
            )
        )
    return tuple(found)


@cache
def sentences() -> tuple[Sentence, ...]:
    """Every sentence."""
    found = []
    for text, asks in map(_fields, _lines("sentences.txt")):
        each = (part.split(" = ", 1) for part in asks.split(" ; "))
        found.append(Sentence(text, {name.strip(): _parts(words) for name, words in each}))
    return tuple(found)


@cache
def _words() -> dict[str, tuple[str, ...]]:
    lines = (line.split(":", 1) for line in _lines("rows.txt"))
    return {name: tuple(word.strip() for word in words.split(";")) for name, words in lines}


def some(kind: str, rng: Random) -> str:
    """A value of a kind, out of the lists or made up."""
    if kind in _words():
        return rng.choice(_words()[kind])
    return _MAKERS[kind](rng) if kind in _MAKERS else values.value_of(kind, rng)


def rows_of(kind: str, count: int, rng: Random) -> list[str]:
    """Different row labels of a kind, at most as many as there are."""
    found: dict[str, None] = {}
    for _ in range(6 * count):
        found.setdefault(some(kind, rng))
        if len(found) == count:
            break
    return list(found)


def _decimal(rng: Random) -> str:
    number = rng.choice([rng.uniform(0, 2), rng.uniform(1, 60), rng.uniform(50, 900)])
    text = f"{number:.{rng.choice([0, 1, 2, 3])}f}"
    return text.replace(".", ",") if rng.random() < 0.2 else rng.choice(["", "", "", "< "]) + text


def _big_sum(rng: Random) -> str:
    number = rng.choice([rng.randint(2, 999), rng.randint(1000, 99999)])
    form = rng.random()
    if form < 0.1:
        return f"{rng.uniform(0.1, 9):.2f}"
    text = f"{number:,}"
    return f"({text})" if form < 0.2 else f"$ {text}" if form < 0.27 else text


def _decimal_unit(rng: Random) -> str:
    unit = rng.choice(
        ["W", "l/h", "m³/h", "dB", "A", "kg", "V", "Nm", "ms", "bar", "l/24 h", "%", "mA", "km"]
    )
    return f"{_decimal(rng)} {unit}".strip()


_MAKERS: dict[str, Callable[[Random], str]] = {
    "amount": values.amount,
    "bigsum": _big_sum,
    "dates": lambda r: values.date(r, year=2025),
    "decimal": _decimal,
    "decimal_unit": _decimal_unit,
    "ext": lambda r: str(r.randint(100, 4999)),
    "items": lambda r: r.choice(ITEMS),
    "orders": lambda r: (
        str(r.randint(71000, 99000)) if r.random() < 0.6 else f"A-{r.randint(100, 999)}"
    ),
    "people": values.person,
    "room": lambda r: f"{r.choice(['', 'B', 'C', '1.', '2.'])}{r.randint(10, 320)}",
    "small": lambda r: str(r.choice([1, 1, 2, 3, 4, 5, 6, 8, 10, 12, 20])),
    "towns": lambda r: r.choice(TOWNS),
}


def _lines(file: str) -> Sequence[str]:
    lines = (_FOLDER / file).read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _fields(line: str) -> list[str]:
    return [part.strip() for part in line.split("|")]


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"\s/\s", text) if part.strip())


def _blanks(text: str) -> tuple[str, ...]:
    """Parts of which some may be empty."""
    return tuple(part.strip() for part in re.split(r"(?:^|\s)/(?=\s|$)", text))


def _numbered(text: str) -> tuple[tuple[int, str], ...]:
    pairs = (part.split(" = ", 1) for part in re.split(r" ; | / (?=\d = )", text) if part.strip())
    return tuple((int(number), words.strip()) for number, words in pairs)
