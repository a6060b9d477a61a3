"""Measurements as a table in Markdown: the median of the rounds, and the least and the most."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from benchmarks.page import spread
from benchmarks.served.client import Measured
from benchmarks.served.rounds import Cell, Plan
from benchmarks.served.sides import SIDES

__all__ = ["table"]


class _Row(NamedTuple):
    """A kind of number."""

    title: str
    value: Callable[[Measured], float]
    form: str


_ROWS = (
    _Row("episodes a second", lambda found: found.episodes / found.seconds, ".2f"),
    _Row("CPU an episode, ms", lambda found: 1000 * found.processor / found.episodes, ".0f"),
    _Row("MB sent", lambda found: found.sent / found.episodes / 1e6, ".2f"),
    _Row("vision tokens", lambda found: found.tokens / found.episodes, ",.0f"),
    _Row("peak memory, MB", lambda found: found.peak / 1e6, ",.0f"),
)
_CLIENTS = (_ROWS[1], _ROWS[4])
"""What says nothing of the server alone."""
_SHARE = "share of the server alone"


def table(kind: str, plan: Plan, found: Mapping[Cell, Measured]) -> str:
    """A column for each side, and rows for each concurrency.

    Args:
        kind: Of images.
        plan: What was measured.
        found: The measurements; those of this kind have to be complete.
    """
    lines = [f"| at once | | {' | '.join(SIDES.values())} |", "|---" * (len(SIDES) + 2) + "|"]
    for concurrency in plan.concurrency:
        runs = {
            side: [found[Cell(kind, number, concurrency, side)] for number in range(plan.rounds)]
            for side in SIDES
        }
        for row in _ROWS:
            values = {side: [row.value(each) for each in made] for side, made in runs.items()}
            cells = [
                spread(values[side], row.form) if side != "alone" or row not in _CLIENTS else ""
                for side in SIDES
            ]
            lines.append(_line(concurrency, row.title, cells))
            if row is _ROWS[0]:
                lines.append(_line(concurrency, _SHARE, _shares(values)))
    return "\n".join(lines)


def _line(concurrency: int, title: str, cells: Sequence[str]) -> str:
    return f"| {concurrency} | {title} | {' | '.join(cells)} |"


def _shares(rates: Mapping[str, Sequence[float]]) -> list[str]:
    """Of each round by itself, whose measurements were made one after the other."""
    shares = {
        side: [rate / most for rate, most in zip(made, rates["alone"], strict=True)]
        for side, made in rates.items()
    }
    return [spread(made, ".0%") if side != "alone" else "" for side, made in shares.items()]
