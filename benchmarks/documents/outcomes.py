"""Asks the questions about documents, and keeps what came of each."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, ConfigDict

from benchmarks.documents.book import Asked, Task
from benchmarks.documents.corpus import BenchDocument, Form, kept
from ergo_agent import ErgoError, VisionSettings, create_document_graph
from ergo_agent.evaluation.scoring.texts import anls
from ergo_agent.images import MemoryStore

__all__ = ["Outcome", "ask_about"]

_FIRST = 3
"""Pages in which the right one has to be."""


class Outcome(BaseModel):
    """One question as it was answered."""

    model_config = ConfigDict(frozen=True)

    document: str
    form: Form
    task: Task
    question: str
    gold: tuple[str, ...]
    pages: tuple[int, ...]
    """Where the answer stands."""

    hits: tuple[int, ...] = ()
    """The pages as the finder ranks them, the first ten."""

    opened: tuple[int, ...] = ()
    answers: tuple[str | None, ...] = ()
    """What each opened page came to."""

    confidences: tuple[float | None, ...] = ()
    answer: str | None = None
    page: int = 0
    """The page that it is from."""

    confidence: float | None = None
    stopped: str = ""
    vision_tokens: int = 0
    full_resolution: int = 0
    """Vision tokens of every page at full resolution."""

    seconds: float = 0.0
    survey: float = 0.0
    """Seconds of the survey alone, which the first question about a document pays."""

    error: str = ""

    @property
    def right(self) -> bool:
        """Whether an answer is near enough to the gold; a refusal is right where there is none."""
        if not self.gold:
            return self.answer is None and not self.error
        return anls(self.gold, self.answer) > 0

    @property
    def ranked(self) -> bool:
        """Whether the page of the answer is among the first three hits."""
        return bool(set(self.pages[:1]) & set(self.hits[:_FIRST]))

    @property
    def found_page(self) -> bool:
        """Whether the page of the answer is among the first three that were opened."""
        return bool(set(self.pages[:1]) & set(self.opened[:_FIRST]))


def ask_about(
    document: BenchDocument, **settings: Any
) -> Iterator[Outcome]:  # checked by VisionSettings
    """Ask every question about a document, with the embedded reader.

    Args:
        document: It is surveyed by the first question, and kept in a store of its own.
        **settings: Fields of `VisionSettings`.
    """
    graph = create_document_graph(
        policy="ocr", settings=VisionSettings(**settings), store=MemoryStore()
    )
    with TemporaryDirectory(prefix="ergo-agent-documents-") as folder:
        path = kept(document, Path(folder))
        for asked in document.asked:
            yield _outcome(document, asked, path, graph)


def _outcome(document: BenchDocument, asked: Asked, path: Path, graph: Any) -> Outcome:  # noqa: ANN401
    clock = time.perf_counter()
    said: dict[str, Any] = {}
    try:
        given = {"document": str(path), "question": asked.question}
        (state,) = deque(graph.stream(given, stream_mode="values"), maxlen=1)
        said = _said(state)
    except ErgoError as error:
        said = {"error": f"{type(error).__name__}: {error}"}
    return Outcome(
        document=document.name,
        form=document.form,
        task=asked.task,
        question=asked.question,
        gold=asked.gold,
        pages=asked.pages,
        seconds=time.perf_counter() - clock,
        **said,
    )


def _said(state: dict[str, Any]) -> dict[str, Any]:
    result = state["result"]
    looks = [look["result"] or {} for look in state["looks"]]
    return {
        "hits": [hit["page"] for hit in state["hits"][:10]],
        "opened": [look["page"] for look in state["looks"]],
        "answers": [look.get("answer") for look in looks],
        "confidences": [look.get("confidence") for look in looks],
        "answer": result["answer"],
        "page": result["image"]["page"],
        "confidence": result["confidence"],
        "stopped": result["stop_reason"],
        "vision_tokens": result["ledger"]["spent"],
        "full_resolution": result["ledger"]["full_resolution"],
        "survey": result["timings"].get("survey", 0.0),
    }
