"""What a question about a document costs, against reading every page at full resolution.

The embedded reader answers both ways. Every page at full resolution: each in one view, until all
are read; as all pages of a document are alike, some are read and the rest is reckoned from their
mean. Nothing is remembered from question to question but the survey, where it says so.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.documents.corpus import BenchDocument, Form, kept, written
from ergo_agent import VisionSettings, create_document_graph, create_vision_graph
from ergo_agent.images import MemoryStore
from ergo_agent.policies.ocr import create_ocr_policy

__all__ = ["Cost", "costs", "in_words"]

_WHOLE = 60_000
"""Vision tokens of a view: any page at full resolution."""

_KINDS: Sequence[tuple[str, Form]] = (("minutes", "born digital"), ("minutes", "scanned"))


class Cost(NamedTuple):
    """What a document of some pages costs."""

    form: Form
    pages: int
    first: float
    """Seconds of the first question, survey and all."""

    again: float
    """Seconds of a later question: the survey is kept."""

    tokens: float
    """Vision tokens of a question."""

    all_seconds: float
    """Seconds of reading every page at full resolution, for one question."""

    all_tokens: int


def costs(numbers: Sequence[int], *, sample: int, seed: int, folder: Path) -> Iterator[Cost]:
    """The costs of documents of each form and each number of pages.

    Args:
        numbers: Of pages.
        sample: How many pages are read at full resolution.
        seed: Of the documents.
        folder: Where they are kept meanwhile.
    """
    for kind, form in _KINDS:
        for pages in numbers:
            yield _cost(written(kind, pages, form, seed=seed + pages), sample, folder)


def _cost(document: BenchDocument, sample: int, folder: Path) -> Cost:
    path = kept(document, folder)
    questions = [asked.question for asked in document.asked]
    graph: Any = create_document_graph(policy=create_ocr_policy(), store=MemoryStore())
    seconds, tokens = [], []
    for question in questions:
        clock = time.perf_counter()
        output = graph.invoke({"document": str(path), "question": question})
        seconds.append(time.perf_counter() - clock)
        tokens.append(output["result"]["ledger"]["spent"])
    settings = VisionSettings(view_budget=_WHOLE, max_vision_tokens=_WHOLE)
    whole: Any = create_vision_graph(
        policy=create_ocr_policy(), settings=settings, store=MemoryStore()
    )
    read, spent = [], []
    step = max(1, document.pages // sample)
    for page in range(1, document.pages + 1, step):
        clock = time.perf_counter()
        output = whole.invoke({"image": str(path), "page": page, "question": questions[0]})
        read.append(time.perf_counter() - clock)
        spent.append(output["result"]["ledger"]["spent"])
    return Cost(
        form=document.form,
        pages=document.pages,
        first=seconds[0],
        again=sum(seconds[1:]) / len(seconds[1:]),
        tokens=sum(tokens) / len(tokens),
        all_seconds=document.pages * sum(read) / len(read),
        all_tokens=round(document.pages * sum(spent) / len(spent)),
    )


def in_words(found: Sequence[Cost]) -> str:
    """A table in Markdown."""
    rows = [
        "| document | pages | first question | a later one | every page | faster, first (later) "
        "| vision tokens | of every page | fewer |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {one.form} | {one.pages} | {one.first:.1f} s | {one.again:.1f} s "
        f"| {one.all_seconds:.0f} s "
        f"| {one.all_seconds / one.first:.1f} x ({one.all_seconds / one.again:.0f} x) "
        f"| {one.tokens:,.0f} | {one.all_tokens:,} | {one.all_tokens / one.tokens:.0f} x |"
        for one in found
    ]
    return "\n".join(rows)
