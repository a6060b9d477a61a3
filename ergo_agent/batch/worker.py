"""What is done with one row, whatever runs it: looked up, begun, worked through, kept."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from ergo_agent.batch.content import name_of
from ergo_agent.batch.flow import Flow
from ergo_agent.batch.outcome import Outcome
from ergo_agent.batch.rows import Row
from ergo_agent.batch.tally import Done
from ergo_agent.batch.work import Work
from ergo_agent.batch.workspace import Workspace
from ergo_agent.errors import BatchError, PolicyBusyError, RowError

__all__ = ["Worker", "work_through"]

_TRIES = 4
"""Times that an item is tried while the policy turns it away, each time with fewer beside it; the
policy itself has waited and tried again before that."""

_FIRST_PAUSE = 1.0
"""Seconds before the second try; twice as long before each other."""

_CHUNK = 16
"""Rows that are read ahead, with their names: documents inside parquet files lie in memory."""


class _Item(NamedTuple):
    """A row, and the name of what it asks for."""

    row: Row
    name: str


class Worker:
    """Works rows through, one item at a time for each name. Of one event loop."""

    def __init__(
        self, work: Work, workspace: Workspace, *, terms: str, most: int, retry: bool = False
    ) -> None:
        """Make one.

        Args:
            work: What is done.
            workspace: Where it is kept.
            terms: What `work.terms()` gave.
            most: Most items at once.
            retry: Whether items that failed before are tried again, whatever the error was.
        """
        self._work, self._workspace, self._terms, self._retry = work, workspace, terms, retry
        self.most = most
        self._flow = Flow(most)
        self._in_hand: dict[str, asyncio.Future[Outcome]] = {}

    def named(self, row: Row) -> _Item:
        """A row with the name of its item; blocking, as it reads the document."""
        return _Item(row, name_of(row, terms=self._terms))

    async def do(self, item: _Item) -> Done:
        """What becomes of a row; its outcome is kept before this returns.

        Raises:
            BatchError: If the workspace cannot be used.
        """
        row, name = item
        if row.problem:
            return Done(row.number, name, Outcome.of_error(RowError(row.problem)))
        async with self._flow:
            other = self._in_hand.get(name)
            if other is not None:  # another row asks the same
                return Done(row.number, name, await asyncio.shield(other), kept=True)
            place = asyncio.get_running_loop().create_future()
            self._in_hand[name] = place
            try:
                done = await self._done(item)
                place.set_result(done.outcome)
            finally:
                del self._in_hand[name]
                if not place.done():
                    place.cancel()
        return done

    async def _done(self, item: _Item) -> Done:
        """An item that is done before, or now."""
        row, name = item
        before, times = await asyncio.to_thread(self._begun, name)
        if times is None and before is not None:
            return Done(row.number, name, before, kept=True)
        assert times is not None
        ended = 0 if before is None else before.begun
        clock = time.perf_counter()
        outcome = await self._tried(row)
        seconds = round(time.perf_counter() - clock, 3)
        outcome = outcome.model_copy(update={"seconds": seconds, "begun": times})
        await asyncio.to_thread(self._workspace.keep, name, outcome)
        return Done(row.number, name, outcome, repeated=times - 1 > ended)

    def _begun(self, name: str) -> tuple[Outcome | None, int | None]:
        """An item's outcome from before, and how many times it is begun; blocking.

        The second is None where it is done, and so is not begun.
        """
        before = self._workspace.outcome(name)
        again = before is not None and before.error and (before.passing or self._retry)
        if before is not None and not again:
            return before, None
        return before, self._workspace.begin(name)

    async def _tried(self, row: Row) -> Outcome:
        """What comes of a row, tried again while the policy is busy."""
        for tried in range(1, _TRIES + 1):
            try:
                outcome = await self._work.do(row)
            except PolicyBusyError as error:
                self._flow.was_busy()
                outcome = Outcome.of_error(error)
                if tried < _TRIES:
                    await asyncio.sleep(_FIRST_PAUSE * 2 ** (tried - 1))
                    continue
            except BatchError:
                raise
            except Exception as error:  # a bug that one document meets must not end all others
                outcome = Outcome.of_error(error)
            else:
                self._flow.went_well()
            break
        return outcome


async def work_through(rows: Iterable[Row], worker: Worker, told: Callable[[Done], None]) -> None:
    """Work rows through, as many at once as the worker takes; none is in memory for longer.

    Args:
        rows: Read in another thread.
        worker: What works.
        told: Called with each row that is done.

    Raises:
        BatchError: If the workspace or an input cannot be used, or `told` raises it.
    """
    ahead = _Ahead(map(worker.named, rows))

    async def run() -> None:
        while (item := await ahead.next()) is not None:
            told(await worker.do(item))

    tasks = [asyncio.create_task(run()) for _ in range(worker.most)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Ahead:
    """Items, a few of them read ahead."""

    def __init__(self, items: Iterator[_Item]) -> None:
        self._items = items
        self._read: list[_Item] = []
        self._lock = asyncio.Lock()

    async def next(self) -> _Item | None:
        """The next item; None at the end."""
        async with self._lock:
            if not self._read:
                self._read = (await asyncio.to_thread(self._some))[::-1]
            return self._read.pop() if self._read else None

    def _some(self) -> list[_Item]:
        return list(islice(self._items, _CHUNK))
