"""One side in a process of its own, so that its memory and its processor time are its own.

Run by `benchmarks.served` with `Options` as JSON; each line of stdin is a job, the paths of images
that nobody has seen, and each line of stdout what its episodes took.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

import psutil

from benchmarks.served.sides import Options, Side, side_of

__all__ = ["Client", "Measured", "measured"]

ROOT = Path(__file__).parents[2]


class Measured(NamedTuple):
    """What some episodes took."""

    episodes: int
    seconds: float
    processor: float
    """Seconds of this process and of those that it started."""

    sent: int
    """Bytes of all bodies."""

    tokens: int
    """Vision tokens, as the server counted them."""

    peak: int
    """Most bytes in memory since this process began; with those that it started."""


class Client:
    """A side's process, as seen from outside; leaving its context ends it."""

    def __init__(self, options: Options) -> None:
        """Start it."""
        told = json.dumps(options._asdict())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.served.client", told],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, paths: Sequence[Path]) -> Measured:
        """Have it run an episode about each image.

        Raises:
            RuntimeError: If the process ended instead; what went wrong stands above, on stderr.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(path) for path in paths]), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a side ended with status {self._process.wait()}")
        return Measured(**json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate()


async def measured(side: Side, paths: Sequence[Path]) -> Measured:
    """Run an episode about each image, in this process."""
    await side.prepare(paths)
    sent, processor, started = side.sent, _processor_seconds(), time.perf_counter()
    tokens = await side.run(paths)
    return Measured(
        episodes=len(paths),
        seconds=time.perf_counter() - started,
        processor=_processor_seconds() - processor,
        sent=side.sent - sent,
        tokens=tokens,
        peak=_peak(),
    )


def _started() -> list[psutil.Process]:
    """The processes that this one started, and that still run."""
    return list(psutil.Process().children(recursive=True))


def _processor_seconds() -> float:
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    living = [process.cpu_times() for process in _started()]
    ours: float = sum(each.user + each.system for each in living)
    return ours + time.process_time() + gone.ru_utime + gone.ru_stime


def _peak() -> int:
    """Of each process by itself, as the kernel counted it; added up."""
    kilobytes = 0
    for process in (psutil.Process(), *_started()):
        status = Path(f"/proc/{process.pid}/status").read_text("ascii", "replace").split()
        kilobytes += int(status[status.index("VmHWM:") + 1])
    return 1024 * kilobytes


async def main() -> None:
    """Work off the jobs."""
    side = side_of(Options(**json.loads(sys.argv[1])))
    while line := await asyncio.to_thread(sys.stdin.readline):
        found = await measured(side, [Path(path) for path in json.loads(line)])
        print(json.dumps(found._asdict()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
