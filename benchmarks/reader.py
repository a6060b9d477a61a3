"""The same reader with one full-resolution pass against coarse to fine, in one run.

Run `python -m benchmarks.reader`; `--write` puts the table into `docs/performance.md`. Every
question is asked of a reader that remembers no page and no sentence; models are loaded before the
clock starts. Processor seconds count all threads: on a machine that does other work, too, they are
what can be compared.
"""

import argparse
import random
import sys
import time
from dataclasses import dataclass
from statistics import median, quantiles

from benchmarks.corpus.model import Look, Question
from benchmarks.corpus.pages import draw_page, load_documents, load_questions
from benchmarks.page import measured_on, write_section
from ergo_agent import ask
from ergo_agent.evaluation.scoring.texts import is_right
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr import create_ocr_policy
from ergo_agent.policies.ocr.models import shared_models

FULL = 20_000
"""Vision tokens: enough for an A4 page at 300 dots per inch in one view."""


@dataclass(frozen=True)
class Run:
    """One question answered."""

    right: bool
    share: float
    seconds: float
    processor: float
    """Seconds of all threads together."""


def main() -> int:
    """Measure and print the table."""
    options = _options()
    policy = create_ocr_policy()
    clean = {document.id for document in load_documents("development") if document.look == Look()}
    questions = [q for q in load_questions("development") if q.gold and q.document in clean]
    chosen = random.Random(options.seed).sample(questions, options.questions)  # noqa: S311
    documents = {document.id: document for document in load_documents("development")}
    pages = {q.document: str(draw_page(documents[q.document])) for q in chosen}
    _ask(policy, pages[chosen[0].document], chosen[0], 640)
    runs: dict[int, list[Run]] = {budget: [] for budget in (FULL, *options.budgets)}
    for number, question in enumerate(chosen, start=1):
        for budget, done in runs.items():
            done.append(_ask(policy, pages[question.document], question, budget))
        print(f"{number} of {len(chosen)}", file=sys.stderr)
    table = _table(runs)
    print(table)
    if options.write:
        write_section("reader", _report(table, len(chosen), options.seed))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.reader", description=__doc__)
    parser.add_argument("--questions", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budgets", type=int, nargs="+", default=[640, 1280])
    parser.add_argument(
        "--write", action="store_true", help="rewrite the section in docs/performance.md"
    )
    return parser.parse_args()


def _ask(policy: Policy, page: str, question: Question, budget: int) -> Run:
    policy.model.reader.forget()  # type: ignore[attr-defined]  # it is a ChatOcr
    for model in shared_models():
        model.forget()
    started, spent = time.perf_counter(), time.process_time()
    answer = ask(
        page, question.question, policy=policy, view_budget=budget, max_vision_tokens=4 * budget
    )
    return Run(
        right=is_right(question.gold, answer.answer),
        share=answer.ledger.share,
        seconds=time.perf_counter() - started,
        processor=time.process_time() - spent,
    )


def _table(runs: dict[int, list[Run]]) -> str:
    """The table in Markdown."""
    lines = [
        "| budget | right | share of the tokens | seconds | faster | processor seconds "
        "| less work |",
        "|---|---|---|---|---|---|---|",
    ]
    whole = runs[FULL]
    for budget, done in runs.items():
        name = "one full-resolution pass" if budget == FULL else f"coarse to fine, {budget}"
        right = f"{sum(run.right for run in done)} of {len(done)}"
        lines.append(
            f"| {name} | {right} | {_quartiles([run.share for run in done], '.0%')} "
            f"| {_quartiles([run.seconds for run in done], '.2f')} "
            f"| {median(r.seconds for r in whole) / median(r.seconds for r in done):.1f} x "
            f"| {_quartiles([run.processor for run in done], '.2f')} "
            f"| {median(r.processor for r in whole) / median(r.processor for r in done):.1f} x |"
        )
    return "\n".join(lines)


def _quartiles(values: list[float], form: str) -> str:
    low, middle, high = (format(each, form) for each in quantiles(values, n=4))
    return f"{middle} ({low} to {high})"


def _report(table: str, count: int, seed: int) -> str:
    return (
        f"{measured_on()}, CPU only, with\n\n"
        f"```shell\npython -m benchmarks.reader --questions {count} --seed {seed} --write\n```\n\n"
        "The same embedded reader answers the same questions about A4 and letter pages at 300\n"
        "dots per inch, once shown the whole page at full resolution in one view, once coarse to\n"
        "fine. Nothing is remembered between questions; loading the models is not counted.\n"
        "Medians, with quartiles in brackets.\n\n"
        f"{table}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
