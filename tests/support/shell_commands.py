"""Shell commands as pages show them, and whether each is one that exists."""

import io
import re
import runpy
import shlex
import sys
import tomllib
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from importlib.util import find_spec
from typing import Any
from unittest.mock import patch

import typer
from typer.main import get_command

from ergo_agent.apps.cli import app
from tests.support.documents import ROOT

__all__ = ["check", "commands_in", "mentioned_options", "unknown_extras"]

OTHERS = {
    *(".", "apt-get", "cat", "cd", "export", "which"),
    *("claude", "git", "inspect", "langgraph", "npm", "pytest", "ray", "taskset", "vllm-router"),
}
"""Programs that are not this project's, of which nothing is checked."""


def commands_in(code: str) -> Iterator[list[str]]:
    """The commands of a block, each as its words; assignments before a command are left out."""
    for line in code.replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|\|(?=\s)", _without_comment(line)):
            words = shlex.split(part)
            while words and re.match(r"[A-Z_]+=", words[0]):
                del words[0]
            if words:
                yield words


def check(words: list[str]) -> None:
    """Raise where a command cannot work."""
    if words[:2] == ["taskset", "-c"]:  # and the numbers of some cores
        words = words[3:]
    program = words[0].rpartition("/")[2] if words[0].startswith(".venv") else words[0]
    if program == "ergo-agent":
        _parse(words[1:])
    elif program in {"python", "python3"}:
        _check_python(words[1:])
    elif program == "make":
        for target in words[1:]:
            assert _has_target(target), f"the Makefile has no {target}"
    elif program == "pip":
        assert words[1] == "install", words
    else:
        assert program in OTHERS, f"{program} is no known program"
    if program == "claude" and "--" in words:
        check(words[words.index("--") + 1 :])


def mentioned_options(words: list[str]) -> None:
    """Raise where a command that is only mentioned, perhaps in part, names what is not there."""
    if len(words) == 1 or words[1].isupper() or words[1].startswith("-"):
        return
    command = _commands()[words[1]]
    known = {option for each in command.params for option in each.opts} | {"--help"}
    for word in words[2:]:
        if word == "--":
            return
        assert not word.startswith("-") or word in known, f"{words[1]} has no {word}"


def unknown_extras(text: str) -> set[str]:
    """Extras that a page names and the package does not have."""
    named = re.findall(r"(?:ergo-agent|\"\.)\[([\w,-]+)\]", text)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {extra for each in named for extra in each.split(",")} - set(
        project["optional-dependencies"]
    )


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*$", "", line)


@cache
def _commands() -> dict[str, Any]:
    return get_command(app).commands  # type: ignore[attr-defined]


def _parse(words: list[str]) -> None:
    """By the parser of the command line itself; nothing is run."""
    if words == ["--version"]:
        return
    command = _commands()[words[0]]
    if "--help" not in words:
        with command.make_context(words[0], words[1:], parent=typer.Context(get_command(app))):
            pass


def _check_python(words: list[str]) -> None:
    if words[0] == "-c":
        compile(words[1], "-c", "exec")
        return
    if words[0] == "-m" and words[1] in {"pip", "venv", "pytest"}:
        paths = [word for word in words[2:] if word.startswith("tests")]
        assert all((ROOT / path).exists() for path in paths), paths
        return
    program = words[:2] if words[0] == "-m" else words[:1]
    if program[0] == "-m":
        assert program[1].startswith(("benchmarks.", "scripts.")), program
        assert find_spec(program[1]) is not None, f"there is no {program[1]}"
    else:
        assert (ROOT / program[0]).is_file(), f"there is no {program[0]}"
    options = [word for word in words if word.startswith("--")]
    if options:
        said = _help(*program)
        missing = [option for option in options if not re.search(rf"{option}\b", said)]
        assert not missing, f"{' '.join(program)} has no {missing}"


@cache
def _help(*program: str) -> str:
    """What a program says of itself; run in this process, to start one for each takes seconds."""
    path = [str((ROOT / program[-1]).parent), *sys.path]
    said = io.StringIO()
    with (
        patch.object(sys, "argv", [program[-1], "--help"]),
        patch.object(sys, "path", path),
        redirect_stdout(said),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", RuntimeWarning)  # that it was imported before
        try:
            if program[0] == "-m":
                runpy.run_module(program[1], run_name="__main__", alter_sys=True)
            else:
                runpy.run_path(str(ROOT / program[0]), run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise
            return said.getvalue()
    raise AssertionError(f"{' '.join(program)} does not end with its help")


def _has_target(name: str) -> bool:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return re.search(rf"^{re.escape(name)}:", makefile, re.MULTILINE) is not None
