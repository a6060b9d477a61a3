"""What reading a page's text layer is worth: the same page as a PDF, and as a picture of itself.

Run `python -m benchmarks.text_layers`. The questions about the clean pages of the development split
are asked of the embedded reader twice: about the PDF that the page comes from, alone, whose layer
is compared with its pixels and then read, and about the picture at 300 dots per inch that is drawn
from it. First questions pay for opening, comparing and reading; later ones do not. Processor
seconds count all threads. Right is what `is_right` of `ergo_agent.evaluation.scoring.texts` says,
the intervals are those of `ergo_agent.evaluation.statistics.intervals`, pages being drawn.
"""

import argparse
import io
import shlex
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random
from statistics import median
from typing import NamedTuple

import pypdfium2

from benchmarks.corpus.model import Document, Look, Question, load_documents, load_questions
from benchmarks.corpus.pages import CorpusError, default_cache, draw_page, load_pdf
from benchmarks.page import measured_on, percent, write_section
from ergo_agent import VisionAnswer, ask
from ergo_agent.evaluation.scoring.texts import is_right
from ergo_agent.evaluation.statistics.intervals import mean
from ergo_agent.images import MemoryStore
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr import create_ocr_policy

__all__ = ["Asked", "asked_both_ways", "in_words"]

_WAYS = ("PDF", "picture")


class Asked(NamedTuple):
    """One question in one way."""

    question: Question
    way: str
    first: bool
    """Whether it was the first about its page."""
    seconds: float
    """Of the processor."""
    result: VisionAnswer

    @property
    def right(self) -> bool:
        """Whether the answer is right, or rightly none."""
        return is_right(self.question.gold, self.result.answer)

    @property
    def wrong(self) -> bool:
        """Whether something wrong was answered."""
        return self.result.answer is not None and not self.right

    @property
    def by_layer(self) -> bool:
        """Whether the answer was read from the text layer."""
        return any(found.read_from == "text_layer" for found in self.result.evidence)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.text_layers", description=__doc__)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--per-page", type=int, default=5, help="questions about each page")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    text = in_words(list(asked_both_ways(options.pages, per_page=options.per_page)))
    print(text)
    if options.write:
        given = sys.argv[1:] if arguments is None else list(arguments)
        command = shlex.join(["python", "-m", "benchmarks.text_layers", *given])
        write_section("text-layers", f"{measured_on()} with\n\n```shell\n{command}\n```\n\n{text}")
    return 0


def asked_both_ways(pages: int, *, per_page: int) -> Iterator[Asked]:
    """Ask about clean pages, drawn by a fixed seed.

    Args:
        pages: How many at most.
        per_page: How many questions about each page at most.
    """
    documents = [each for each in load_documents("development") if each.look == Look()]
    drawn = Random(0).sample(documents, min(pages, len(documents)))  # noqa: S311  # no secret
    policies = [create_ocr_policy() for _ in _WAYS]  # a view of both is read by each
    for policy in policies:  # the models are loaded
        ask("examples/manual.pdf", "What is this?", policy=policy, page=1)
    for document in drawn:
        questions = [q for q in load_questions("development") if q.document == document.id]
        Random(document.id).shuffle(questions)  # noqa: S311
        try:
            sources = _page_alone(document), draw_page(document).read_bytes()
        except CorpusError as error:
            print(f"not measured: {document.id} ({error})", file=sys.stderr)
            continue
        for way, source, policy in zip(_WAYS, sources, policies, strict=True):
            yield from _asked(way, source, questions[:per_page], policy)


def _asked(
    way: str, source: bytes, questions: Sequence[Question], policy: Policy
) -> Iterator[Asked]:
    """Ask about one page, which nothing is remembered of."""
    store = MemoryStore()
    for number, question in enumerate(questions):
        began = time.process_time()
        result = ask(source, question.question, policy=policy, store=store)
        yield Asked(question, way, number == 0, time.process_time() - began, result)


def _page_alone(document: Document) -> bytes:
    pdf, index = load_pdf(document, cache=default_cache())
    with pypdfium2.PdfDocument(pdf) as opened, pypdfium2.PdfDocument.new() as alone:
        alone.import_pages(opened, [index])
        buffer = io.BytesIO()
        alone.save(buffer)
    return buffer.getvalue()


def in_words(found: Sequence[Asked]) -> str:
    """A table in Markdown."""
    lines = [
        "| asked about | questions (pages) | right | wrong but answered | read from the layer "
        "| processor seconds, first question | later ones | vision tokens |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_row(way, [e for e in found if e.way == way]) for way in _WAYS])


def _row(way: str, some: Sequence[Asked]) -> str:
    pages = [one.question.document for one in some]
    shares = [
        mean([float(value) for value in values], pages)
        for values in ([o.right for o in some], [o.wrong for o in some], [o.by_layer for o in some])
    ]
    first = median(one.seconds for one in some if one.first)
    later = median(one.seconds for one in some if not one.first)
    tokens = median(one.result.ledger.spent for one in some)
    cells = " | ".join(percent(e) for e in shares if e)
    return (
        f"| {way} | {len(some)} ({len(set(pages))}) | {cells} | {first:.2f} | {later:.2f} "
        f"| {tokens:,.0f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
