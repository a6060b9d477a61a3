"""The paper's comparison with one reader for all of it: is zooming cheaper, and is it zooming?

Run `python -m benchmarks.headline` (`make headline`). The embedded reader is asked about pages in
six ways: one pass at full resolution, the coarse view, one zoom, as it is used, a random crop of
the same size, and the gold's own place. The pages are 308 of the held-out layouts with seeds that
no split has, one question each, and the held-out pages of manuals with all of theirs. What was
asked is kept in `build/headline`, so that a run which was stopped goes on. Nobody looks at single
results of held-out pages: neither a report nor an episode is drawn.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
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
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.evaluation.modes import Mode, checked_modes
from ergo_agent.evaluation.results import Results, results_table
from ergo_agent.evaluation.run import RunSettings
from ergo_agent.policies.ocr import create_ocr_policy

__all__ = ["generated_documents", "main", "write_data"]

_MODES: tuple[Mode, ...] = ("full", "coarse", "ergo", "auto", "random", "oracle")
_SPLIT = "held_out"
_FIRST_SEED = 1001
"""Of pages that no split has: those of the splits begin at 1."""
_SEEDS = 28
"""Of each of eleven layouts: 308 pages."""
_LEAST_REAL = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask what was not asked before and print the table; 1 where there are too few real pages."""
    options = _options(arguments)
    data = options.out / "data"
    real = write_data(data, seeds=options.seeds)
    results = _asked(options, data)
    print(results_table(results))
    if real < _LEAST_REAL:
        print(f"only {real} questions about real pages: others were not to be had", file=sys.stderr)
    return 0 if real >= _LEAST_REAL else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.headline", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/headline"))
    parser.add_argument("--seeds", type=int, default=_SEEDS, help="pages of each layout")
    parser.add_argument("--limit", type=int, help="so many questions, drawn with the seed 0")
    parser.add_argument("--modes", default=",".join(_MODES))
    parser.add_argument("--budget", type=int, default=640, help="vision tokens of one view")
    return parser.parse_args(arguments)


def _asked(options: argparse.Namespace, data: Path) -> Results:
    from ergo_agent.evaluation.runner import evaluate  # noqa: PLC0415  # takes two seconds

    name = f"run-{options.budget}" + (f"-{options.limit}" if options.limit else "")
    settings = RunSettings(
        benchmark="jsonl",
        data=str(data.resolve()),
        policy="ocr",
        modes=checked_modes(options.modes),
        vision=VisionSettings(view_budget=options.budget),
        limit=options.limit,
    )
    return evaluate(
        options.out / name,
        settings,
        create_ocr_policy(),
        concurrency=1,
        log_images=False,
        report=False,
        told=lambda said: print(said, file=sys.stderr, flush=True),
    )


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


if __name__ == "__main__":
    sys.exit(main())
