"""Whether threads that share the embedded reader get the answers that one thread gets.

Run `python -m benchmarks.reader_threads`: eight threads begin at once in a fresh process and ask
fifty questions each about pages of the development set, in orders of their own. Then one thread
asks the same. It ends with 1 if an answer, its place or its way differs. `--write` puts the count
into `docs/performance.md`.
"""

import argparse
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from benchmarks.corpus.model import Question
from benchmarks.corpus.pages import draw_page, load_documents, load_questions
from benchmarks.page import measured_on, write_section
from ergo_agent import ask
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr import create_ocr_policy

_Said = tuple[str | None, str, tuple[tuple[int, ...], ...]]
"""An answer, why it ended, and where its evidence lies."""


def main() -> int:
    """Ask, compare and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.reader_threads", description=__doc__)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--questions", type=int, default=50, help="for each thread")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    drawn = random.Random(options.seed)  # noqa: S311
    questions = drawn.sample(load_questions("development"), options.questions)
    documents = {document.id: document for document in load_documents("development")}
    pages = {q.document: str(draw_page(documents[q.document])) for q in questions}
    policy, begin = create_ocr_policy(), Barrier(options.threads)

    def run(seed: int) -> dict[str, _Said]:
        order = random.Random(seed).sample(questions, len(questions))  # noqa: S311
        begin.wait()
        return {_key(q): _said(policy, pages[q.document], q) for q in order}

    with ThreadPoolExecutor(options.threads) as pool:
        together = list(pool.map(run, range(options.threads)))
    alone = create_ocr_policy()
    expected = {_key(q): _said(alone, pages[q.document], q) for q in questions}
    wrong = [
        (key, said[key]) for said in together for key in expected if said[key] != expected[key]
    ]
    for key, said in wrong[:20]:
        print(f"{key}: {said} and not {expected[key]}")
    count = options.threads * options.questions
    result = f"{count - len(wrong)} of {count} answers are those of one thread"
    print(result)
    if options.write:
        threads = f"{options.threads} threads with {options.questions} questions each"
        write_section("reader-threads", f"{measured_on()}, {threads}: {result}.")
    return 1 if wrong else 0


def _key(question: Question) -> str:
    return f"{question.document}: {question.question}"


def _said(policy: Policy, page: str, question: Question) -> _Said:
    answer = ask(page, question.question, policy=policy, view_budget=640)
    places = tuple(tuple(evidence.region.as_tuple()) for evidence in answer.evidence)
    return answer.answer, answer.stop_reason, places


if __name__ == "__main__":
    sys.exit(main())
