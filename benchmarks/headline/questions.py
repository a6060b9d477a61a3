"""What the headline asks: pages that no split has, and the held-out pages of manuals."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks.corpus.model import (
    DebianSource,
    Document,
    LaidOutSource,
    Question,
    load_documents,
    load_questions,
)
from benchmarks.corpus.pages import CorpusError, draw_page
from benchmarks.corpus.question_files import asked_about

__all__ = ["SEEDS", "generated_documents", "write_data"]

SEEDS = 28
"""Of each of eleven layouts: 308 pages."""

_SPLIT = "held_out"
_FIRST_SEED = 1001
"""Of pages that no split has: those of the splits begin at 1."""


def write_data(folder: Path, *, seeds: int) -> int:
    """Draw the pages that are missing and write the questions; how many are about real pages."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(_rows(folder, seeds))
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    (folder / "questions.jsonl").write_text(text, "utf-8")
    return sum(row["category"] == "real" for row in rows)


def generated_documents(seeds: int) -> Iterator[Document]:
    """Pages of the held-out layouts with new seeds, each looking like one of its layout's own."""
    known = [one for one in load_documents(_SPLIT) if isinstance(one.source, LaidOutSource)]
    layouts = sorted({one.source.layout for one in known if isinstance(one.source, LaidOutSource)})
    for layout in layouts:
        looks = [one.look for one in known if getattr(one.source, "layout", "") == layout]
        for number in range(seeds):
            yield Document(
                id=f"{layout}-{_FIRST_SEED + number}",
                source=LaidOutSource(kind="laid-out", layout=layout, seed=_FIRST_SEED + number),
                look=looks[number % len(looks)],
            )


def _rows(folder: Path, seeds: int) -> Iterator[dict[str, object]]:
    for document in generated_documents(seeds):
        drawn = _drawn(document, folder)
        every = [one for one in asked_about(document) if one.gold and one.regions]
        if drawn and every:
            chosen = Random(document.id).choice(every)  # noqa: S311  # a sample, no secret
            yield _row(chosen, drawn, "generated")
    for document in load_documents(_SPLIT):
        drawn = _drawn(document, folder) if isinstance(document.source, DebianSource) else ""
        for question in load_questions(_SPLIT) if drawn else ():
            if question.document == document.id:
                yield _row(question, drawn, "real")


def _drawn(document: Document, folder: Path) -> str:
    """The picture's name in the folder; empty where the page cannot be had."""
    path = folder / f"{document.id}.png"
    if not path.exists():
        try:
            shutil.copyfile(draw_page(document), path.with_suffix(".part"))
        except CorpusError as error:
            print(f"not asked, page could not be had: {document.id} ({error})", file=sys.stderr)
            return ""
        path.with_suffix(".part").replace(path)
    return path.name


def _row(question: Question, picture: str, category: str) -> dict[str, object]:
    return {
        "id": f"{question.document}: {question.question}",
        "document": picture,
        "question": question.question,
        "answers": list(question.gold),
        "boxes": [list(place) for place in question.regions],
        "category": category,
    }
