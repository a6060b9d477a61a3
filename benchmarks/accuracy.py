"""How many questions of the corpus the embedded reader answers right.

Run `python -m benchmarks.accuracy --split held_out`. A question that fails with an error counts as
wrong and stays in the count.
"""

import argparse
import sys
import time
from collections import Counter
from statistics import median

from benchmarks.corpus.pages import CorpusError, draw_page, load_documents, load_questions
from benchmarks.score import is_right
from ergo_agent import ErgoError, ask
from ergo_agent.policies.ocr import create_ocr_policy


def main() -> int:
    """Ask every question of a split and print the table."""
    options = _options()
    policy = create_ocr_policy()
    pages, missing = _pages(options.split)
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    shares, seconds = [], []
    for question in load_questions(options.split):
        if question.document not in pages:
            continue
        started, said = time.perf_counter(), None
        try:
            answer = ask(
                pages[question.document],
                question.question,
                policy=policy,
                view_budget=options.budget,
            )
            ok, said = is_right(question, answer.answer), answer.answer
            shares.append(answer.ledger.share)
        except ErgoError as error:
            ok = False
            print(f"error, counted as wrong: {type(error).__name__}: {error}", file=sys.stderr)
        seconds.append(time.perf_counter() - started)
        asked[question.wording] += 1
        right[question.wording] += ok
        if options.show and not ok:
            print(f"{question.wording}: {question.document}: {question.question} -> {said!r}")
    for wording, count in asked.items():
        print(f"{wording:14}{right[wording]:4} of {count:4}  {right[wording] / count:.0%}")
    print(f"median share of a full-resolution pass: {median(shares):.0%}")
    print(f"median time (pages are read once, then remembered): {median(seconds):.2f} s")
    for name in missing:
        print(f"not measured, page could not be fetched: {name}")
    return 1 if missing else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--split", choices=("development", "held_out"), default="development")
    parser.add_argument("--budget", type=int, default=1280, help="vision tokens of one view")
    parser.add_argument("--show", action="store_true", help="print the questions answered wrong")
    return parser.parse_args()


def _pages(split: str) -> tuple[dict[str, str], list[str]]:
    """The pages that could be drawn, by document, and the names of those that could not."""
    pages, missing = {}, []
    for document in load_documents(split):
        try:
            pages[document.id] = str(draw_page(document))
        except CorpusError as error:
            missing.append(f"{document.id} ({error})")
    return pages, missing


if __name__ == "__main__":
    sys.exit(main())
