"""What is kept of a batch, in a folder and at an fsspec URL."""

import contextlib
import uuid
from pathlib import Path

import pytest

from ergo_agent.batch.content import name_of
from ergo_agent.batch.outcome import Outcome
from ergo_agent.batch.rows import Row
from ergo_agent.batch.workspace import Workspace
from ergo_agent.errors import BatchError, SettingsError

NAME = "0" * 64


@pytest.fixture(params=["folder", "url"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    folder = request.param == "folder"
    return Workspace(tmp_path / "ws" if folder else f"memory://{uuid.uuid4().hex}")


def test_an_outcome_comes_back_as_it_was(workspace: Workspace):
    assert workspace.outcome(NAME) is None
    kept = Outcome(answer="ä", evidence=[{"page": 1}], fallbacks=("deadline",), begun=2)
    workspace.keep(NAME, kept)
    assert workspace.outcome(NAME) == kept


def test_beginnings_are_counted(workspace: Workspace):
    assert [workspace.begin(NAME) for _ in range(3)] == [1, 2, 3]
    assert workspace.outcome(NAME) is None


def test_a_file_is_there_once_it_is_whole(workspace: Workspace):
    with contextlib.suppress(RuntimeError), workspace.writing("a/b.jsonl") as file:
        file.write(b"half")
        raise RuntimeError
    with pytest.raises(BatchError, match=r"cannot be read.*run the batch again"):
        workspace.read("a/b.jsonl")
    with workspace.writing("a/b.jsonl") as file:
        file.write(b"whole")
    assert workspace.read("a/b.jsonl") == b"whole"
    workspace.remove("a")
    with pytest.raises(BatchError, match="cannot be read"):
        workspace.read("a/b.jsonl")
    workspace.remove("a")


def test_what_is_damaged_is_not_done(tmp_path: Path):
    workspace = Workspace(tmp_path)
    workspace.keep(NAME, Outcome(answer="whole"))
    (kept,) = (path for path in tmp_path.rglob("*") if path.is_file())
    kept.write_bytes(kept.read_bytes()[:-4])
    assert workspace.outcome(NAME) is None


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path):
    (tmp_path / "items").write_text("no folder")
    workspace = Workspace(tmp_path)
    with pytest.raises(BatchError, match=r"workspace at .* cannot be written: the workspace"):
        workspace.keep(NAME, Outcome())
    with pytest.raises(SettingsError, match="is a file; give a folder"):
        Workspace(tmp_path / "items")
    with pytest.raises(SettingsError, match="workspace at a nothing: URL cannot be opened"):
        Workspace("nothing://there")


def test_items_are_named_by_content_and_by_what_is_asked(tmp_path: Path):
    for name, data in (("a.png", b"one"), ("copy.png", b"one"), ("b.png", b"two")):
        (tmp_path / name).write_bytes(data)

    def named(file: str, question: str = "q", terms: str = "t") -> str:
        return name_of(Row(1, str(tmp_path / file), question), terms=terms)

    assert named("a.png") == named("copy.png")
    others = {named("b.png"), named("no.png"), named("a.png", "r"), named("a.png", terms="u")}
    assert len(others | {named("a.png")}) == 5
    before = named("a.png")
    (tmp_path / "a.png").write_bytes(b"changed")
    assert named("a.png") != before
