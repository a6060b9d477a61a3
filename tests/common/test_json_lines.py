"""One reader of JSON lines: every room says the same of the same broken line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from ergo_agent._common.json_lines import json_lines, json_models, json_objects
from ergo_agent.batch.inputs import Inputs
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation import load_benchmark
from ergo_agent.evaluation.journal import read_outcomes
from ergo_agent.training.demonstrations import read_demonstrations
from ergo_agent.training.examples import read_examples
from ergo_agent.training.runs import read_run


class Pair(BaseModel):
    a: int
    b: int = 0


def test_lines_are_numbered_as_an_editor_numbers_them(tmp_path: Path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a": 1}\n\n  \n[2]\nnone\n{"a": 3}')
    found = list(json_lines(path))
    assert [(line.number, line.value) for line in found if not line.problem] == [
        (1, {"a": 1}),
        (4, [2]),
        (6, {"a": 3}),
    ]
    (broken,) = [line for line in found if line.problem]
    assert broken.problem.startswith(f"{path}, line 5 is no JSON (")
    assert broken.problem.endswith("it begins 'none')")


def test_what_is_no_object_or_none_of_a_kind_names_its_line(tmp_path: Path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n[2]\n')
    with pytest.raises(SettingsError, match=r"line 2 is no object but \[2\]; give one object a li"):
        list(json_objects(path))
    with pytest.raises(SettingsError, match=r"a line: a \(and, if wanted, b\)"):
        list(json_models(path, Pair))
    path.write_text('{"b": 1}\n')
    with pytest.raises(SettingsError, match=r"x\.jsonl, line 1: a is missing"):
        list(json_models(path, Pair))


def _batch_rows(path: Path) -> object:
    (row,) = Inputs([path], ["q?"])
    raise SettingsError(row.problem)


READERS: dict[str, Callable[[Path], object]] = {
    "batch": _batch_rows,
    "benchmark": lambda path: load_benchmark("jsonl", path.parent),
    "journal": lambda path: list(read_outcomes(path)),
    "examples": lambda path: list(read_examples(path)),
    "demonstrations": lambda path: list(read_demonstrations(path)),
    "run": lambda path: list(read_run(path)),
}


@pytest.mark.parametrize("name", READERS)
def test_every_room_says_the_same_of_a_broken_line(name: str, tmp_path: Path):
    path = tmp_path / "questions.jsonl"
    path.write_text("\n{nonsense\n")
    with pytest.raises(SettingsError) as failure:
        READERS[name](path)
    assert str(failure.value).startswith(f"{path}, line 2 is no JSON (Expecting property name")
    assert "; give " in str(failure.value)


def test_a_line_of_another_encoding_is_no_json(tmp_path: Path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a": "\xe9"}\n' + json.dumps({"a": "\u00e9"}).encode() + b"\n")
    assert [bool(line.problem) for line in json_lines(path)] == [True, False]
