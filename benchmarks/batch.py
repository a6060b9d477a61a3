"""What a batch loses when it is killed, and what it adds to each item.

Run `python -m benchmarks.batch`. The items are trivial: each appends a line to a file, which counts
the calls that would have been paid. A batch is killed twice with SIGKILL on its way and run again;
and a long one shows its memory and its own time. `--engine ray` does the first over the Ray
cluster at `RAY_ADDRESS`. `--write` puts the lines into `docs/performance.md`.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.page import measured_on, write_section
from tests.support.batch_process import (
    BatchProcess,
    Plan,
    calls_of,
    check_results,
    write_inputs,
)

__all__ = ["Killed", "Long", "killed_twice", "long_run"]

_CALL = 0.01
"""Seconds of a call where a batch is killed: long enough that some are always under way."""


class Killed(NamedTuple):
    """What came of a batch that was killed twice."""

    rows: int
    lost: int
    twice: int
    repeated: int
    """Calls beyond one for each row."""

    said: int
    """Rows of which the runs said that their calls may have been repeated."""


class Long(NamedTuple):
    """What a long batch took."""

    rows: int
    clock: float
    processor: float
    """Milliseconds an item, counting, working and writing the results."""

    memory: Sequence[int]
    """Resident bytes after each tenth of the rows."""


def killed_twice(folder: Path, rows: int, *, actors: int = 0) -> Killed:
    """Run a batch, kill it after a third and after two thirds, and let it come to its end.

    Args:
        folder: Empty; on a cluster, one that all machines share.
        rows: How many items.
        actors: 0 for asyncio.
    """
    write_inputs(folder, rows)
    plan = Plan(str(folder), _CALL, actors)
    for third in (1, 2):
        process = BatchProcess(plan)
        process.wait_for_calls(third * rows // 3)
        process.kill()
    BatchProcess(plan).result()
    calls, (lost, twice) = calls_of(folder), check_results(folder, rows)
    return Killed(rows, lost, twice, sum(calls.values()) - len(calls), _said(folder))


def _said(folder: Path) -> int:
    """Rows that the results say were begun more than once."""
    with (folder / "ws" / "results.jsonl").open() as file:
        return sum('"begun": 1,' not in line for line in file)


def long_run(folder: Path, rows: int) -> Long:
    """Run a batch of items that take no time."""
    write_inputs(folder, rows)
    told = BatchProcess(Plan(str(folder))).result()
    lost, twice = check_results(folder, rows)
    assert (lost, twice, told["rows"]) == (0, 0, rows), told
    each = 1000 / rows
    return Long(rows, told["clock"] * each, told["processor"] * each, told["memory"])


def _in_words(killed: Killed, engine: str) -> str:
    return (
        f"{killed.rows:,} items over {engine}, killed twice with SIGKILL: {killed.lost} rows lost, "
        f"{killed.twice} twice; {killed.repeated} calls repeated "
        f"({killed.said} rows say that they were begun more than once)."
    )


def main() -> int:
    """Measure and print; the exit status is 1 where a row is lost or twice."""
    parser = argparse.ArgumentParser(prog="benchmarks.batch", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000, help="of the batch that is killed")
    parser.add_argument("--long", type=int, default=100_000, help="rows of the long batch")
    parser.add_argument("--engine", choices=["asyncio", "ray"], default="asyncio")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="ergo-agent-batch-") as folder:
        actors = 2 if options.engine == "ray" else 0
        killed = killed_twice(Path(folder), options.rows, actors=actors)
    lines = [_in_words(killed, options.engine)]
    print(lines[0])
    if not actors:
        with TemporaryDirectory(prefix="ergo-agent-batch-") as folder:
            found = long_run(Path(folder), options.long)
        first, last = found.memory[1] / 1e6, found.memory[-1] / 1e6
        lines.append(
            f"{found.rows:,} trivial items: the batch itself takes {found.clock:.2f} ms an item by "
            f"the clock, {found.processor:.2f} ms of the processor; its memory was {first:.0f} MB "
            f"after a tenth of the rows, {last:.0f} MB at the end, {max(found.memory) / 1e6:.0f} "
            "MB at most."
        )
        print(lines[1])
    if options.write and actors:
        write_section("batch-ray", f"{measured_on()}.\n" + "\n".join(lines))
    elif options.write:
        write_section("batch", f"{measured_on()}.\n" + "\n".join(lines))
    return int(bool(killed.lost or killed.twice))


if __name__ == "__main__":
    raise SystemExit(main())
