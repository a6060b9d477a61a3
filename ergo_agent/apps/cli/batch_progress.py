"""What `ergo-agent batch` shows while it works: rows, rate, tokens, cost, time left."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

if TYPE_CHECKING:
    from ergo_agent.batch.tally import Tally

__all__ = ["BatchProgress", "batch_progress", "so_far"]

_ON_A_TERMINAL = 0.2
_IN_A_PIPE = 30.0
"""Seconds between two looks at the tally."""


class BatchProgress:
    """Shows a tally now and then, however often it is told of one."""

    def __init__(self, console: Console, progress: Progress) -> None:
        """Begin with nothing known."""
        self._console = console
        self._progress = progress
        self._task = progress.add_task("", total=None, told="reading the inputs ...")
        self._every = _ON_A_TERMINAL if console.is_terminal else _IN_A_PIPE
        self._last = time.monotonic() if not console.is_terminal else 0.0

    def show(self, tally: "Tally") -> None:
        """Tell how far the batch is, unless that was told a moment ago."""
        now = time.monotonic()
        if now - self._last < self._every and tally.rows < tally.total:
            return
        self._last = now
        told = so_far(tally)
        if self._console.is_terminal:
            self._progress.update(self._task, total=tally.total, completed=tally.rows, told=told)
        else:
            self._console.print(f"{tally.rows:,} of {tally.total:,}: {told}", soft_wrap=True)


@contextmanager
def batch_progress(*, quiet: bool) -> Iterator[BatchProgress]:
    """A bar on a terminal's stderr, and a line every half minute elsewhere."""
    console = Console(stderr=True, quiet=quiet, highlight=False)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield BatchProgress(console, progress)


def so_far(tally: "Tally") -> str:
    """A tally in words."""
    said = [f"{tally.rate:.1f} a second" if tally.rate >= 1 else f"{60 * tally.rate:.1f} a minute"]
    tokens = tally.input_tokens + tally.output_tokens
    if tokens:
        said.append(f"{_short(tokens)} tokens")
    elif tally.vision_tokens:
        said.append(f"{_short(tally.vision_tokens)} vision tokens")
    if tally.prices is not None:
        said.append(f"cost {tally.cost:,.2f}")
    if tally.failed:
        said.append(f"{tally.failed:,} failed")
    if tally.seconds_left is not None and tally.rows < tally.total:
        said.append(f"{timedelta(seconds=round(tally.seconds_left))} left")
    return ", ".join(said)


def _short(count: int) -> str:
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{count / size:.1f}{unit}"
    return str(count)
