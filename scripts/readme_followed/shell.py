"""A shell whose folder and environment last from one command to the next."""

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["Done", "Shell"]

_SECONDS = 1200.0
"""After which a command hangs: an installation takes one minute, or some where others work."""

_FOREIGN = ("ERGO_", "LANGSMITH_", "LANGCHAIN_", "VIRTUAL_ENV", "PYTHON", "MAKE", "MFLAGS")
"""Variables, by their beginning, that somebody who has nothing does not have."""


class Done(NamedTuple):
    """What became of a command."""

    printed: str
    """To stdout; of a terminal all that was on it."""

    said: str
    """To stderr."""

    problem: str
    """Why it failed; empty where it did not."""


class Shell:
    """Runs commands one after the other, as one person would in one window."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        """Begin in a folder.

        Args:
            folder: An empty one; what is needed to run is put beside it.
            variables: Set beside what the environment has.
        """
        self._folder = folder
        self._state = folder.parent / "state"
        programs = folder.parent / "programs"
        programs.mkdir(exist_ok=True)
        python = programs / "python3"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        kept = {name: value for name, value in kept.items() if not name.endswith("_API_KEY")}
        path = f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}"
        self._variables = {**kept, "PATH": path, "BROWSER": shutil.which("true") or "", **variables}

    def run(self, command: str) -> Done:
        """Run a command to its end."""
        keep = f"{{ pwd; env -0; }} > '{self._state}'"
        return self._ended(["bash", "-c", f"set -e\n{command}\n{keep}"], kept=True)

    def run_python(self, code: str) -> Done:
        """Run Python as `python` finds it."""
        return self._ended(["bash", "-c", 'exec python -c "$0"', code], kept=False)

    def run_until(self, command: str, key: str) -> Done:
        """Start a command in a terminal, wait until it has said something, press Ctrl and a key.

        It may then end well, or with C as what was interrupted.
        """
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self._folder)
            program = ["bash", "-c", f"exec {command}"]
            os.execvpe(program[0], program, self._variables)  # noqa: S606
        shown = _shown(terminal, quiet=4.0)
        os.write(terminal, {"C": b"\x03", "D": b"\x04"}[key])
        shown += _shown(terminal, quiet=30.0)
        code = _exit_code(child)
        os.close(terminal)
        if code is None:
            return Done(shown, "", f"Ctrl-{key} did not end it")
        if not shown.strip():
            return Done(shown, "", "it said nothing")
        fine = code == 0 or (key == "C" and code in {130, -signal.SIGINT})
        return Done(shown, "", "" if fine else f"it ended with {code}")

    def _ended(self, command: list[str], *, kept: bool) -> Done:
        try:
            ran = subprocess.run(
                command,
                cwd=self._folder,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Done("", "", f"it was not done after {_SECONDS:g} seconds")
        problem = f"it ended with {ran.returncode}" if ran.returncode else ""
        if kept and not problem:
            where, _, variables = self._state.read_text().partition("\n")
            self._folder = Path(where)
            pairs = (each.partition("=") for each in variables.split("\0") if each)
            self._variables = {name: value for name, _, value in pairs}
        return Done(ran.stdout, ran.stderr, problem)


def _shown(terminal: int, *, quiet: float) -> str:
    """What is written to a terminal until nothing more comes for a while, or it is closed."""
    shown = b""
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        waiting = quiet if shown.strip() else end - time.monotonic()
        if not select.select([terminal], [], [], waiting)[0]:
            break
        try:
            more = os.read(terminal, 65_536)
        except OSError:  # Linux says so where the other end is closed
            break
        if not more:
            break
        shown += more
    return shown.decode("utf-8", "replace").replace("\r\n", "\n")


def _exit_code(child: int) -> int | None:
    """That of a program that was told to end; None where it had to be killed."""
    for _ in range(100):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None
