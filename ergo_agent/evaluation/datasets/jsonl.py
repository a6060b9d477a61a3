"""Questions of one's own: `questions.jsonl`, one a line, or a `*.jsonl` that stands alone.

```json
{"document": "scans/1.png", "question": "Which is the total?", "answers": ["12.50"]}
{"document": "a.pdf", "page": 3, "question": "Colour?", "options": ["red", "blue"], "answer": "B"}
```

`document` is a path from the file's folder. `answers` (or `answer`) are accepted strings, the
letter where there are `options`, and none where it cannot be answered. Left out or not: `id`,
`page`, `category`, `cluster` (the document when left out), `pages`, and `boxes`, each left, top,
right, bottom in original pixels of `page`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ergo_agent._common.json_lines import json_objects
from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.files import field, image_file
from ergo_agent.evaluation.samples import LETTERS, Place, Sample

__all__ = ["load", "own_sample"]

_KNOWN = {
    "answer", "answers", "boxes", "category", "cluster", "document", "id", "options", "page",
    "pages", "question",
}  # fmt: skip


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    path = folder / "questions.jsonl"
    if not path.exists():
        found = sorted(folder.glob("*.jsonl"))
        if len(found) != 1:
            raise SettingsError(
                f"{folder} holds no questions.jsonl, and {len(found)} other *.jsonl; write one "
                "question a line into questions.jsonl"
            )
        path = found[0]
    for number, (_, row) in enumerate(json_objects(path), 1):
        yield own_sample(row, number, path)


def own_sample(row: Mapping[str, Any], number: int, path: Path) -> Sample:
    """A row as a sample.

    Args:
        row: Its fields.
        number: Of the row, from 1; its id where it has none.
        path: The file, whose folder holds the documents.

    Raises:
        SettingsError: If a field is missing, unknown, or of the wrong kind.
    """
    unknown = sorted(row.keys() - _KNOWN)
    if unknown:
        raise SettingsError(
            f"question {number} of {path} has the unknown field {quoted(unknown[0])}; the fields "
            f"are {', '.join(sorted(_KNOWN))}"
        )
    document = image_file(path.parent, field(row, "document", of=path), source="")
    options = tuple(map(str, _listed(row.get("options"))))
    page = row.get("page") or None
    try:
        boxes = [
            Place.model_validate({"page": page or 1, "box": box})
            for box in _listed(row.get("boxes"))
        ]
        return Sample(
            id=str(row.get("id") or number),
            document=document,
            page=page,
            question=field(row, "question", of=path),
            options=options,
            gold=_gold(row, options, f"question {number} of {path}"),
            cluster=str(row.get("cluster") or document),
            category=str(row.get("category") or ""),
            pages=tuple(_listed(row.get("pages"))),
            places=tuple(boxes),
        )
    except (ValidationError, TypeError) as error:
        said = " ".join(str(error).split())[:300]
        raise SettingsError(f"question {number} of {path} cannot be used: {said}") from error


def _gold(row: Mapping[str, Any], options: Sequence[str], where: str) -> tuple[str, ...]:
    if "answers" not in row and "answer" not in row:
        raise SettingsError(
            f'{where} has no "answers"; give a list of accepted ones, empty where there is none'
        )
    given = row["answers"] if "answers" in row else row["answer"]
    gold = tuple(str(each).strip() for each in _listed(given))
    if options and any(each not in LETTERS[: len(options)] for each in gold):
        raise SettingsError(
            f"{where} has {len(options)} options and the answer {quoted(gold)}; give its letter"
        )
    return gold


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  # JSON
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
