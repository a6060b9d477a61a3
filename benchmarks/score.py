"""When an answer counts as right."""

from benchmarks.corpus.model import Question

__all__ = ["LONGEST", "is_right"]

LONGEST = 300
"""Characters; a longer answer counts as wrong, whatever it holds."""


def is_right(question: Question, answer: str | None) -> bool:
    """Whether an answer holds an accepted string, or refuses where there is none."""
    if question.wording == "unanswerable":
        return answer is None
    if answer is None or len(answer) > LONGEST:
        return False
    said = _plain(answer)
    return any(_plain(gold) in said for gold in question.gold)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
