"""What a batch has come to so far: counts, tokens, cost, rate and time left. No item is in it."""

import time
from dataclasses import dataclass, field
from typing import NamedTuple

from ergo_agent.batch.outcome import Outcome
from ergo_agent.errors import BatchError, SettingsError

__all__ = ["Done", "Prices", "Tally"]

_DOWN_IN_A_ROW = 20
"""Failures of the policy itself, one after the other, after which a batch gives up: a server that
is started again drops those that were in flight, and a policy that cannot be reached fails all."""


class Prices(NamedTuple):
    """Of a million tokens, in whatever currency."""

    input: float
    output: float
    cached: float | None = None
    """Of input tokens that the server read from its cache; as `input` where left out."""

    @classmethod
    def read(cls, text: str) -> "Prices":
        """Prices as a command line names them: `2.5,10` or `2.5,10,1.25`.

        Raises:
            SettingsError: If they are none.
        """
        try:
            given = [float(part) for part in text.split(",")]
        except ValueError:
            given = []
        if len(given) not in {2, 3} or not all(0 <= each < float("inf") for each in given):
            raise SettingsError(
                f"the prices {text!r} are none; give those of a million input and output tokens, "
                "and perhaps of cached ones, such as 2.5,10,1.25"
            )
        return cls(*given)

    def of(self, outcome: Outcome) -> float:
        """What an outcome cost."""
        cached = self.input if self.cached is None else self.cached
        fresh = max(0, outcome.input_tokens - outcome.cached_tokens)
        paid = fresh * self.input + outcome.cached_tokens * cached
        return (paid + outcome.output_tokens * self.output) / 1e6


class Done(NamedTuple):
    """What became of one row."""

    number: int
    """Of the row."""

    name: str
    """Of its item."""

    outcome: Outcome

    kept: bool = False
    """Whether it had been done before, or with another row."""

    repeated: bool = False
    """Whether it had been begun before and not ended."""


@dataclass
class Tally:
    """How far a batch is."""

    total: int
    prices: Prices | None = None
    rows: int = 0
    """Rows that are done, in this run or before."""

    kept: int = 0
    """Of these, done before this run, or by another row that asks the same."""

    failed: int = 0
    repeated: int = 0
    """Rows that were begun in an earlier run, or by an actor that died, which did not end them:
    the most whose calls were paid twice."""

    fallbacks: int = 0
    vision_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Of this run, as all that follows."""

    cost: float = 0.0
    by_error: dict[str, int] = field(default_factory=dict)
    """Failed rows by the name of their error."""

    started: float = field(default_factory=time.monotonic)
    _down: int = 0

    def add(self, done: Done) -> None:
        """Count a row.

        Raises:
            BatchError: If the policy itself has failed so often in a row that nothing is going to
                come of the others.
        """
        outcome = done.outcome
        self.rows += 1
        self.fallbacks += bool(outcome.fallbacks)
        if outcome.error:
            self.failed += 1
            kind = outcome.error_kind
            self.by_error[kind] = self.by_error.get(kind, 0) + 1
        if done.kept:
            self.kept += 1
            return
        self.repeated += done.repeated
        self.vision_tokens += outcome.vision_tokens
        self.input_tokens += outcome.input_tokens
        self.output_tokens += outcome.output_tokens
        self.cached_tokens += outcome.cached_tokens
        self.cost += self.prices.of(outcome) if self.prices else 0.0
        self._down = self._down + 1 if outcome.down else 0
        if self._down >= _DOWN_IN_A_ROW:
            raise BatchError(
                f"the last {self._down} items failed alike, and the others would: {outcome.error} "
                "What is done stays done: mend it and run the batch again"
            )

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.started

    @property
    def rate(self) -> float:
        """Rows a second that were worked through in this run."""
        return (self.rows - self.kept) / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Until the end at this rate; None before the first row."""
        rate = self.rate
        return None if rate <= 0 else max(0, self.total - self.rows) / rate
