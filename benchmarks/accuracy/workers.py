"""Asks the questions of a split, page by page, in one process or in several."""

import multiprocessing
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from queue import Empty

from benchmarks.accuracy.outcome import Outcome
from benchmarks.accuracy.readers import Reader
from benchmarks.corpus.model import Document, Question
from benchmarks.corpus.pages import CorpusError, draw_page

_PATIENCE = 5.0
"""Seconds between two looks at whether all processes live."""

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
    """What came of one question, or of a page."""

    outcome: Outcome | None
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
    """Ask everything; answers come as they are given, so that little is lost when it is stopped.

    Raises:
        RuntimeError: a process ended before its work was done.
    """
    if jobs == 1:
        for one in work:
            yield from _ask_page(one)
        return
    context = multiprocessing.get_context("spawn")
    answers: Queue[Asked | None] = context.Queue()
    processes = [
        context.Process(target=_ask_share, args=(work[number::jobs], answers))
        for number in range(jobs)
    ]
    for process in processes:
        process.start()
    try:
        yield from _gathered(answers, processes)
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _gathered(answers: "Queue[Asked | None]", processes: Sequence[BaseProcess]) -> Iterator[Asked]:
    """What processes put into a queue, until each has put a None."""
    running = len(processes)
    while running:
        try:
            asked = answers.get(timeout=_PATIENCE)
        except Empty:
            if any(process.exitcode for process in processes):
                raise RuntimeError("a process that asks ended before its work was done") from None
            continue
        if asked is None:
            running -= 1
        else:
            yield asked


def _ask_share(work: Sequence[Work], answers: "Queue[Asked | None]") -> None:
    for one in work:
        for asked in _ask_page(one):
            answers.put(asked)
    answers.put(None)


def _ask_page(work: Work) -> Iterator[Asked]:
    try:
        page = draw_page(work.document)
    except CorpusError as error:
        yield Asked(None, f"{work.document.id} ({error})")
        return
    reader = _reader(work.baseline, work.budget)
    for number, question in enumerate(work.questions):
        outcome = reader.answer(page, question, first=not number)
        if outcome.error:
            print(f"error, counted as wrong: {outcome.error}", file=sys.stderr)
        yield Asked(outcome)


@cache
def _reader(baseline: str | None, budget: int) -> Reader:
    """The one reader of this process, warm."""
    reader = Reader(baseline=baseline, budget=budget)
    reader.warm_up()
    return reader
