"""Batches from a parquet file and to one."""

import io
import json
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from ergo_agent.batch import run_batch
from ergo_agent.errors import BatchError, MissingExtraError
from tests.support.scripted import received, scripted

ANSWER = "<think>t</think><answer>A. red</answer>"


def picture(colour: str) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(encoded, "PNG")
    return encoded.getvalue()


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    (tmp_path / "a.png").write_bytes(picture("red"))
    table = pyarrow.table(
        {
            "document": [
                {"bytes": picture("blue"), "path": None},
                {"bytes": None, "path": "a.png"},
                {"bytes": None, "path": None},
            ],
            "question": ["q?", None, "q?"],
            "page": [None, 1, None],
            "gold": [{"answer": "red"}, None, None],
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet")
    return tmp_path / "in.parquet"


def test_pictures_inside_the_file_are_asked_about(rows: Path, tmp_path: Path):
    policy = scripted(ANSWER)
    summary = run_batch(tmp_path / "ws", rows, questions=["all?"], policy=policy, parquet=True)
    assert (summary.rows, summary.by_error) == (3, {"RowError": 1})
    text = (tmp_path / "ws" / "results.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["question"] for line in lines] == ["q?", "all?", None]
    assert [line["page"] for line in lines] == [None, 1, None]
    table = pyarrow.parquet.read_table(tmp_path / "ws" / "results.parquet").to_pylist()
    assert [row["answer"] for row in table] == [line["answer"] for line in lines]
    assert json.loads(table[0]["evidence"]) == lines[0]["evidence"]
    assert json.loads(table[0]["extra"]) == {"gold": {"answer": "red"}}
    again = run_batch(tmp_path / "ws", rows, questions=["all?"], policy=policy)
    assert (again.kept, len(received(policy))) == (2, 2)


def test_what_is_no_parquet_file_is_said(tmp_path: Path):
    (tmp_path / "in.parquet").write_bytes(b"no parquet")
    with pytest.raises(BatchError, match="is no parquet file that can be read"):
        run_batch(tmp_path / "ws", tmp_path / "in.parquet", policy=scripted(ANSWER))


def test_without_pyarrow_it_says_which_extra_has_it(
    rows: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"pip install .*\[parquet\]"):
        run_batch(tmp_path / "ws", rows, policy=scripted(ANSWER))
    with pytest.raises(MissingExtraError, match=r"results needs an extra.*\[parquet\]"):
        run_batch(tmp_path / "ws", tmp_path / "a.png", questions=["q"], parquet=True)
