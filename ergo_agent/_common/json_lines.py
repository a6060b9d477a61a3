"""Files of one JSON value a line, read as a stream: of a line that is none it is said which."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError

__all__ = ["Line", "Numbered", "json_lines", "json_models", "json_objects"]

_LONGEST = 64 * 1024 * 1024
"""Bytes of one line: a data URL of as large an image as `ImageLimits` allows would be longer, and
belongs into a file."""

_M = TypeVar("_M", bound=BaseModel)
Numbered = tuple[int, _M]
"""A line's number, from 1, and what it holds."""


class Line(NamedTuple):
    """One line that is not empty."""

    number: int
    """From 1, empty lines counted."""

    value: object
    """What it holds; None where there is a problem."""

    problem: str = ""
    """Why it holds nothing, and which line of which file it is."""


def json_lines(path: str | os.PathLike[str]) -> Iterator[Line]:
    """The lines of a file as they are read; empty ones are passed over. Blocking.

    Args:
        path: The file.

    Raises:
        SettingsError: If it cannot be read.
    """
    file = Path(path)
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(_lines(lines), 1):
                if line is None or line.strip():
                    yield _read(number, line, file)
    except OSError as error:
        raise SettingsError(
            f"{file} cannot be read ({error.strerror or error}); give the path of a JSONL file"
        ) from error


def json_objects(
    path: str | os.PathLike[str], *, fields: str = ""
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file, numbered by their lines from 1, as they are read. Blocking.

    Args:
        path: The file.
        fields: What an object has to hold, for messages.

    Raises:
        SettingsError: If it cannot be read, or a line is no object; it says which.
    """
    expected = f"give one object a line{fields and f': {fields}'}"
    for number, value, problem in json_lines(path):
        if problem:
            raise SettingsError(f"{problem}; {expected}")
        if not isinstance(value, dict):
            raise SettingsError(
                f"{path}, line {number} is no object but {quoted(value)}; {expected}"
            )
        yield number, value


def json_models(path: str | os.PathLike[str], kind: type[_M]) -> Iterator[Numbered[_M]]:
    """The objects of a file, one a line, as they are read; empty lines are passed over.

    Args:
        path: The file.
        kind: What each line has to be.

    Raises:
        SettingsError: If the file cannot be read, or a line is none of these: it names the line,
            what was given and what was expected.
    """
    for number, given in json_objects(path, fields=_fields(kind)):
        try:
            yield number, kind.model_validate(given)
        except ValidationError as error:
            raise SettingsError(f"{path}, line {number}: {_problem(error, kind)}") from None


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Each line; None for one that is too long, which is read to its end."""
    while line := file.readline(_LONGEST):
        whole = line.endswith(b"\n") or len(line) < _LONGEST
        while not whole and (rest := file.readline(_LONGEST)):
            whole, line = rest.endswith(b"\n"), b""
        yield line or None


def _read(number: int, line: bytes | None, file: Path) -> Line:
    where = f"{file}, line {number}"
    if line is None:
        return Line(number, None, f"{where} has more than {_LONGEST:,} bytes")
    try:
        return Line(number, json.loads(line))
    except (ValueError, RecursionError) as error:
        said = f"{error}; it begins {quoted(line.strip()[:60].decode('utf-8', 'replace'))}"
        return Line(number, None, f"{where} is no JSON ({said})")


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
