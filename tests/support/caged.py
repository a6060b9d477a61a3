"""Asks the tool in a process of its own, whose memory and time are bounded and measured.

One line of JSON in, one out: run as `python -m tests.support.caged`.
"""

import gc
import inspect
import json
import os
import queue
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from ergo_agent import ErgoError
from ergo_agent.images import ImageLimits, guard
from ergo_agent.images.process import PROGRAM, Reply
from tests.support.entries import ENTRIES, Request

__all__ = ["Cage", "Outcome", "seconds_taken"]

HANG = 30.0
"""Seconds after which a case counts as hanging; none takes more than two."""
HEADROOM = 2_000_000_000
"""Bytes of address space that the process may take beyond what it has at its start."""


class Outcome(NamedTuple):
    """What came of one question."""

    end: str
    """`answer`, or the name of the error's class."""
    text: str
    """What an agent's model is told."""
    cpu: float
    """Seconds of all threads and children."""
    wall: float
    memory: float
    """Megabytes at the peak beyond those before, children included."""
    looked_up: list[str]
    """The names that the resolver was asked for, in order."""


class Cage:
    """The process; made anew after a case that hung or killed it."""

    def __init__(self, *, seconds: float | None = None) -> None:
        """Prepare.

        Args:
            seconds: Of the processor that decoding an image may take, if less than the limits say.
        """
        self._hurried = [] if seconds is None else [str(seconds)]
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed by `close`

    def ask(self, image: str, **given: Any) -> Outcome:
        """The outcome of one question.

        Args:
            image: As an agent's model would name it.
            **given: `roots`, `hosts`, `limits` (fields of `ImageLimits`, the tool's own when left
                out), `page`, `dns` (answers by name, each a list of lists of addresses, the last
                one for ever), and `via`, one of `ENTRIES`, `tool` when left out.

        Raises:
            AssertionError: If it hangs, or the process dies.
        """
        process = self._started()
        assert process.stdin is not None
        process.stdin.write(json.dumps({"image": image, **given}) + "\n")
        process.stdin.flush()
        try:
            line = self._lines.get(timeout=HANG)
        except queue.Empty:
            line = ""
        if not line:
            self._end()
            self._errors.seek(0)
            raise AssertionError(f"hung or died over {image!r}: {self._errors.read()[-2000:]}")
        return Outcome(**json.loads(line))

    def close(self) -> None:
        self._end()
        self._errors.close()

    def _started(self) -> "subprocess.Popen[str]":
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "tests.support.caged", *self._hurried],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                text=True,
                cwd=Path(__file__).parents[2],
                env={**os.environ, "MALLOC_ARENA_MAX": "2", "ERGO_MARKED": "CANARY"},
            )
            self._lines: queue.Queue[str] = queue.Queue()
            reader = threading.Thread(target=_read, args=(self._process, self._lines), daemon=True)
            reader.start()
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[str]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")


# what runs in the process


def _status(name: str, *, process: str = "self") -> float:
    """A line of Linux's account of a process, in megabytes; 0 once it has ended."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0) * 1024 / 1e6


def _decoders(*, ended: bool = False) -> set[str]:
    """The processes that decode images, started by this one.

    Args:
        ended: Those that have ended by themselves, too, and that nobody has waited for yet: their
            seconds are counted among those of children that are gone only then.
    """
    found: set[str] = set()
    for children in Path("/proc/self/task").glob("*/children"):
        listed = ""
        with suppress(OSError):  # of a thread that has just ended
            listed = children.read_text()
        for child in listed.split():
            with suppress(OSError):
                line = Path(f"/proc/{child}/cmdline").read_bytes()
                if str(PROGRAM).encode() in line or (ended and not line):
                    found.add(child)
    return found


def _memory_of(child: str) -> float:
    """Megabytes of a process, without those that it shares with this one, as it does its pixels."""
    with suppress(OSError):
        shared = _status("RssShmem", process=child)
        return _status("VmRSS", process=child) - min(shared, _status("RssShmem"))
    return 0.0


def _seconds_of(child: str) -> float:
    with suppress(OSError):
        return int(Path(f"/proc/{child}/schedstat").read_text().split()[0]) / 1e9
    return 0.0


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Megabytes of this process and of those that decode, together, looked at every 5 ms."""
    peaks, done = [_status("VmRSS")], threading.Event()

    def look() -> None:
        while not done.wait(0.005):
            peaks.append(_status("VmRSS") + sum(map(_memory_of, _decoders())))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peaks
    finally:
        done.set()
        looking.join()


def seconds_taken() -> float:
    """Of all threads, and of children that are gone; a child that lives is counted beside."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    gone = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    return gone + sum(map(_seconds_of, _decoders(ended=True)))


def _answered_by(
    names: dict[str, list[list[str]]], looked_up: list[str]
) -> Callable[..., list[Any]]:
    """A resolver that knows these names, and addresses."""
    real = socket.getaddrinfo
    signature = inspect.signature(real)

    def getaddrinfo(host: str | bytes, *arguments: Any, **options: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        looked_up.append(name)
        known = names.get(name, [[name]])
        answer = known.pop(0) if len(known) > 1 else known[0]
        options = {**signature.bind(host, *arguments, **options).arguments}
        del options["host"]
        options["flags"] = socket.AI_NUMERICHOST  # never asks the real resolver
        return [entry for address in answer for entry in real(address, **options)]

    return getaddrinfo


def _outcome(given: dict[str, Any]) -> dict[str, Any]:
    looked_up: list[str] = []
    real = socket.getaddrinfo
    socket.getaddrinfo = _answered_by(given.pop("dns", {}), looked_up)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
    before, cpu, wall = _status("VmRSS"), seconds_taken(), time.perf_counter()
    try:
        with _watched() as peaks:
            end, text = _asked(given.pop("image"), given.pop("via", "tool"), **given)
    finally:
        socket.getaddrinfo = real
    return {
        "end": end,
        "text": text,
        "cpu": seconds_taken() - cpu,
        "wall": time.perf_counter() - wall,
        "memory": max(*peaks, _status("VmHWM")) - before,
        "looked_up": looked_up,
    }


def _asked(image: str, via: str, **given: Any) -> tuple[str, str]:
    """How it ended, and what was said."""
    if given.get("limits") is not None:
        given["limits"] = ImageLimits(**given["limits"])
    try:
        return "answer", str(ENTRIES[via](Request(image, **given)))
    except ErgoError as error:
        return type(error).__name__, str(error)
    except Exception as error:
        cause = error.__cause__
        if not isinstance(cause, ErgoError | None):
            raise
        return type(cause or error).__name__, str(error)


def _hurried(seconds: float) -> None:
    """Give images less time than the limits say, so that many tests can be run."""
    real = guard.run_job

    def run_job(asked: dict[str, Any], data: bytes, *, most: int, room: int) -> Reply:
        asked["seconds"] = min(seconds, asked["seconds"])
        return real(asked, data, most=most, room=room)

    guard.run_job = run_job


def _main() -> None:
    Image.MAX_IMAGE_PIXELS = None  # as some programs have it that this package is a guest of
    if len(sys.argv) > 1:
        _hurried(float(sys.argv[1]))
    for via in ENTRIES:
        _asked("data:,", via)  # imports what is needed
    gc.freeze()  # to collect what a case left takes 5 ms then, not 80
    taken = int(_status("VmSize") * 1e6)
    resource.setrlimit(resource.RLIMIT_AS, (taken + HEADROOM, taken + HEADROOM))
    for line in sys.stdin:
        print(json.dumps(_outcome(json.loads(line))), flush=True)  # noqa: T201


if __name__ == "__main__":
    _main()
