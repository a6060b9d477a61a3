"""Ask 60 questions about 12 documents, and measure what a question costs.

The right page is that on which the answer stands. A right answer has an ANLS of at least 0.5; to a
question that the document does not answer "not found" is right. Intervals are those of
`ergo_agent.evaluation.statistics.intervals`, documents being drawn. `--parts` says what is
measured.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.documents.corpus import SPLITS, documents
from benchmarks.documents.cost import costs, in_words
from benchmarks.documents.memory import LIMIT, measure
from benchmarks.documents.outcomes import Outcome, ask_about
from benchmarks.documents.plot import PICTURE, draw
from benchmarks.documents.table import tables
from benchmarks.page import measured_on, write_section

_PARTS = ("questions", "cost", "memory")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where 50 pages take more memory than they may."""
    options = _options(arguments)
    command = _command(arguments)
    failed = False
    if "questions" in options.parts:
        text = tables(_asked(options))
        print(text)
        if options.write:
            write_section("documents-questions", _section(command, text))
    with TemporaryDirectory(prefix="ergo-agent-documents-") as name:
        folder, seed = Path(name), SPLITS[options.split]
        if "cost" in options.parts:
            found = list(costs(options.pages, sample=options.sample, seed=seed, folder=folder))
            print(in_words(found))
            if options.write:
                PICTURE.write_text(draw(found), "utf-8")
                write_section("documents-cost", _section(command, in_words(found)))
        if "memory" in options.parts:
            peaks = measure(seed=seed, folder=folder)
            failed = peaks.many - peaks.one >= LIMIT
            print(peaks.in_words)
            if options.write:
                write_section("documents-memory", _section(command, peaks.in_words))
    return int(failed)


def _section(command: str, text: str) -> str:
    return f"{measured_on()} with\n\n```shell\n{command}\n```\n\n{text}"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.documents", description=__doc__)
    parser.add_argument("--split", choices=tuple(SPLITS), default="development")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=list(_PARTS))
    parser.add_argument("--only", type=int, nargs="+", help="documents by their number, from 1")
    parser.add_argument("--max-pages", type=int, default=5, help="pages opened at most")
    parser.add_argument("--verify", action="store_true", help="confirm answers from their crops")
    parser.add_argument(
        "--pages", type=int, nargs="+", default=[10, 20, 50, 100], help="whose cost is measured"
    )
    parser.add_argument(
        "--sample", type=int, default=5, help="pages that are read whole; the rest is reckoned"
    )
    parser.add_argument("--out", type=Path, help="JSON lines, one a question")
    parser.add_argument("--show", action="store_true", help="print what was not right")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    if options.split == "reported" and (options.show or options.out):
        parser.error("nobody looks at single results of the reported documents")
    return options


def _asked(options: argparse.Namespace) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for number, document in enumerate(documents(options.split), start=1):
        if options.only and number not in options.only:
            continue
        print(f"{document.name}: {document.pages} pages", file=sys.stderr)
        for outcome in ask_about(document, max_pages=options.max_pages, verify=options.verify):
            outcomes.append(outcome)
            if options.show and not (outcome.right and (outcome.ranked or not outcome.gold)):
                print(_shown(outcome), file=sys.stderr)
        if options.out:
            lines = (f"{outcome.model_dump_json()}\n" for outcome in outcomes)
            options.out.write_text("".join(lines), "utf-8")
    return outcomes


def _shown(one: Outcome) -> str:
    looks = list(zip(one.opened, one.answers, one.confidences, strict=True))
    return (
        f"  {one.task}: {one.question} {one.gold} on {one.pages}, hits {one.hits} -> "
        f"{one.answer!r} ({one.confidence}) {looks} {one.error}"
    )


def _command(arguments: Sequence[str] | None) -> str:
    given = sys.argv[1:] if arguments is None else list(arguments)
    return shlex.join(["python", "-m", "benchmarks.documents", *given])


if __name__ == "__main__":
    sys.exit(main())
