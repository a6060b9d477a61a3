"""What confirming answers from their crops is worth: wrong ones caught, right ones spoilt.

Questions of a split of the corpus are asked with `verify=True`, by the embedded reader. What it
said before and after the looks comes from one run. Right is what `is_right` of
`ergo_agent.evaluation.scoring.texts` says, the intervals are those of
`ergo_agent.evaluation.statistics.intervals`, pages being drawn.
"""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from benchmarks.corpus.model import Question, load_documents, load_questions
from benchmarks.corpus.pages import CorpusError, draw_page
from benchmarks.page import measured_on, write_section
from ergo_agent import VisionAnswer, ask
from ergo_agent.episode.moves import Answer
from ergo_agent.evaluation.scoring.texts import is_right
from ergo_agent.evaluation.statistics.intervals import mean
from ergo_agent.policies.ocr import create_ocr_policy

__all__ = ["Checked", "asked", "in_words"]


class Checked(NamedTuple):
    """An answer before and after it was checked."""

    question: Question
    result: VisionAnswer

    @property
    def before(self) -> str:
        """What was answered first."""
        said = [turn.move for turn in self.result.turns if not turn.check]
        last = said[-1]
        assert isinstance(last, Answer)
        return last.text or ""

    @property
    def was_right(self) -> bool:
        """Whether the first answer was right."""
        return is_right(self.question.gold, self.before)

    @property
    def right(self) -> bool:
        """Whether the answer is right in the end."""
        return is_right(self.question.gold, self.result.answer)

    @property
    def check_tokens(self) -> int:
        """Vision tokens of the looks."""
        views = {view.number: view.tokens for view in self.result.views}
        return sum(
            views[number] for turn in self.result.turns if turn.check for number in turn.views
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.verification", description=__doc__)
    parser.add_argument("--split", choices=("development", "held_out"), default="development")
    parser.add_argument("--per-page", type=int, default=4, help="questions about each page")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args(arguments)
    found = list(asked(options.split, per_page=options.per_page))
    text = in_words(found)
    print(text)
    if options.write:
        given = sys.argv[1:] if arguments is None else list(arguments)
        command = shlex.join(["python", "-m", "benchmarks.verification", *given])
        begin = f"{measured_on()}, about the {options.split.replace('_', '-')} pages, with"
        write_section("verification", f"{begin}\n\n```shell\n{command}\n```\n\n{text}")
    return 0


def asked(split: str, *, per_page: int) -> Iterator[Checked]:
    """Ask, and give what was answered: a question that gets no answer has none to be checked.

    Args:
        split: Of the corpus.
        per_page: How many questions about each page, in a random but fixed order.
    """
    policy = create_ocr_policy()
    for document in load_documents(split):
        questions = [one for one in load_questions(split) if one.document == document.id]
        Random(document.id).shuffle(questions)  # noqa: S311  # a sample, no secret
        try:
            page = draw_page(document)
        except CorpusError as error:
            print(f"not measured: {document.id} ({error})", file=sys.stderr)
            continue
        for question in questions[:per_page]:
            result = ask(str(page), question.question, policy=policy, verify=True)
            if result.verified is not None:
                yield Checked(question, result)


def in_words(found: Sequence[Checked]) -> str:
    """A table in Markdown, and what it comes to."""
    right = [one for one in found if one.was_right]
    wrong = [one for one in found if not one.was_right]
    rows = [
        "| | answers | confirmed | not confirmed | changed | of these right in the end |",
        "|---|---|---|---|---|---|",
        _row("right at first", right),
        _row("wrong at first", wrong),
    ]
    sure = [one for one in found if one.result.verified is True]
    tokens = sum(one.check_tokens for one in found) / max(1, len(found))
    at_first = _share(found, lambda one: one.was_right)
    confirmed = _share(sure, lambda one: one.right)
    in_the_end = _share(found, lambda one: one.right)
    said = (
        f"Of all {len(found)} answers {at_first} were right at first and {in_the_end} in the end, "
        f"of the {len(sure)} confirmed ones {confirmed}. The looks cost {tokens:,.0f} vision "
        "tokens an answer on average."
    )
    return "\n".join([*rows, "", said])


def _row(name: str, some: Sequence[Checked]) -> str:
    changed = [one for one in some if one.result.verified == "changed"]
    cells = [
        str(len(some)),
        _share(some, lambda one: one.result.verified is True),
        _share(some, lambda one: one.result.verified is False),
        _share(some, lambda one: one.result.verified == "changed"),
        str(sum(one.right for one in changed)),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _share(some: Sequence[Checked], value: Callable[[Checked], bool]) -> str:
    found = mean([float(value(one)) for one in some], [one.question.document for one in some])
    return "" if found is None else f"{found.value:.0%} ({found.low:.0%}–{found.high:.0%})"


if __name__ == "__main__":
    sys.exit(main())
