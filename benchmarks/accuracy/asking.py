"""Asks the questions of a split, page by page, in one process or in several."""

import multiprocessing
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

from benchmarks.accuracy.outcome import Outcome
from benchmarks.accuracy.readers import Reader
from benchmarks.corpus.model import Document, Question
from benchmarks.corpus.pages import CorpusError, draw_page

__all__ = ["Asked", "Work", "ask_all", "work_on"]


@dataclass(frozen=True)
class Work:
    """The questions about one page that are still to be asked."""

    document: Document
    questions: tuple[Question, ...]
    baseline: str | None
    budget: int


@dataclass(frozen=True)
class Asked:
    """What came of one page."""

    outcomes: tuple[Outcome, ...]
    missing: str = ""
    """Why the page could not be had; its questions are then not measured."""


def work_on(
    documents: Sequence[Document],
    questions: Sequence[Question],
    *,
    baseline: str | None,
    budget: int,
) -> list[Work]:
    """Questions by their pages, in the order of the documents."""
    asked = defaultdict(list)
    for question in questions:
        asked[question.document].append(question)
    return [
        Work(document, tuple(asked[document.id]), baseline, budget)
        for document in documents
        if asked[document.id]
    ]


def ask_all(work: Sequence[Work], *, jobs: int) -> Iterator[Asked]:
    """Ask everything; pages come back as they are done."""
    if jobs == 1:
        yield from map(_ask_page, work)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        yield from pool.map(_ask_page, work)


def _ask_page(work: Work) -> Asked:
    try:
        page = draw_page(work.document)
    except CorpusError as error:
        return Asked((), f"{work.document.id} ({error})")
    reader = _reader(work.baseline, work.budget)
    outcomes = tuple(
        reader.answer(page, question, first=not number)
        for number, question in enumerate(work.questions)
    )
    for outcome in outcomes:
        if outcome.error:
            print(f"error, counted as wrong: {outcome.error}", file=sys.stderr)
    return Asked(outcomes)


@cache
def _reader(baseline: str | None, budget: int) -> Reader:
    """The one reader of this process, warm."""
    reader = Reader(baseline=baseline, budget=budget)
    reader.warm_up()
    return reader
