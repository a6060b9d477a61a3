"""Invented pages as examples."""

import re
from collections.abc import Iterator, Sequence
from random import Random

from ergo_agent.layout.page import understand
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from scripts.reader_model.examples import Asked, Page, Span, likely_of, occurrences
from scripts.reader_model.invented.blocks import Fact, Spot, set_fields, set_prose, set_table
from scripts.reader_model.invented.canvas import Canvas
from scripts.reader_model.invented.phrases import about_concept, about_label
from scripts.reader_model.invented.values import firm
from scripts.reader_model.invented.vocabulary import (
    Concept,
    Sentence,
    concepts,
    sentences,
    some,
    tables,
)

__all__ = ["invented_page", "invented_pages"]

_WIDTH = 900.0
_RATES = (0.0, 0.0, 0.0, 0.003, 0.003, 0.008, 0.02)
"""Shares of misread letters, one a page."""
_QUESTIONS = 10
"""Most questions a page."""
_UNANSWERED = 0.3
"""Share of a page's questions that it does not answer."""


def invented_pages(count: int, *, seed: int) -> Iterator[Page]:
    """Pages with questions, the same for the same seed."""
    for number in range(count):
        yield invented_page(f"invented-{seed}-{number}", Random(f"{seed}-{number}"))  # noqa: S311  # drawing


def invented_page(name: str, rng: Random) -> Page:
    """One page."""
    canvas = Canvas(rng, rng.choice(_RATES))
    facts = _filled(canvas)
    rng.shuffle(canvas.lines)
    units = units_of(understand(canvas.lines))
    chosen = _chosen(facts, rng)
    found = (_asked(fact, units) for fact in chosen)
    return Page(name, tuple(u.passage for u in units), tuple(each for each in found if each))


def _filled(canvas: Canvas) -> list[Fact]:
    """Set a title and some blocks, one below the other or two side by side."""
    rng = canvas.rng
    size = rng.choice([13.0, 15.0, 17.0])
    y, facts = 30.0, list[Fact]()
    kind = rng.choice(sorted({kind for each in concepts() for kind in each.pages}))
    if rng.random() < 0.8:
        canvas.put(rng.choice([kind.title(), kind.upper(), firm(rng)]), 40, y, 1.8 * size)
        y += 3.2 * size
    blocks = rng.choice(["f", "ft", "fp", "tp", "ftp", "ffp", "t", "p", "tt", "pf", "pt", "fft"])
    for block in blocks:
        if rng.random() < 0.4:
            canvas.put(_heading(block, rng), 40, y, 1.2 * size)
            y += 1.9 * size
        if block == "f":
            more, y = _fields(canvas, kind, y, size)
        elif block == "t":
            table = rng.choice(tables())
            aside = 220.0 if rng.random() < 0.06 else 0.0
            if aside:
                set_prose(canvas, _some_sentences(rng, 2), Spot(40, y, 180, size))
            more, y = set_table(canvas, table, Spot(40 + aside, y, _WIDTH - aside, size))
        else:
            used = _some_sentences(rng, rng.randint(2, 6))
            more, y = set_prose(canvas, used, Spot(40, y, rng.choice([420, 640, 860]), size))
        facts += more
        y += rng.uniform(0.8, 2.5) * size
    return facts


def _heading(block: str, rng: Random) -> str:
    if block == "t":
        return rng.choice(rng.choice(tables()).titles) or "Overview"
    return rng.choice(
        ["Details", "General", "1. Scope", "Notes", "Information", some("subject", rng)]
    )


def _some_sentences(rng: Random, count: int) -> list[Sentence]:
    return rng.sample(sentences(), count)


def _fields(canvas: Canvas, kind: str, y: float, size: float) -> tuple[list[Fact], float]:
    """One or two blocks of fields, and questions about fields that the page does not have."""
    rng = canvas.rng
    own = [each for each in concepts() if kind in each.pages]
    used = rng.sample(own, min(len(own), rng.randint(3, 9)))
    if rng.random() < 0.25 and len(used) > 3:
        half = len(used) // 2
        left, first = set_fields(canvas, used[:half], Spot(40, y, 0.45 * _WIDTH, size))
        right, second = set_fields(
            canvas, used[half:], Spot(60 + 0.5 * _WIDTH, y, 0.45 * _WIDTH, size)
        )
        facts, bottom = [*left, *right], max(first, second)
    else:
        width = rng.choice([0.5, 0.7, 1.0]) * _WIDTH
        facts, bottom = set_fields(canvas, used, Spot(40, y, width, size))
    return [*facts, *_without(own, used, rng), *_foreign(used, rng)], bottom


def _without(own: Sequence[Concept], used: Sequence[Concept], rng: Random) -> list[Fact]:
    """Questions about fields of such pages that this one does not have."""
    said = {label.casefold() for each in used for label in each.labels}
    kinds = {each.kind for each in used}
    absent = [c for c in own if c not in used and said.isdisjoint(x.casefold() for x in c.labels)]
    absent.sort(key=lambda each: (each.kind not in kinds, rng.random()))
    return [Fact(about_concept(each, rng.choice(each.labels), rng), None) for each in absent[:4]]


def _foreign(used: Sequence[Concept], rng: Random) -> list[Fact]:
    """Questions in the words of a label about fields of other pages that have such values."""
    own = {word for each in used for word in _words(each)}
    kinds = {each.kind for each in used}
    absent = [c for c in concepts() if c.kind in kinds and own.isdisjoint(_words(c))]
    chosen = rng.sample(absent, min(len(absent), 3))
    return [Fact(about_label(rng.choice(each.labels), rng), None) for each in chosen]


def _words(concept: Concept) -> set[str]:
    """The longer words of the labels: what has one in common may be the same field."""
    return {word for each in concept.labels for word in re.findall(r"\w{4,}", each.casefold())}


def _chosen(facts: Sequence[Fact], rng: Random) -> list[Fact]:
    facts = list({fact.question: fact for fact in facts}.values())
    answered = [fact for fact in facts if fact.gold is not None]
    others = [fact for fact in facts if fact.gold is None]
    without = min(len(others), max(1, round(_UNANSWERED * _QUESTIONS)))
    wanted = min(len(answered), _QUESTIONS - without)
    return [*rng.sample(answered, wanted), *rng.sample(others, without)]


def _asked(fact: Fact, units: Sequence[Unit]) -> Asked | None:
    """The places of a fact in the passages; None where the layout has lost it."""
    if fact.gold is None:
        return Asked(fact.question, (), likely_of(fact.question, units, without=()))
    spans, touching = [], set[int]()
    for at, unit in enumerate(units):
        places = occurrences(fact.gold.text, unit.passage)
        if not places:
            continue
        own = len(unit.passage) - len(" ".join(unit.text.split())[:320])
        if _on(unit.lines, fact.gold.boxes):
            spans += [Span(at, *place) for place in places if place[0] >= own]
        if fact.beside is not None and _on(unit.lines, fact.beside.boxes):
            spans += [Span(at, *place) for place in places]
        if _on((*unit.lines, *unit.key_lines), fact.gold.boxes):
            touching.add(at)
    unique = tuple(dict.fromkeys(spans))
    without = touching | {span.passage for span in unique}
    likely = likely_of(fact.question, units, without=without)
    return Asked(fact.question, unique, likely) if unique else None


def _on(lines: Sequence[TextLine], boxes: Sequence[Box]) -> bool:
    """Whether some of the lines are those of the boxes."""
    return any(box.share_inside(line.box.padded(1, 1)) > 0.5 for line in lines for box in boxes)
