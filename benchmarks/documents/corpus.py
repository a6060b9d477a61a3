"""Which documents there are: those to tune on, and those to report, by their seed.

Ten are written by `kinds/`, from 10 to 120 pages, half of them as scans; the others are manuals
that Debian packages bring along. Numbers of the package are chosen on `development` alone: nobody
looks at single results of `reported`.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal, NamedTuple

import pypdfium2

from benchmarks.corpus.model import DebianSource, load_documents
from benchmarks.corpus.packages import fetch_pdf
from benchmarks.corpus.pages import default_cache
from benchmarks.documents.book import Asked
from benchmarks.documents.kinds import KINDS
from benchmarks.documents.real import REAL
from benchmarks.documents.scans import garbled, scanned

__all__ = ["SPLITS", "BenchDocument", "Form", "documents", "kept", "written"]

Form = Literal["born digital", "scanned", "lying layer", "manual"]
SPLITS = {"development": 11, "reported": 4711}
"""And the seed of each."""

QUESTIONS = 6
"""Of each document."""

_WRITTEN: tuple[tuple[str, int, Form], ...] = (
    ("manual", 24, "born digital"),
    ("manual", 20, "scanned"),
    ("catalogue", 120, "born digital"),
    ("catalogue", 24, "scanned"),
    ("minutes", 36, "born digital"),
    ("minutes", 30, "scanned"),
    ("contract", 12, "born digital"),
    ("contract", 10, "scanned"),
    ("report", 50, "born digital"),
    ("report", 18, "lying layer"),
)


class BenchDocument(NamedTuple):
    """A document with its questions."""

    name: str
    form: Form
    pdf: bytes
    pages: int
    asked: tuple[Asked, ...]


def documents(split: str) -> Iterator[BenchDocument]:
    """The documents of a split, one after the other.

    Args:
        split: `development` or `reported`.

    Raises:
        CorpusError: If a manual cannot be had.
    """
    for number, (kind, pages, form) in enumerate(_WRITTEN):
        yield written(kind, pages, form, seed=SPLITS[split] + number)
    for source, asked in REAL[split]:
        pdf = fetch_pdf(_source(split, source), cache=default_cache())
        with pypdfium2.PdfDocument(pdf) as opened:
            yield BenchDocument(source, "manual", pdf, len(opened), asked)


def written(  # noqa: PLR0913  # keyword-only after the third
    kind: str,
    pages: int,
    form: Form,
    *,
    seed: int,
    questions: int = QUESTIONS,
    two_pages: int = 1,
) -> BenchDocument:
    """A document of a kind.

    Args:
        kind: One of `KINDS`.
        pages: About how many pages it has.
        form: What becomes of it.
        seed: What it says.
        questions: How many are asked; one in three is not answered.
        two_pages: How many of them need two pages, at most.
    """
    random = Random(f"{kind}/{seed}")  # noqa: S311  # invents data
    made = KINDS[kind](random, pages).done(questions=questions, two_pages=two_pages)
    pdf = made.pdf
    if form == "scanned":
        pdf = scanned(pdf, random=random)
    elif form == "lying layer":
        pdf = garbled(pdf, random=random)
    return BenchDocument(f"{kind}, {form}", form, pdf, made.pages, made.asked)


@cache
def _sources(split: str) -> dict[str, DebianSource]:
    known = {"development": "development", "reported": "held_out"}[split]
    pages = [document.source for document in load_documents(known)]
    return {source.package: source for source in pages if isinstance(source, DebianSource)}


def _source(split: str, package: str) -> DebianSource:
    return _sources(split)[package]


def kept(document: BenchDocument, folder: Path) -> Path:
    """The document as a file."""
    path = folder / f"{document.name.replace(', ', '-').replace(' ', '-')}.pdf"
    path.write_bytes(document.pdf)
    return path
