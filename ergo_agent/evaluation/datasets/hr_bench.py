"""HR-Bench 4K and 8K: 200 questions, each in four rotations of its options.

The published score is the mean over all rows, so that a policy which always says A gets 25 %.
Questions share their image and are clustered by it. The picture stands in the table as base64; a
short cell names the row that has it. Wang et al., "Divide, conquer and combine", 2024.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ergo_agent._common.parquet import parquet_rows
from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.files import field, find, kept_image, table_rows
from ergo_agent.evaluation.samples import LETTERS, Sample

__all__ = ["chosen_from", "load_4k", "load_8k", "pictured"]

_SOURCE = "https://huggingface.co/datasets/DreamMr/HR-Bench"
_NAME = 64
"""A shorter cell than this is no image but the index of the row that has it."""


def load_4k(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    return _load(folder, "hr_bench_4k")


def load_8k(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    return _load(folder, "hr_bench_8k")


def _load(folder: Path, name: str) -> Iterator[Sample]:
    other = f"HRBench{name[-2:].upper()}.tsv"  # as VLMEvalKit keeps it
    path = find(folder, f"{name}.tsv", f"{name}.parquet", other, source=_SOURCE)
    rows: Iterator[Mapping[str, Any]]
    rows = table_rows(path, delimiter="\t") if path.suffix == ".tsv" else parquet_rows(path)
    for row, image in pictured(rows, path):
        options = tuple(field(row, letter, of=path) for letter in "ABCD")
        gold = field(row, "answer", of=path).strip()
        if gold not in LETTERS[:4]:
            raise SettingsError(f"answer {quoted(gold)} in {path} is none of A, B, C and D")
        yield chosen_from(options, gold, row, image, of=path)


def chosen_from(
    options: tuple[str, ...], gold: str, row: Mapping[str, Any], image: str, *, of: Path
) -> Sample:
    """A row of a multiple-choice table as a sample.

    Args:
        options: What there is to choose from.
        gold: The letter of the right one.
        row: With `index`, `question` and `category`.
        image: Its image's path.
        of: The table.

    Raises:
        SettingsError: If the row lacks a field.
    """
    return Sample(
        id=field(row, "index", of=of),
        document=image,
        question=field(row, "question", of=of),
        options=options,
        gold=(gold,),
        cluster=image,
        category=field(row, "category", of=of),
    )


def pictured(
    rows: Iterator[Mapping[str, Any]], path: Path
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Rows with the path of their image.

    Raises:
        SettingsError: If a cell names a row that did not come before.
    """
    known: dict[str, str] = {}
    for row in rows:
        cell = row.get("image")
        if isinstance(cell, str) and len(cell) <= _NAME:
            if cell not in known:
                raise SettingsError(f"{quoted(cell)} in {path} is no image and no row before it")
            image = known[cell]
        else:
            image = kept_image(cell or "", of=path)
        known[str(row.get("index"))] = image
        yield row, image
