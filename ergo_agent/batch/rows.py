"""One row of a batch's input: a document, and what is asked about it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ergo_agent._common.text import quoted
from ergo_agent.errors import ErgoError, RowError
from ergo_agent.images.sources import kind_of_source

__all__ = ["Row", "rows_of"]

_KNOWN = ("document", "question", "id", "page", "pages", "options")


class Row(NamedTuple):
    """One row of the input, and of the results."""

    number: int
    """From 1, over all inputs."""

    document: str | bytes | tuple[str, ...] | None = None
    """A path, an address, a data URL, encoded bytes, or several files; None in a broken row."""

    question: str | None = None
    """None where a model is to be filled."""

    page: int | None = None
    pages: str | None = None
    options: tuple[str, ...] = ()
    id: str | None = None
    """The input's own name for it."""

    extra: Mapping[str, Any] = {}  # nobody writes into it
    """The input's other columns, handed on as they came."""

    problem: str = ""
    """Why it is no row that anything could be done with."""

    @property
    def shown(self) -> str | None:
        """How results name the document; None for bytes without a name."""
        if isinstance(self.document, tuple):
            return ", ".join(self.document)
        if isinstance(self.document, str):
            return self.document if self.document[:5].lower() != "data:" else "data:..."
        return None

    @property
    def light(self) -> "Row":
        """The row without its document's bytes, for where only its name is needed."""
        if isinstance(self.document, bytes):
            return self._replace(document=None)
        if isinstance(self.document, str) and self.document[:5].lower() == "data:":
            return self._replace(document="data:")
        return self


def rows_of(
    given: object, *, first: int, folder: Path, questions: Sequence[str], asks: bool
) -> Iterator[Row]:
    """The rows that one record of a JSONL or parquet file stands for.

    Args:
        given: The record; `document` and `question`, and perhaps `id`, `page`, `pages`, `options`.
            Or the error that says why there is none.
        first: The number of its first row.
        folder: Where relative paths start.
        questions: Asked where the record has none of its own, each in a row.
        asks: Whether questions are asked; else a model is to be filled, and the record's question
            is a column like others.
    """
    try:
        row = _read(given, first, folder, asks=asks)
        if asks and row.question is None and not questions:
            raise RowError("the row has no question; give it one, or one for all rows")
    except RowError as error:
        named = given.get("id") if isinstance(given, Mapping) else None
        yield Row(first, id=None if named is None else str(named)[:200], problem=str(error))
        return
    if row.question is not None or not asks:
        yield row
        return
    for at, question in enumerate(questions):
        yield row._replace(number=first + at, question=question)


def _read(given: object, number: int, folder: Path, *, asks: bool) -> Row:
    if not isinstance(given, Mapping):
        said = given if isinstance(given, RowError) else f"{quoted(given)} is no row"
        raise RowError(
            f'{said}; give an object such as {{"document": "scan.pdf", '
            '"question": "What is the total?"}'
        )
    question = given.get("question") if asks else None
    if question is not None and not isinstance(question, str):
        raise RowError(f"question={quoted(question)} is no text; give a text")
    named = given.get("id")
    known = _KNOWN if asks else tuple(name for name in _KNOWN if name != "question")
    return Row(
        number,
        _document(given.get("document"), folder),
        question,
        _page(given.get("page")),
        _pages(given.get("pages")),
        _options(given.get("options")),
        None if named is None else str(named),
        {name: value for name, value in given.items() if name not in known},
    )


def _document(given: object, folder: Path) -> str | bytes | tuple[str, ...]:
    """What stands for the document; relative paths start at the folder.

    Data sets hold pictures as `{"bytes": ..., "path": ...}`.
    """
    if isinstance(given, Mapping):
        given = given.get("bytes") or given.get("path")
    if isinstance(given, bytes) and given:
        return given
    if isinstance(given, str) and given:
        return _placed(given, folder)
    if isinstance(given, list | tuple) and given and all(isinstance(e, str) and e for e in given):
        return tuple(_placed(each, folder) for each in given)
    raise RowError(
        f"document={quoted(given)} is none; give a path, an address, a data URL, a list of them, "
        "or in a parquet file encoded bytes"
    )


def _placed(source: str, folder: Path) -> str:
    try:
        kind = kind_of_source(source)
    except ErgoError as error:
        raise RowError(str(error)) from error
    is_path = kind == "path" and source[:5].lower() != "file:"
    return str(folder / source) if is_path else source


def _page(given: object) -> int | None:
    if isinstance(given, float) and given.is_integer():  # a column with gaps
        given = int(given)
    if given is None or (isinstance(given, float) and math.isnan(given)):
        return None
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise RowError(f"page={quoted(given)} is no page; give a whole number from 1")
    return given


def _pages(given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    raise RowError(f"pages={quoted(given)} is no text; give one such as '2-5'")


def _options(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if isinstance(given, list | tuple) and all(isinstance(each, str) for each in given):
        return tuple(given)
    raise RowError(f"options={quoted(given)} are no list of texts; give one, or leave it out")
