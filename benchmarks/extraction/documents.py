"""Documents with what is right: drawn, scanned or digital, in both habits of writing."""

import io
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

import pypdfium2
from pydantic import BaseModel

from benchmarks.corpus.looks import POINTS_PER_INCH, looked, moved
from benchmarks.corpus.model import Look, Place
from benchmarks.extraction import development, held_out
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts, Habit, Pen, facts_of
from benchmarks.extraction.models import MODELS

__all__ = ["Gold", "Made", "Split", "documents"]

Split = Literal["development", "held_out"]

_PEOPLE = {
    "development": ("Alma Birkett", "Fergus Juhl", "Ilka Dahlberg", "Joram Fosse"),
    "held_out": ("Osric Yardley", "Paloma Zeller", "Saskia Amory", "Tobiah Underhay"),
}
_GOODS = {
    "development": (
        "Copper pipe", "Ball valve", "Oak board", "Wood glue", "Paint brush", "Hinge, brass",
        "Door handle", "Sanding paper", "Floor wax", "Nails 60 mm", "Putty", "Roof felt",
    ),
    "held_out": (
        "Linen cloth", "Desk lamp", "Rye bread", "Olive oil", "Garden hose", "Steel bolt",
        "Blackcurrant jam", "Tea towel", "Wall clock", "Bicycle tube", "Cork board", "Candle",
    ),
}  # fmt: skip
_SCAN = Look(dpi=200, grain=8, jpeg=70)
_DIGITAL = Look(dpi=300)


@dataclass(frozen=True)
class Gold:
    """What is right for a field; None for one that the document does not have."""

    value: Any
    page: int = 0
    box: Place | None = None
    """In original pixels."""


@dataclass(frozen=True)
class Made:
    """A document, and what is right."""

    name: str
    layout: str
    habit: Habit
    model: type[BaseModel]
    source: Any
    """A PDF's bytes, or a list of pictures."""

    fields: dict[str, Gold]
    rows: list[dict[str, Gold]]
    path: str
    """What the rows are called in the model; empty where it has none."""


def documents(split: Split, count: int, *, seed: int) -> list[Made]:
    """So many documents, their layouts and habits by turns.

    Args:
        split: Which layouts and names.
        count: How many.
        seed: Of all that is drawn by chance.
    """
    layouts = development.LAYOUTS if split == "development" else held_out.LAYOUTS
    made = []
    for number in range(count):
        name = list(layouts)[number % len(layouts)]
        turn = number // len(layouts)
        habit: Habit = "comma" if (turn + number) % 2 else "point"
        random = Random(f"{split}-{seed}-{number}")  # noqa: S311  # drawing
        made.append(_made(split, name, habit, random, scanned=bool(turn % 2)))
    return made


def _made(split: Split, layout: str, habit: Habit, random: Random, *, scanned: bool) -> Made:
    kind, draw = (development if split == "development" else held_out).LAYOUTS[layout]
    rows = random.randint(38, 52) if layout in {"long_order", "hardware"} else random.randint(3, 7)
    pen = Pen(random, habit)
    facts = facts_of(kind, pen, names=_PEOPLE[split], goods=_GOODS[split], rows=rows)
    draft = draw(facts)
    look = _SCAN if scanned else _DIGITAL
    name = f"{layout}-{random.randint(0, 10**9)}"
    pdf = bytes(draft.paper.pdf.output())
    model = MODELS[kind]
    path = {"invoice": "lines", "receipt": "bought"}.get(kind, "")
    return Made(
        name=name,
        layout=layout,
        habit=habit,
        model=model,
        source=_scanned(pdf, name) if scanned else pdf,
        fields={
            field: _gold(field, facts, draft, look) for field in model.model_fields if field != path
        },
        rows=[
            {column: _at(fact.value, f"{path}[{at}].{column}", draft, look)
             for column, fact in row.items()}
            for at, row in enumerate(facts.rows)
        ],
        path=path,
    )  # fmt: skip


def _gold(name: str, facts: Facts, draft: Draft, look: Look) -> Gold:
    fact = facts.fields.get(name)
    return Gold(None) if fact is None else _at(fact.value, name, draft, look)


def _at(value: Any, name: str, draft: Draft, look: Look) -> Gold:  # noqa: ANN401
    """A value with its place.

    Raises:
        KeyError: If the layout has not drawn it.
    """
    page, spot = draft.spots[name]
    scale = POINTS_PER_INCH / 25.4
    size = draft.paper.width * scale, draft.paper.height * scale
    left, top, right, bottom = (edge * scale for edge in spot)
    return Gold(value, page, moved((left, top, right, bottom), look, size=size))


def _scanned(pdf: bytes, name: str) -> list[bytes]:
    """A picture of each page, as a scanner makes it."""
    pictures = []
    with pypdfium2.PdfDocument(pdf) as opened:
        for page in opened:
            drawn = page.render(scale=_SCAN.dpi / POINTS_PER_INCH, grayscale=True).to_pil()
            buffer = io.BytesIO()
            looked(drawn, _SCAN, name=name).save(buffer, "PNG")
            pictures.append(buffer.getvalue())
    return pictures
