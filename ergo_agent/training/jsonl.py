"""Files of one JSON object a line, with errors that name the line."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError

__all__ = ["Numbered", "read_lines"]

_M = TypeVar("_M", bound=BaseModel)
Numbered = tuple[int, _M]
"""A line's number, from 1, and what it holds."""


def read_lines(path: str | os.PathLike[str], kind: type[_M]) -> Iterator[Numbered[_M]]:
    """The objects of a file, one a line, as they are read; empty lines are passed over.

    Args:
        path: The file.
        kind: What each line has to be.

    Raises:
        SettingsError: If the file cannot be read, or a line is none of these: it names the line,
            what was given and what was expected.
    """
    file = Path(path)
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _read(line, kind, where=f"{file}, line {number}")
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be read ({error.strerror or error}); give the path of a JSONL file"
        ) from error


def _read(line: bytes, kind: type[_M], *, where: str) -> _M:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            f"{where} is no JSON ({error}); give one object a line: {_fields(kind)}"
        ) from None
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise SettingsError(f"{where}: {_problem(error, kind)}") from None


def _problem(error: ValidationError, kind: type[BaseModel]) -> str:
    problem = error.errors(include_url=False)[0]
    name = ".".join(map(str, problem["loc"]))
    said = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "missing":
        return f"{name} is missing; an object needs {_fields(kind)}"
    given = quoted(problem["input"])
    return f"{name or 'the line'}={given} is not right: {said[:1].lower()}{said[1:]}"


def _fields(kind: type[BaseModel]) -> str:
    fields = kind.model_fields.items()
    needed = [name for name, field in fields if field.is_required()]
    others = [name for name, field in fields if not field.is_required()]
    return ", ".join(needed) + (f" (and, if wanted, {', '.join(others)})" if others else "")
