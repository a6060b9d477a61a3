"""A batch of trivial items in a process of its own, which can be killed at any moment.

`python -m tests.support.batch_process JSON` runs it, or goes on with it where it was, and prints
what it came to as JSON. Each call is a line in a file, `QUESTION PID`, as a server that is paid for
would count it.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from ergo_agent.batch.batch import run_job
from ergo_agent.batch.cluster import Cluster
from ergo_agent.batch.inputs import Inputs
from ergo_agent.batch.outcome import Outcome
from ergo_agent.batch.rows import Row
from ergo_agent.batch.tally import Tally
from ergo_agent.batch.workspace import Workspace
from ergo_agent.errors import ImageFormatError

__all__ = ["BatchProcess", "Plan", "Trivial", "calls_of", "check_results", "write_inputs"]

ROOT = Path(__file__).parents[2]
LONGEST = 200.0
"""Seconds after which a process that should have done something counts as stuck."""

AT_ONCE = 16
BROKEN = "broken"
"""How the question of a row begins that always fails."""


class Plan(NamedTuple):
    """What a process does."""

    folder: str
    """Holds `in.jsonl`, and from then on `calls` and the workspace `ws`."""

    seconds: float = 0.0
    """Of one call."""

    actors: int = 0
    """0 for asyncio."""


class Trivial(NamedTuple):
    """Work that takes no effort: what is left is the batch's own."""

    folder: str
    seconds: float
    at_once: int = AT_ONCE

    async def terms(self) -> str:
        return "trivial"

    async def do(self, row: Row) -> Outcome:
        with Path(self.folder, "calls").open("a") as file:  # noqa: ASYNC230  # a write of 10 us
            file.write(f"{row.question} {os.getpid()}\n")
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if (row.question or "").startswith(BROKEN):
            raise ImageFormatError("it is broken; mend it")
        return Outcome(answer=row.question, input_tokens=100, output_tokens=10)


class Make(NamedTuple):
    """Makes the work, here or in an actor."""

    plan: Plan

    def __call__(self) -> Trivial:
        return Trivial(self.plan.folder, self.plan.seconds)


def write_inputs(folder: Path, rows: int) -> None:
    """So many rows, each with a question of its own about one document."""
    (folder / "page.png").write_bytes(b"a page")
    with (folder / "in.jsonl").open("w") as file:
        file.writelines(
            json.dumps({"document": "page.png", "question": f"q{number}", "id": number}) + "\n"
            for number in range(rows)
        )


def calls_of(folder: Path) -> Counter[str]:
    """How many times each question was asked so far."""
    path = folder / "calls"
    lines = path.read_text().splitlines() if path.exists() else []
    return Counter(line.partition(" ")[0] for line in lines)


def check_results(folder: Path, rows: int) -> tuple[int, int]:
    """How many of the rows are lost in the results, and how many are there twice."""
    with (folder / "ws" / "results.jsonl").open() as file:
        found = Counter(int(json.loads(line)["id"]) for line in file if '"answer": "q' in line)
    lost = sum(number not in found for number in range(rows))
    return lost, sum(found.values()) - len(found)


class BatchProcess:
    """A running batch; kill it, or wait for what it came to."""

    def __init__(self, plan: Plan, **environment: str) -> None:
        self._plan = plan
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.batch_process", json.dumps(plan)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_calls(self, count: int) -> None:
        """Wait until so many different questions were asked."""
        end = time.monotonic() + LONGEST
        while len(calls_of(Path(self._plan.folder))) < count:
            assert self._process.poll() is None, self._process.communicate()
            assert time.monotonic() < end, "the batch never came so far"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self._process.poll() is None, self._process.communicate()
        self._process.kill()
        self._process.communicate(timeout=LONGEST)

    def result(self) -> dict[str, Any]:
        """What it came to, once it has ended well."""
        output, errors = self._process.communicate(timeout=LONGEST)
        assert self._process.returncode == 0, errors
        found: dict[str, Any] = json.loads(output.splitlines()[-1])
        return found


def _main(plan: Plan) -> None:
    process, memory = psutil.Process(), dict[int, int]()

    def tell(tally: Tally) -> None:
        tenth = 10 * tally.rows // tally.total
        if tenth not in memory:
            memory[tenth] = process.memory_info().rss

    folder, before = Path(plan.folder), time.process_time()
    clock = time.perf_counter()
    summary = asyncio.run(
        run_job(
            Make(plan),
            Inputs([folder / "in.jsonl"]),
            Workspace(folder / "ws"),
            cluster=Cluster(plan.actors, cpus=0.5) if plan.actors else None,
            tell=tell,
        )
    )
    told = {
        **summary._asdict(),
        "memory": [memory[tenth] for tenth in sorted(memory)],
        "clock": time.perf_counter() - clock,
        "processor": time.process_time() - before,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _main(Plan(*json.loads(sys.argv[1])))
