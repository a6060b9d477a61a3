"""Programs in forks of a process that has imported what they need, and done nothing.

The imports take two seconds of a processor for each interpreter that starts anew. Here a program
has arguments, a folder, an environment, output and an end of its own, as one has that a shell
starts. What only a new interpreter shows is not for it, such as what is imported and when.
"""

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from unittest.mock import patch

__all__ = ["FORKED", "ForkedProgram", "imported_with", "run_forked"]

ROOT = Path(__file__).parents[2]
LONGEST = 240.0
"""Seconds after which a program that should have ended counts as stuck."""

_IMPORTED = [
    __name__,
    "ergo_agent.apps.cli",
    "ergo_agent.graphs",
    "ergo_agent.policies.ocr.quick_engine",
    "ergo_agent.policies.served.chat",
    "tests.support.episode_process",
]
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(_IMPORTED)


@contextmanager
def imported_with(**environment: str) -> Iterator[None]:
    """Have what is started meanwhile be a fork of a process that has these variables.

    For those that are looked at while something is imported.
    """
    if not environment:
        yield
        return
    with patch.dict(os.environ, environment):
        server = _server_with(tuple(sorted(environment.items())))
        with patch.object(forkserver, "connect_to_new_process", server.connect_to_new_process):
            yield


@cache
def _server_with(_: tuple[tuple[str, str], ...]) -> forkserver.ForkServer:
    """One for each environment; it begins when it is first asked for a fork."""
    server = forkserver.ForkServer()
    server.set_forkserver_preload(_IMPORTED)
    return server


class ForkedProgram:
    """A running program; leaving the `with` block ends it."""

    def __init__(
        self, *words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        """Start it.

        Args:
            *words: What would follow `python`: a file, or `-m` and a module, and arguments.
            cwd: The folder that it runs in, this process's own when left out.
            env: Its environment, this process's own when left out.
        """
        self._kept = TemporaryDirectory(prefix="ergo-forked-")
        self._told = [Path(self._kept.name, name) for name in ("stdout", "stderr")]
        self._process = FORKED.Process(
            target=_become,
            args=(
                [str(word) for word in words],
                str(cwd or Path.cwd()),
                dict(os.environ if env is None else env),
                [str(path) for path in self._told],
            ),
        )
        self._process.start()

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.exitcode

    def first_line(self, *, errors: bool = False) -> str:
        """The first line of its output, or of its errors, once it has written it."""
        path, end = self._told[errors], time.monotonic() + LONGEST
        while not (path.exists() and b"\n" in path.read_bytes()):
            assert self.poll() is None, self._said()
            assert time.monotonic() < end, self._said()
            time.sleep(0.02)
        return path.read_text("utf-8").partition("\n")[0]

    def end(self, timeout: float = 20) -> int | None:
        """End it with SIGTERM; its exit status, None where it does not end."""
        self._process.terminate()
        self._process.join(timeout)
        return self.poll()

    def kill(self) -> None:
        """End it with SIGKILL: nothing in it can be tidied up."""
        self._process.kill()

    def communicate(self, timeout: float = LONGEST) -> tuple[str, str]:
        """What it has written to its output and as errors, once it has ended.

        Raises:
            subprocess.TimeoutExpired: If it goes on for longer; it is ended.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            self.kill()
            self._process.join(LONGEST)
            raise subprocess.TimeoutExpired(self._process.name, timeout, *self._said())
        return self._said()

    def _said(self) -> tuple[str, str]:
        output, errors = (path.read_text("utf-8") if path.exists() else "" for path in self._told)
        return output, errors

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._process.join(LONGEST)
        self._process.close()
        self._kept.cleanup()


def run_forked(
    *words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; as for `ForkedProgram`."""
    with ForkedProgram(*words, cwd=cwd, env=env) as program:
        output, errors = program.communicate()
        status = program.poll()
    assert status is not None
    return subprocess.CompletedProcess([str(word) for word in words], status, output, errors)


# what runs in the fork


def _become(words: list[str], cwd: str, env: dict[str, str], told: list[str]) -> None:
    """Be the program."""
    for descriptor, path in enumerate(told, start=1):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    try:
        _run(words, cwd)
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
    finally:
        atexit._run_exitfuncs()  # a fork of multiprocessing leaves them out


def _run(words: list[str], cwd: str) -> None:
    if words[0] == "-m":
        sys.argv = words[1:]
        sys.path.insert(0, cwd)
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        sys.path.insert(0, str(Path(words[0]).parent))
        runpy.run_path(words[0], run_name="__main__")
