"""MMLongBench-Doc: 1,082 questions about 135 PDFs of 47 pages, of which 22.5 % have no answer.

Evidence pages are a list written as text and count from 1; they are read as a literal and never
run. Ma et al., "MMLongBench-Doc", 2024.
"""

from collections.abc import Iterator
from pathlib import Path

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.files import field, find, image_file, json_file, literal_list
from ergo_agent.evaluation.samples import Sample

__all__ = ["load"]

_SOURCE = "https://github.com/mayubo2333/MMLongBench-Doc"
_FORMATS = {"Str", "Int", "Float", "List", "None"}
_NONE = "Not answerable"


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    path = find(folder, "samples.json", "data/samples.json", source=_SOURCE)
    documents = find(path.parent, "documents", source=_SOURCE)
    for number, row in enumerate(json_file(path)):
        kind, answer = field(row, "answer_format", of=path), field(row, "answer", of=path)
        if kind not in _FORMATS:
            raise SettingsError(f"answer_format {kind!r} in {path} is none of {sorted(_FORMATS)}")
        document = image_file(documents, field(row, "doc_id", of=path), source=_SOURCE)
        pages = literal_list(field(row, "evidence_pages", of=path), of=path)
        yield Sample(
            id=str(number),
            document=document,
            question=field(row, "question", of=path),
            gold=() if answer == _NONE else (answer,),
            answer_format=kind,
            cluster=document,
            category=str(row.get("doc_type", "")),
            pages=tuple(int(page) for page in pages),
        )
