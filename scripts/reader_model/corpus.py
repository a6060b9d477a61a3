"""The corpus' questions about real pages as examples."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pypdfium2

from benchmarks.corpus.model import Document, Question
from benchmarks.corpus.pages import (
    CorpusError,
    default_cache,
    load_documents,
    load_pdf,
    load_questions,
)
from ergo_agent.layout.page import understand
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from scripts.reader_model.examples import Asked, Page, Span, likely_of, occurrences
from scripts.reader_model.text_layer import lines_of_page

__all__ = ["corpus_pages"]

_FEW = 4
"""Passages that may answer one question: beyond those that share most words with it, a short answer
stands in many that say something else."""


def corpus_pages(split: str) -> Iterator[Page]:
    """The pages of a split; those that cannot be fetched are named on standard error.

    Questions whose answer no passage holds are left out: the layout has lost it.
    """
    asked = defaultdict(list)
    for question in load_questions(split):
        asked[question.document].append(question)
    for document in load_documents(split):
        try:
            units = _units(document)
        except CorpusError as error:
            print(f"left out: {document.id} ({str(error)[:80]})", file=sys.stderr)
            continue
        found = (_asked(question, units) for question in asked[document.id])
        known = tuple(each for each in found if each is not None)
        yield Page(document.id, tuple(unit.passage for unit in units), known)


def _units(document: Document) -> list[Unit]:
    pdf, index = load_pdf(document, cache=default_cache())
    with pypdfium2.PdfDocument(pdf) as opened:
        return units_of(understand(lines_of_page(opened[index])))


def _asked(question: Question, units: Sequence[Unit]) -> Asked | None:
    """The places of the shortest accepted string, where it stands in a longer one if it can."""
    holding = {
        at for at, unit in enumerate(units) for gold in question.gold if _in(gold, unit.passage)
    }
    if not units or bool(question.gold) != bool(holding):
        return None
    likely = likely_of(question.question, units, without=holding)
    if not question.gold:
        return Asked(question.question, (), likely)
    near = likely_of(question.question, units, without=set(range(len(units))) - holding)[:_FEW]
    spans = tuple(Span(at, *place) for at in near for place in _places(question, units[at]))
    return Asked(question.question, spans, likely) if spans else None


def _in(gold: str, passage: str) -> bool:
    return bool(occurrences(gold, passage))


def _places(question: Question, unit: Unit) -> list[tuple[int, int]]:
    """Where the shortest string stands, inside of the longest where one holds the other."""
    by_length = sorted(question.gold, key=len)
    wide = [place for gold in by_length[1:] for place in occurrences(gold, unit.passage)]
    for gold in by_length:
        places = occurrences(gold, unit.passage)
        inside = [p for p in places if any(w[0] <= p[0] and p[1] <= w[1] for w in wide)]
        if places:
            return inside or places
    return []
