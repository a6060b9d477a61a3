"""Rows of a batch: from files, folders, patterns and JSONL, and what is none."""

import json
import re
from pathlib import Path

import pytest

from ergo_agent.batch.inputs import Inputs
from ergo_agent.batch.rows import Row
from ergo_agent.errors import SettingsError


def lines(path: Path, *records: object) -> Path:
    path.write_text(
        "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in records)
    )
    return path


def rows(*given: Path | str, questions: tuple[str, ...] = (), asks: bool = True) -> list[Row]:
    inputs = Inputs([*given], questions, asks=asks)
    found = list(inputs)
    assert inputs.count() == len(found)
    assert list(inputs) == found
    assert [row.number for row in found] == [*range(1, len(found) + 1)]
    return found


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    for name in ("b.png", "a.pdf", "below/c.png", ".hidden", ".git/d.png"):
        path = tmp_path / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path / "scans"


def test_each_file_of_a_folder_is_a_document_and_each_question_a_row(scans: Path):
    found = rows(scans, questions=("one?", "two?"))
    names = [(Path(str(row.document)).name, row.question) for row in found]
    documents = ["a.pdf", "b.png", "c.png"]
    assert names == [(name, question) for name in documents for question in ("one?", "two?")]


def test_files_and_patterns(scans: Path):
    found = rows(scans / "a.pdf", f"{scans}/**/*.png", questions=("q",))
    assert [Path(str(row.document)).name for row in found] == ["a.pdf", "b.png", "c.png"]


def test_rows_of_a_file_bring_what_they_have(tmp_path: Path):
    path = lines(
        tmp_path / "in.jsonl",
        {"document": "a.png", "question": "own?", "id": 7, "page": 2, "gold": [1]},
        {"document": ["a.png", "/b.png"], "options": ["x", "y"], "pages": "2-3"},
        "",
        {"document": "https://example.org/a.png"},
    )
    own, several, remote = rows(path, questions=("all?",))
    assert own == Row(1, str(tmp_path / "a.png"), "own?", 2, None, (), "7", {"gold": [1]})
    assert several.document == (str(tmp_path / "a.png"), "/b.png")
    assert (several.question, several.options, several.pages) == ("all?", ("x", "y"), "2-3")
    assert remote.document == "https://example.org/a.png"


def test_where_a_model_is_filled_a_question_is_another_column(tmp_path: Path):
    path = lines(tmp_path / "in.jsonl", {"document": "a.png", "question": "own?"})
    (row,) = rows(path, asks=False)
    assert (row.question, row.extra) == (None, {"question": "own?"})


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ("{nonsense", r"in.jsonl, line 1 is no JSON \(.*'{nonsense'\); give an object"),
        ([1], "is no row; give an object"),
        ("\x00\x01", "line 1 is no JSON"),
        ("[" * 100_000, "line 1 is no JSON"),
        ({"question": "q"}, "document=None is none; give a path"),
        ({"document": 3, "question": "q"}, "document=3 is none"),
        ({"document": [], "question": "q"}, "document=.* is none"),
        ({"document": "a", "question": 3}, "question=3 is no text"),
        ({"document": "a"}, "the row has no question; give it one"),
        ({"document": "a", "question": "q", "page": 0}, "page=0 is no page"),
        ({"document": "a", "question": "q", "page": True}, "page=True is no page"),
        ({"document": "a", "question": "q", "pages": 3}, "pages=3 is no text"),
        ({"document": "a", "question": "q", "options": "x"}, "options='x' are no list"),
    ],
)
def test_what_is_no_row_stays_one_with_its_problem(tmp_path: Path, record: object, why: str):
    path = lines(tmp_path / "in.jsonl", record, {"document": "a.png", "question": "q", "id": "id"})
    broken, whole = rows(path)
    assert not whole.problem
    assert re.search(why, broken.problem)


def test_a_line_without_end_is_a_row_with_its_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("ergo_agent._common.json_lines._LONGEST", 100)
    path = lines(tmp_path / "in.jsonl", "x" * 1000, {"document": "a.png", "question": "q"})
    assert ["line 1 has more than 100 bytes" in row.problem for row in rows(path)] == [True, False]


@pytest.mark.parametrize("given", [[], ["nothing.png"], ["no*.png"]])
def test_inputs_that_lead_to_nothing_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str]
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"no inputs are named|leads to no file"):
        Inputs(given, ["q"])


def test_documents_of_which_nothing_is_asked_are_refused(scans: Path):
    with pytest.raises(SettingsError, match="nothing is asked about the input"):
        Inputs([scans])
    assert Inputs([scans], asks=False).count() == 3
