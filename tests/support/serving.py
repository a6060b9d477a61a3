"""A real vLLM server on the CPU, started the way a user starts one."""

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

__all__ = ["CPU_ARGUMENTS", "CPU_ENVIRONMENT", "ServedModel", "free_port", "launched", "served"]

CPU_ARGUMENTS = (
    *("--dtype", "float32"),
    "--enforce-eager",
    *("--block-size", "32"),  # on the CPU a multiple of 32
    *("--max-num-seqs", "16"),
    "--skip-mm-profiling",
)
"""What vLLM needs beyond the arguments of `ergo-agent serve` to start quickly on a CPU."""

CPU_ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",  # GiB
    "OMP_NUM_THREADS": "1",
    "TORCHDYNAMO_DISABLE": "1",
}

READY_SECONDS = 600
"""A server that hangs must not hang the tests; it takes 45 to 90 s on two idle cores."""


class ServedModel(NamedTuple):
    """A server that answers."""

    base_url: str
    """For an OpenAI client, with `/v1`."""

    model: str
    """The name to ask for."""

    checkpoint: Path
    """The folder of the checkpoint that is served."""

    pid: int
    """Process id of `ergo-agent serve`; SIGTERM to it ends all of the server."""

    log: Path
    """vLLM's output."""

    def processes(self) -> list[psutil.Process]:
        """The launcher and everything below it."""
        launcher = psutil.Process(self.pid)
        return [launcher, *launcher.children(recursive=True)]


def free_port() -> int:
    """A port of the loopback address on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def launched(*arguments: str, python: str = sys.executable) -> Iterator["subprocess.Popen[str]"]:
    """`ergo-agent serve ARGUMENTS` as a process; killed at the end if it is still there."""
    process = subprocess.Popen(
        [python, "-m", "ergo_agent.apps.cli", "serve", *arguments],
        env={**os.environ, **CPU_ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        finally:
            process.communicate()


@contextmanager
def served(
    checkpoint: Path,
    log: Path,
    *extra: str,
    options: Sequence[str] = (),
    python: str = sys.executable,
) -> Iterator[ServedModel]:
    """Serve a checkpoint on a free port, and end the server afterwards.

    Args:
        checkpoint: What to serve.
        log: Where vLLM's output goes.
        *extra: Further arguments for vLLM.
        options: Further arguments for `ergo-agent serve`.
        python: The interpreter whose environment has vLLM.
    """
    port = free_port()
    where = ("--model", str(checkpoint), "--port", str(port), "--log", str(log), *options)
    with launched(*where, "--", *CPU_ARGUMENTS, *extra, python=python) as process:
        wait_for_line(process, containing="ERGO_BASE_URL")
        yield ServedModel(f"http://127.0.0.1:{port}/v1", "ergo", checkpoint, process.pid, log)


def wait_for_line(process: "subprocess.Popen[str]", *, containing: str) -> str:
    """The first line of a process's output that holds a text.

    Raises:
        AssertionError: If it ends or is silent for too long; with what it said.
    """
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    deadline = time.monotonic() + READY_SECONDS
    while (line := lines.get(timeout=max(0.0, deadline - time.monotonic()))) is not None:
        if containing in line:
            return line
    errors = process.stderr.read() if process.stderr else ""
    raise AssertionError(f"the server ended with {process.wait()}: {errors}")


def _read(process: "subprocess.Popen[str]", lines: "queue.Queue[str | None]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def alive(processes: Sequence[psutil.Process], *, seconds: float) -> list[psutil.Process]:
    """Those of some processes that still run after some seconds."""
    return psutil.wait_procs(processes, timeout=seconds)[1]
