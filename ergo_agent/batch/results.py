"""The results of a batch: one row for each row of its input, in that order."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from types import TracebackType
from typing import Any, BinaryIO, Self

from ergo_agent._common.parquet import pyarrow_for
from ergo_agent.batch.content import NAME_LENGTH
from ergo_agent.batch.outcome import Outcome
from ergo_agent.batch.rows import Row
from ergo_agent.batch.workspace import Workspace
from ergo_agent.errors import BatchError, ErgoError, RowError

__all__ = ["JSONL", "PARQUET", "Names", "check_parquet", "write_results"]

JSONL, PARQUET = "results.jsonl", "results.parquet"

_AT_ONCE = 256
"""Rows that are in memory at once, and a row group of the parquet file."""

_READERS = 16
"""Outcomes that are read at once: from a store on a network one takes tens of milliseconds."""

_TEXTS = ("id", "document", "question", "pages", "answer", "stop_reason", "policy", "item")
_AS_JSON = ("options", "value", "missing", "evidence", "verified", "fallbacks", "extra")


class Names:
    """The name of each row's item, by the row's number, in a file of its own that nobody sees."""

    def __init__(self) -> None:
        """Make the file."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by exit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def note(self, number: int, name: str) -> None:
        """Remember a row's item."""
        self._file.seek((number - 1) * NAME_LENGTH)
        self._file.write(name.encode("ascii"))

    def of(self, number: int) -> str | None:
        """The name of a row's item; None where none was noted."""
        self._file.seek((number - 1) * NAME_LENGTH)
        name = self._file.read(NAME_LENGTH)
        return name.decode("ascii") if len(name) == NAME_LENGTH and name.strip(b"\0") else None


def check_parquet() -> Any:  # noqa: ANN401  # an extra
    """pyarrow, where a parquet file is to be written.

    Raises:
        MissingExtraError: If it is not installed.
    """
    return pyarrow_for("a parquet file of results")


def write_results(
    rows: Iterable[Row], names: Names, workspace: Workspace, *, parquet: bool
) -> tuple[str, ...]:
    """Write the results of all rows into the workspace, in place of older ones; blocking.

    Returns:
        The paths or URLs of the files.

    Raises:
        BatchError: If the workspace cannot be read or written.
    """
    with ExitStack() as stack:
        lines = stack.enter_context(workspace.writing(JSONL))
        write: Callable[[list[dict[str, Any]]], object] = lambda _: None  # noqa: E731
        if parquet:
            file = stack.enter_context(workspace.writing(PARQUET))
            write = stack.enter_context(_Parquet(file)).write
        for some in _results(rows, names, workspace):
            lines.writelines(_json(each).encode() + b"\n" for each in some)
            write(some)
    return tuple(workspace.place(each) for each in ([JSONL, PARQUET] if parquet else [JSONL]))


def _results(
    rows: Iterable[Row], names: Names, workspace: Workspace
) -> Iterator[list[dict[str, Any]]]:
    """The results, some rows at a time."""
    waiting = (row.light for row in rows)

    def result(row: Row, name: str | None) -> dict[str, Any]:
        return _as_row(row, name, _outcome(row, name, workspace))

    with ThreadPoolExecutor(_READERS) as readers:
        while some := list(islice(waiting, _AT_ONCE)):
            named = [names.of(row.number) for row in some]
            yield list(readers.map(result, some, named))


def _outcome(row: Row, name: str | None, workspace: Workspace) -> Outcome:
    missing: ErgoError = RowError(row.problem)
    if not row.problem:
        outcome = None if name is None else workspace.outcome(name)
        if outcome is not None:
            return outcome
        missing = BatchError(
            "nothing was kept for this row: its input, or the workspace, was changed while the "
            "batch ran; run it again"
        )
    return Outcome.of_error(missing)


def _as_row(row: Row, name: str | None, outcome: Outcome) -> dict[str, Any]:
    asked = {
        "row": row.number,
        "id": row.id,
        "document": row.shown,
        "question": row.question,
        "page": row.page,
        "pages": row.pages,
        "options": list(row.options),
    }
    came = outcome.model_dump(mode="json", exclude={"passing", "down"})
    return {**asked, **came, "item": name, "extra": dict(row.extra)}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    """What JSON has no form for, of an input's other columns."""
    return f"<{len(value)} bytes>" if isinstance(value, bytes) else str(value)


class _Parquet:
    """A parquet file of results, written some rows at a time; lists and objects are JSON in it."""

    def __init__(self, file: BinaryIO) -> None:
        arrow = check_parquet()
        texts = [(name, arrow.string()) for name in (*_TEXTS, *_AS_JSON, "error", "error_kind")]
        counts = ("vision_tokens", "input_tokens", "output_tokens", "cached_tokens")
        numbers = ("row", "page", *counts, "views", "turns", "begun")
        whole = [(name, arrow.int64()) for name in numbers]
        real = [(name, arrow.float64()) for name in ("confidence", "seconds")]
        self._schema = arrow.schema([*whole, *texts, *real])
        self._arrow = arrow
        self._writer = arrow.parquet.ParquetWriter(file, self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._writer.close()

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Write some rows."""
        plain = [{**each, **{name: _json(each[name]) for name in _AS_JSON}} for each in rows]
        self._writer.write_table(self._arrow.Table.from_pylist(plain, schema=self._schema))
