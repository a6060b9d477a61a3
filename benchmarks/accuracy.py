"""How many questions of the corpus the embedded reader answers right.

Run `python -m benchmarks.accuracy --split held_out`. A question that fails with an error counts as
wrong and stays in the count. Shares come with their 95 % confidence interval. `--write` puts the
table into `docs/performance.md`.
"""

import argparse
import sys
import time
from collections import Counter
from statistics import median, quantiles

from benchmarks.corpus.pages import CorpusError, draw_page, load_documents, load_questions
from benchmarks.page import measured_on, write_section
from benchmarks.score import interval, is_right
from ergo_agent import ErgoError, ask
from ergo_agent.policies.ocr import create_ocr_policy

_WORDINGS = {
    "page": "the page's words",
    "paraphrase": "other words",
    "unanswerable": "not answered by the page, refused",
}


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
    low, _, high = quantiles(shares, n=4)
    table = _table(right, asked) + (
        f"\n\nof the vision tokens of a full-resolution pass, median: {median(shares):.0%} "
        f"(quartiles {low:.0%} to {high:.0%})"
    )
    print(table)
    print(f"median time (pages are read once, then remembered): {median(seconds):.2f} s")
    if options.write and not missing:
        section = f"accuracy-{options.split}-{options.budget}"
        write_section(section, f"{measured_on()}, on {len(pages)} pages:\n\n{table}")
    for name in missing:
        print(f"not measured, page could not be fetched: {name}")
    return 1 if missing else 0


def _table(right: Counter[str], asked: Counter[str]) -> str:
    lines = ["| wording | right | share (95 % confidence) |", "|---|---|---|"]
    for wording, title in _WORDINGS.items():
        count = asked[wording]
        low, high = interval(right[wording], count)
        share = f"{right[wording] / count:.0%} ({low:.0%} to {high:.0%})"
        lines.append(f"| {title} | {right[wording]} of {count} | {share} |")
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--split", choices=("development", "held_out"), default="development")
    parser.add_argument("--budget", type=int, default=1280, help="vision tokens of one view")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
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
