"""The inputs of a batch, read as a stream: files, folders, JSONL and parquet files."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ergo_agent._common.json_lines import json_lines
from ergo_agent._common.parquet import parquet_rows, pyarrow_for
from ergo_agent._common.text import quoted
from ergo_agent.batch.rows import Row, rows_of
from ergo_agent.errors import BatchError, RowError, SettingsError

__all__ = ["Inputs"]

_LINES = frozenset({".jsonl", ".ndjson"})
_HOLD_ROWS = _LINES | {".parquet"}


class Inputs:
    """All rows of a batch, in order; reading them again gives the same rows."""

    def __init__(
        self,
        given: Sequence[str | os.PathLike[str]],
        questions: Sequence[str] = (),
        *,
        asks: bool = True,
    ) -> None:
        """Name the inputs.

        Args:
            given: Files, folders and patterns such as `scans/*.pdf`. A file that ends in `.jsonl`,
                `.ndjson` or `.parquet` holds rows, any other is a document; of a folder each file
                in it, or below it, is one.
            questions: What is asked about every document that comes without a question, each in a
                row of its own.
            asks: Whether questions are asked; else a model is to be filled.

        Raises:
            SettingsError: If there is none, a pattern or path leads to nothing, or there is no
                question for what has none.
            MissingExtraError: If one is a parquet file, and pyarrow is not installed.
        """
        if isinstance(given, str | os.PathLike):
            given = [given]
        self._given = [os.fspath(each) for each in given]
        self._questions, self._asks = list(questions), asks
        if not self._given:
            raise SettingsError("no inputs are named; give files, folders, JSONL or parquet files")
        for each in self._given:
            first = next(_paths(each), None)
            if first is None:
                raise SettingsError(f"the input {quoted(each)} leads to no file; check its path")
            if first.suffix == ".parquet":
                pyarrow_for("a parquet file")
            if asks and not questions and first.suffix not in _HOLD_ROWS:
                raise SettingsError(
                    f"nothing is asked about the input {quoted(each)}; give a question, or a schema"
                )

    def count(self) -> int:
        """How many rows there are; blocking, as it reads all but the documents.

        Raises:
            BatchError: If an input cannot be read.
        """
        return sum(1 for _ in self._rows(documents=False))

    def __iter__(self) -> Iterator[Row]:
        """Each row; blocking.

        Raises:
            BatchError: If an input cannot be read.
        """
        return self._rows(documents=True)

    def _rows_of(self, record: object, first: int, folder: Path) -> Iterator[Row]:
        return rows_of(
            record, first=first, folder=folder, questions=self._questions, asks=self._asks
        )

    def _rows(self, *, documents: bool) -> Iterator[Row]:
        number = 1
        for given in self._given:
            try:
                for record, folder in _records(given, documents=documents):
                    for row in self._rows_of(record, number, folder):
                        yield row
                        number += 1
            except (OSError, SettingsError) as error:
                raise BatchError(
                    f"the input {quoted(given)} cannot be read ({error}); mend it and run the "
                    "batch again: what is done stays done"
                ) from error


def _records(given: str, *, documents: bool) -> Iterator[tuple[object, Path]]:
    """What a named input holds, each record with the folder that its paths start at.

    A line that is no JSON is the error that says so; where documents are only counted, a text
    stands for each of a parquet file.
    """
    for path in _paths(given):
        if path.suffix in _LINES:
            for line in json_lines(path):
                yield RowError(line.problem) if line.problem else line.value, path.parent
        elif path.suffix == ".parquet":
            for record in parquet_rows(path, columns=None if documents else ("question",)):
                yield record if documents else {"document": "-", **record}, path.parent
        else:
            yield {"document": str(path)}, Path()


def _paths(given: str) -> Iterator[Path]:
    """The files of an input, in order; of a folder those below it, hidden ones left out."""
    path = Path(given)
    if path.is_dir():
        for folder, names, files in os.walk(path):
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in sorted(files):
                if not name.startswith("."):
                    yield Path(folder) / name
    elif path.exists():
        yield path
    elif any(mark in given for mark in "*?["):
        yield from (Path(each) for each in sorted(glob.glob(given, recursive=True)))  # noqa: PTH207
