"""Reading the files of data sets: each problem is named with its file, its line and its source."""

import ast
import base64
import binascii
import csv
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ergo_agent._common.text import quoted
from ergo_agent._common.whole_files import write_whole
from ergo_agent.errors import SettingsError

__all__ = [
    "field",
    "find",
    "image_file",
    "json_file",
    "kept_image",
    "literal_list",
    "table_rows",
]


def find(folder: Path, *names: str, source: str) -> Path:
    """The first of some files that is there.

    Args:
        folder: Where it is looked for.
        *names: Paths within the folder, the best one first.
        source: Where the data set is published.

    Raises:
        SettingsError: If none is there.
    """
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise SettingsError(
        f"{folder} holds no {' and no '.join(names)}; get it from {source} and keep its layout"
    )


def json_file(path: Path) -> Any:  # noqa: ANN401  # JSON
    """A file of JSON.

    Raises:
        SettingsError: If it is none.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read as JSON ({error}); get it anew") from error


def table_rows(path: Path, *, delimiter: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV or TSV with a head, one at a time: an image may stand in a cell.

    Raises:
        SettingsError: If it cannot be read, or a row has more cells than the head.
    """
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a cell of HR-Bench 8K has 80 MB
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=delimiter):
                if None in row:
                    raise SettingsError(
                        f"a row of {path} has more cells than its head: {row!r:.200}"
                    )
                yield {name: cell or "" for name, cell in row.items()}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"{path} cannot be read as a table ({error}); get it anew") from error


def field(row: Mapping[str, Any], name: str, *, of: Path) -> str:
    """A field of a row as text.

    Raises:
        SettingsError: If the row lacks it.
    """
    value = row.get(name)
    if value is None:
        raise SettingsError(
            f"a question of {of} lacks {name!r}; it has {', '.join(map(str, row))}. Is it the "
            "published file, unchanged?"
        )
    return str(value)


def image_file(folder: Path, name: str, *, source: str) -> str:
    """The path of an image or document that a question names.

    Raises:
        SettingsError: If it lies outside the folder, or is not there.
    """
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SettingsError(
            f"{name!r} lies outside {folder}; a question names what its folder holds"
        )
    if not path.exists():
        where = f"; get it from {source}" if source else ""
        raise SettingsError(f"{path} is missing, and a question is about it{where}")
    return str(path)


def kept_image(encoded: str | bytes | Mapping[str, Any], *, of: Path) -> str:
    """The path of an image that stands within a table, written once under its digest.

    It lies in the user's cache (`XDG_CACHE_HOME`): a data set's own folder is only read.

    Args:
        encoded: Base64, bytes, or the `{"bytes": ...}` of a parquet file.
        of: The table.

    Raises:
        SettingsError: If it is no base64, or cannot be kept.
    """
    data = encoded.get("bytes") if isinstance(encoded, Mapping) else encoded
    try:
        raw = base64.b64decode(data, validate=True) if isinstance(data, str) else bytes(data or b"")
    except (binascii.Error, ValueError) as error:
        raise SettingsError(f"an image of {of} is no base64 ({error}); get it anew") from error
    if not raw:
        raise SettingsError(f"an image of {of} is empty; get it anew")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = base / "ergo-agent" / "evaluation" / hashlib.sha256(raw).hexdigest()
    if not path.exists():
        try:
            write_whole(path, raw)
        except OSError as error:
            raise SettingsError(
                f"an image of {of} cannot be kept ({error}); set XDG_CACHE_HOME to another folder"
            ) from error
    return str(path)


def literal_list(text: str, *, of: Path) -> list[Any]:
    """A list that is written as text, `"[3, 5]"`; read as a literal and never run.

    Raises:
        SettingsError: If it is none.
    """
    try:
        found = ast.literal_eval(text.strip() or "[]")
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError) as error:
        raise SettingsError(f"{quoted(text)} in {of} is no list ({error})") from error
    if not isinstance(found, list | tuple):
        raise SettingsError(f"{quoted(text)} in {of} is no list")
    return list(found)
