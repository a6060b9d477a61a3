"""V* Bench: 191 questions about small things in large photographs.

`test_questions.jsonl` has the options within the question's text. Each image has a JSON file of its
name with the boxes of what is asked for; the options in *those* files have the right one first and
are not read. Wu and Xie, "V*: Guided visual search as a core mechanism in multimodal LLMs", 2024.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ergo_agent._common.json_lines import json_objects
from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.files import field, find, image_file, json_file
from ergo_agent.evaluation.samples import LETTERS, Place, Sample

__all__ = ["load"]

_SOURCE = "https://huggingface.co/datasets/craigwu/vstar_bench"
_OPTION = re.compile(r"^\s*\(([A-Z])\)\s*(.*?)\s*$")
_ORDER = re.compile(r"^\s*answer with the option", re.IGNORECASE)


def load(folder: Path) -> Iterator[Sample]:
    """Read the questions of a folder; see `load_benchmark`."""
    path = find(folder, "test_questions.jsonl", source=_SOURCE)
    for _, row in json_objects(path):
        yield _sample(row, folder, path)


def _sample(row: Mapping[str, Any], folder: Path, path: Path) -> Sample:
    image = image_file(folder, field(row, "image", of=path), source=_SOURCE)
    category = field(row, "category", of=path)
    question, options = _parted(field(row, "text", of=path), path)
    label = field(row, "label", of=path).strip()
    if label not in LETTERS[: len(options)]:
        raise SettingsError(f"label {quoted(label)} in {path} is none of {len(options)} options")
    return Sample(
        id=f"{category}/{field(row, 'question_id', of=path)}",
        document=image,
        question=question,
        options=options,
        gold=(label,),
        cluster=image,
        category=category,
        places=_targets(Path(image).with_suffix(".json")),
    )


def _parted(text: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """The question and its options; the order to answer with a letter is the harness's to give."""
    words: list[str] = []
    options: list[str] = []
    for line in text.splitlines():
        found = _OPTION.match(line)
        if found is not None:
            if found[1] != LETTERS[len(options)]:
                raise SettingsError(f"the options of {json.dumps(text)} in {path} are out of order")
            options.append(found[2])
        elif not _ORDER.match(line):
            words.append(line)
    if not options:
        raise SettingsError(f"{json.dumps(text)} in {path} has no options")
    return "\n".join(words).strip(), tuple(options)


def _targets(path: Path) -> tuple[Place, ...]:
    """The boxes of what is asked for: left, top, width, height in the file."""
    if not path.exists():
        return ()
    boxes = json_file(path).get("bbox") or ()
    return tuple(
        Place(box=(left, top, left + width, top + height)) for left, top, width, height in boxes
    )
