"""Questions of one's own about the files of a folder: `questions.csv` beside them.

Columns are `document` (or `file`), `question`, `answer`, and, where wanted, `id`, `page`,
`category` and the options `A`, `B`, `C`, ... Several accepted answers are parted by `|`; an empty
cell says that the document holds none.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.datasets.jsonl import own_sample
from ergo_agent.evaluation.files import find, table_rows
from ergo_agent.evaluation.samples import LETTERS, Sample

__all__ = ["load"]


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    path = find(folder, "questions.csv", source="a table of your own (document,question,answer)")
    for number, row in enumerate(table_rows(path, delimiter=","), 1):
        yield own_sample(_fields(row, number, path), number, path)


def _fields(row: Mapping[str, str], number: int, path: Path) -> dict[str, Any]:
    given: dict[str, Any] = {name: cell for name, cell in row.items() if name not in LETTERS}
    if "file" in given:
        given["document"] = given.pop("file")
    if "answer" not in given:
        raise SettingsError(f"{path} has no column `answer`; its head is {', '.join(row)}")
    given["answers"] = [text for text in given.pop("answer").split("|") if text.strip()]
    given["options"] = [row[letter] for letter in LETTERS if row.get(letter)]
    page = given.pop("page", "").strip()
    if page and not page.isdecimal():
        raise SettingsError(f"page {quoted(page)} in row {number} of {path} is no page number")
    return {**given, "page": int(page)} if page else given
