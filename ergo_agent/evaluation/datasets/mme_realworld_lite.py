"""MME-RealWorld-Lite: 1,919 questions with five options about photographs of 2000 x 1500 pixels.

Options are one cell: a list, a list that is written as text (read as a literal and never run), or
one line each; each option has its letter. The fifth says that the image does not show it. Zhang et
al., "MME-RealWorld", 2024.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ergo_agent._common.parquet import parquet_rows
from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.datasets.hr_bench import chosen_from, pictured
from ergo_agent.evaluation.files import field, find, literal_list, table_rows
from ergo_agent.evaluation.samples import LETTERS, Sample

__all__ = ["load"]

_SOURCE = "https://huggingface.co/datasets/yifanzhang114/MME-RealWorld-Base64"
_TABLES = ("mme_realworld_lite.tsv", "MME-RealWorld-Lite.tsv")
_PARQUET = "data"
"""The folder of the other published form, MME-RealWorld-lite-lmms-eval."""
_LETTER = re.compile(r"^\s*\(?([A-Z])[).:]\s*")


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    path = find(folder, *_TABLES, _PARQUET, source=_SOURCE)
    for row, image in pictured(_rows(path), path):
        options = _options(row, path)
        gold = field(row, "answer", of=path).strip()
        if gold not in LETTERS[: len(options)]:
            raise SettingsError(
                f"answer {quoted(gold)} in {path} is none of {len(options)} options"
            )
        yield chosen_from(options, gold, row, image, of=path)


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    if not path.is_dir():
        yield from table_rows(path, delimiter="\t")
        return
    parts = sorted(path.glob("*.parquet"))
    if not parts:
        raise SettingsError(f"{path} holds no *.parquet; get them from {_SOURCE}")
    for part in parts:
        for row in parquet_rows(part):
            yield {**row, "image": row.get("bytes") or row.get("image")}


def _options(row: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    cell = row.get("multi-choice options")
    if isinstance(cell, list):
        options = list(map(str, cell))
    else:
        text = field(row, "multi-choice options", of=path)
        if text.lstrip().startswith("["):
            options = list(map(str, literal_list(text, of=path)))
        else:
            options = [line for line in text.splitlines() if _LETTER.match(line)]
    if not options:
        raise SettingsError(f"{quoted(cell)} in {path} has no options; get the file anew")
    for at, text in enumerate(options):
        found = _LETTER.match(text)
        if found is not None and found[1] != LETTERS[at]:
            raise SettingsError(f"the options {options} in {path} are out of order")
    return tuple(_LETTER.sub("", text) for text in options)
