"""When an answer counts as right, and how sure a share of right answers is."""

import math

from benchmarks.corpus.model import Question

__all__ = ["LONGEST", "interval", "is_right"]

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


def interval(right: int, asked: int) -> tuple[float, float]:
    """Where the share of right answers lies with 95 % confidence, given those that were asked.

    Wilson's score interval (Wilson, 1927).

    Args:
        right: Answers that were.
        asked: All of them; at least one.
    """
    z = 1.96
    share, shrink = right / asked, 1 + z**2 / asked
    middle = (share + z**2 / (2 * asked)) / shrink
    half = z / shrink * math.sqrt(share * (1 - share) / asked + z**2 / (4 * asked**2))
    return middle - half, middle + half


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
