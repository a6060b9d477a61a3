"""Ask the questions of a split and print the measures, by wording and by kind.

Every measure stands with its 95 % interval; `benchmarks.accuracy.summary` says what each is, and
`ergo_agent.evaluation.statistics.intervals` how the interval is had. With `--out` a run that was
stopped, or was given a `--limit`, goes on where it ended.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

from benchmarks.accuracy.outcome import Outcome, append_outcomes, load_outcomes
from benchmarks.accuracy.readers import BASELINES, name_of
from benchmarks.accuracy.summary import Result
from benchmarks.accuracy.table import tables
from benchmarks.accuracy.workers import Work, ask_all, work_on
from benchmarks.corpus.model import Document, Question, load_documents, load_questions
from benchmarks.page import measured_on, write_section


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask what was not asked before and print the tables; 1 where a page could not be had."""
    options = _options(arguments)
    reader = name_of(baseline=options.baseline, budget=options.budget)
    documents = load_documents(options.split)[:: options.every]
    questions = _about(documents, load_questions(options.split), most=options.per_page)
    outcomes = load_outcomes(options.out, reader=reader) if options.out else []
    missing = _ask(options, documents, _rest(questions, outcomes), outcomes)
    results = _results(questions, outcomes)
    text = tables(results) if results else "Nothing was asked.\n"
    print(text)
    if options.show:
        print("\n".join(_wrong(result) for result in results if not result.right))
    for name in missing:
        print(f"not measured, page could not be had: {name}", file=sys.stderr)
    count = f"{len(results)} of {len(load_questions(options.split))} questions"
    print(f"{count} measured, {len(questions)} were to be asked", file=sys.stderr)
    if options.write:
        section = f"accuracy-{options.split}-{options.baseline or 'reader'}"
        write_section(section, _section(text, f"{reader}; {count}", _command(arguments)))
    return 1 if missing else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--split", choices=("development", "held_out"), default="development")
    parser.add_argument("--budget", type=int, default=1280, help="vision tokens of one view")
    parser.add_argument(
        "--baseline", choices=BASELINES, help="plain RapidOCR over the full page, the same finder"
    )
    parser.add_argument("--every", type=int, default=1, help="ask about every so manieth page")
    parser.add_argument("--per-page", type=int, help="ask at most so many questions about a page")
    parser.add_argument(
        "--limit", type=int, help="stop after the page with this many new questions"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, help="JSON lines, one a question; read before asking")
    parser.add_argument(
        "--write", action="store_true", help="rewrite the section in docs/performance.md"
    )
    parser.add_argument(
        "--show", action="store_true", help="print what was not right; never of the held-out split"
    )
    options = parser.parse_args(arguments)
    if options.show and options.split == "held_out":
        parser.error("--show is for the development split: nobody looks at held-out results")
    return options


def _about(
    documents: Sequence[Document], questions: Sequence[Question], *, most: int | None
) -> list[Question]:
    """The questions about some pages, of each page the first `most` in a random but fixed order."""
    chosen = []
    for document in documents:
        asked = [one for one in questions if one.document == document.id]
        Random(document.id).shuffle(asked)  # noqa: S311  # a sample, no secret
        chosen += asked[:most]
    return chosen


def _rest(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> list[Question]:
    """Questions that no earlier run asked."""
    done = {(outcome.document, outcome.question) for outcome in outcomes}
    return [one for one in questions if (one.document, one.question) not in done]


def _ask(
    options: argparse.Namespace,
    documents: Sequence[Document],
    questions: Sequence[Question],
    outcomes: list[Outcome],
) -> list[str]:
    """Ask into `outcomes` and the file; gives the pages that could not be had."""
    work = work_on(documents, questions, baseline=options.baseline, budget=options.budget)
    Random(0).shuffle(work)  # noqa: S311  # what a stopped run has asked is a fair sample of pages
    missing = []
    for asked in ask_all(_limited(work, options.limit), jobs=options.jobs):
        if asked.outcome is not None:
            outcomes.append(asked.outcome)
            if options.out:
                append_outcomes(options.out, [asked.outcome])
        if asked.missing:
            missing.append(asked.missing)
    return missing


def _limited(work: Sequence[Work], limit: int | None) -> list[Work]:
    """Whole pages until there are enough questions."""
    chosen: list[Work] = []
    for one in work:
        if limit is not None and sum(len(had.questions) for had in chosen) >= limit:
            break
        chosen.append(one)
    return chosen


def _results(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> list[Result]:
    """Questions with their outcomes; what the split no longer asks is left out."""
    known = {(outcome.document, outcome.question): outcome for outcome in outcomes}
    return [
        Result(question, known[question.document, question.question])
        for question in questions
        if (question.document, question.question) in known
    ]


def _wrong(result: Result) -> str:
    question, outcome = result.question, result.outcome
    said = outcome.error or outcome.answer
    return f"{question.kind}: {question.document}: {question.question} {question.gold} -> {said!r}"


def _command(arguments: Sequence[str] | None) -> str:
    given = sys.argv[1:] if arguments is None else list(arguments)
    return shlex.join(["python", "-m", "benchmarks.accuracy", *given])


def _section(text: str, what: str, command: str) -> str:
    return f"{measured_on()} ({what}), with\n\n```shell\n{command}\n```\n\n{text}"


if __name__ == "__main__":
    sys.exit(main())
