"""What one question about a new page costs, beside another state of this project, in one run.

Run `python -m benchmarks.new_page --against CHECKOUT`. The same questions about clean A4 and letter
pages at 300 dots per inch are asked of the embedded reader of this checkout and of another one, in
turn, each in a process of its own that has loaded its models. Processor seconds count all threads.
`--write` puts the result into `docs/performance.md`.
"""

import argparse
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.corpus.model import Look, Question
from benchmarks.corpus.pages import draw_page, load_documents, load_questions
from benchmarks.page import measured_on, spread, write_section

HERE = Path(__file__).parents[1]
_ASKED = """
import json, sys, time
from ergo_agent import ask
from ergo_agent.policies.ocr import create_ocr_policy
policy = create_ocr_policy()
for row in sys.stdin:
    page, question = json.loads(row)
    began, spent = time.perf_counter(), time.process_time()
    ask(page, question, policy=policy)
    print(json.dumps([time.process_time() - spent, time.perf_counter() - began]), flush=True)
"""


def main() -> int:
    """Ask in turn, and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.new_page", description=__doc__)
    parser.add_argument("--against", type=Path, required=True, help="another checkout")
    parser.add_argument("--pages", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    asked = _questions(options.pages + 1, options.seed)
    sides = [_Side(HERE), _Side(options.against)]
    runs = [[side.ask(page, question) for side in sides] for page, question in asked][1:]
    for side in sides:
        side.end()
    table = _table(runs)
    print(table)
    if options.write:
        commit = _git(options.against, "rev-parse", "--short", "HEAD")
        command = f"python -m benchmarks.new_page --against CHECKOUT --pages {len(runs)} --write"
        write_section(
            "new-page",
            f"{measured_on()}, CPU only, against {commit}, {len(runs)} pages, medians with the "
            f"least and the most, with\n\n```shell\n{command}\n```\n\n{table}\n",
        )
    return 0


def _questions(count: int, seed: int) -> list[tuple[str, Question]]:
    """One question each about as many clean pages."""
    documents = {d.id: d for d in load_documents("development") if d.look == Look()}
    answered = [q for q in load_questions("development") if q.gold and q.document in documents]
    drawn = random.Random(seed)  # noqa: S311
    drawn.shuffle(answered)
    first = {question.document: question for question in reversed(answered)}
    chosen = drawn.sample(sorted(first), min(count, len(first)))
    return [(str(draw_page(documents[page])), first[page]) for page in chosen]


class _Side:
    """A checkout's reader in a process of its own."""

    def __init__(self, checkout: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ASKED],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, page: str, question: Question) -> list[float]:
        """Seconds of the processor, and by the clock."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([page, question.question]), file=self._process.stdin, flush=True)
        spent: list[float] = json.loads(self._process.stdout.readline())
        return spent

    def end(self) -> None:
        """Let it end."""
        self._process.communicate()


def _table(runs: list[list[list[float]]]) -> str:
    rows = ["| | processor seconds | seconds |", "|---|---|---|"]
    for at, name in enumerate(("this state", "the other")):
        cells = (spread([run[at][which] for run in runs], ".2f") for which in (0, 1))
        rows.append(f"| {name} | {' | '.join(cells)} |")
    shares = ([run[0][which] / run[1][which] for run in runs] for which in (0, 1))
    rows.append(f"| share, page by page | {' | '.join(f'{median(s):.2f}' for s in shares)} |")
    return "\n".join(rows)


def _git(checkout: Path, *arguments: str) -> str:
    command = ["git", "-C", str(checkout), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
