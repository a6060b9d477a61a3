"""Asks about documents that no benchmark has, and keeps what every page said that was looked at.

Run `python -m scripts.page_confidence.collect OUT [--first N] [--documents N]`. The documents are
of the kinds of `benchmarks.documents`, by seeds of their own; a quarter are scans, or have a layer
that lies. Five pages are looked at for each question, whatever the first ones say. OUT is JSON
lines, one a question; documents that it holds are left alone.
"""

import argparse
import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel

from benchmarks.documents.book import Asked
from benchmarks.documents.corpus import BenchDocument, Form, kept, written
from ergo_agent import VisionSettings, create_document_graph
from ergo_agent.documents.page_confidence import Thresholds
from ergo_agent.evaluation.scoring.texts import is_right
from ergo_agent.images import MemoryStore

__all__ = ["Looked", "Question", "collected"]

_SIZES = {
    "manual": (12, 30),
    "catalogue": (16, 50),
    "minutes": (16, 36),
    "contract": (10, 14),
    "report": (14, 40),
}
_SCAN_PAGES = 14
_SEED = 20_000
"""And the number of the document: far from the benchmark's 11 and 4711."""

_NEVER = Thresholds(sure=2.0, given=2.0)


class Looked(BaseModel):
    """What one page said."""

    page: int
    held: float | None
    lacks_name: bool
    confidence: float | None
    answer: str | None
    right: bool


class Question(BaseModel):
    """A question, with the pages in the order in which they were opened."""

    document: int
    kind: str
    question: str
    answered: bool
    """Whether the document holds an answer."""

    most_held: float
    looks: list[Looked]


def main() -> None:
    """Collect."""
    parser = argparse.ArgumentParser(prog="python -m scripts.page_confidence.collect")
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--documents", type=int, default=20)
    options = parser.parse_args()
    known = {one.document for one in collected(options.out)} if options.out.exists() else set()
    with options.out.open("a", encoding="utf-8") as lines:
        for number in range(options.first, options.first + options.documents):
            if number not in known:
                rows = [one.model_dump_json() + "\n" for one in _asked(number)]
                lines.write("".join(rows))
                lines.flush()


def collected(path: Path) -> Iterator[Question]:
    """What was collected."""
    for line in path.read_text("utf-8").splitlines():
        yield Question.model_validate(json.loads(line))


def document(number: int) -> tuple[str, BenchDocument]:
    """The kind of a document, and the document itself."""
    chance = Random(number)  # noqa: S311  # draws documents
    kind = list(_SIZES)[number % len(_SIZES)]
    pages = chance.randint(*_SIZES[kind])
    if number // len(_SIZES) % 4:
        return kind, written(kind, pages, "born digital", seed=_SEED + number)
    form: Form = chance.choice(("scanned", "lying layer"))
    return kind, written(kind, min(pages, _SCAN_PAGES), form, seed=_SEED + number)


def _asked(number: int) -> Iterator[Question]:
    kind, made = document(number)
    graph = create_document_graph(
        policy="ocr", settings=VisionSettings(max_pages=5), store=MemoryStore()
    )
    with (
        patch("ergo_agent.graphs.looks.thresholds", lambda: _NEVER),
        TemporaryDirectory(prefix="ergo-agent-page-confidence-") as folder,
    ):
        path = str(kept(made, Path(folder)))
        for asked in made.asked:
            given = {"document": path, "question": asked.question}
            (state,) = deque(graph.stream(given, stream_mode="values"), maxlen=1)
            yield _question(number, kind, asked, state)


def _question(number: int, kind: str, asked: Asked, state: dict[str, Any]) -> Question:
    return Question(
        document=number,
        kind=kind,
        question=asked.question,
        answered=bool(asked.gold),
        most_held=max((hit["held"] or 0.0 for hit in state["hits"]), default=0.0),
        looks=[_looked(look, state["hits"][look["rank"]], asked) for look in state["looks"]],
    )


def _looked(look: dict[str, Any], hit: dict[str, Any], asked: Asked) -> Looked:
    said = look["result"] or {}
    answer = said.get("answer")
    right = bool(asked.gold) and answer is not None and is_right(asked.gold, answer)
    return Looked(
        page=look["page"],
        held=hit["held"],
        lacks_name=bool(hit["missing"]),
        confidence=said.get("confidence"),
        answer=answer,
        right=right,
    )


if __name__ == "__main__":
    main()
