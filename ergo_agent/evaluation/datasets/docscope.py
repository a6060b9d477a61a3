"""DocScope: questions about whole PDFs, with the pages and boxes of their evidence.

Boxes count pixels of a drawing at 144 dots per inch, pages from 1. The published protocol has
models judge answers, boxes and facts; `docscope` of `ergo_agent.evaluation.scoring` does not.
Feng et al., "DocScope", 2026.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.files import field, find, image_file, json_file
from ergo_agent.evaluation.samples import Place, Sample

__all__ = ["load"]

_SOURCE = "https://huggingface.co/datasets/MiliLab/DocScope"
_DPI = 144.0
_SPLIT = "test"


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of the test split; see `load_benchmark`."""
    path = find(folder, "benchmark.json", source=_SOURCE)
    whole = json_file(path)
    rows = whole.get("data") if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise SettingsError(f"{path} holds no list of questions; get it from {_SOURCE}")
    for row in rows:
        if row.get("split", _SPLIT) == _SPLIT:
            yield _sample(row, find(folder, "pdfs", source=_SOURCE), path)


def _sample(row: Mapping[str, Any], pdfs: Path, path: Path) -> Sample:
    name = field(row.get("pdf") or {}, "doc_id_str", of=path)
    document = image_file(pdfs, f"{name.removesuffix('.pdf')}.pdf", source=_SOURCE)
    answer = row.get("answer") or {}
    places = tuple(
        Place.model_validate({"page": each["page"], "box": each["bbox"], "dpi": _DPI})
        for each in row.get("evidences") or ()
        if len(each.get("bbox") or ()) == 4
    )
    pages = {int(each["page"]) for each in row.get("evidences") or ()}
    answerable = answer.get("is_answerable", True)
    return Sample(
        id=field(row, "id", of=path),
        document=document,
        question=field(row, "question", of=path),
        gold=(field(answer, "answer_text", of=path),) if answerable else (),
        cluster=document,
        category=str(row.get("extract_class") or ""),
        pages=tuple(sorted(pages)),
        places=places,
    )
