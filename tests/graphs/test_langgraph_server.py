"""What a LangGraph server is given, set up by the environment."""

import json
import os
from importlib import import_module
from pathlib import Path

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.errors import BudgetError, ImageAccessError, SettingsError
from ergo_agent.graphs.langgraph_server import coarse_to_fine, document
from tests.support.misbehaving import serving
from tests.support.pictures import save_picture

ROOT = Path(__file__).parents[2]
ANSWER = "<think>read</think><answer>A. red</answer>"


def test_langgraph_json_names_what_there_is():
    named = json.loads((ROOT / "langgraph.json").read_text("utf-8"))["graphs"]
    found = {}
    for graph, told in named.items():
        module, _, name = told["path"].partition(":")
        found[graph] = getattr(import_module(module), name)
    assert found == {"coarse_to_fine": coarse_to_fine, "document": document}


async def test_it_reads_the_folders_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("one", "two", "other"):
        (tmp_path / name).mkdir()
        save_picture(tmp_path / name, size=(800, 600), name="page.png")
    allowed = os.pathsep.join(str(tmp_path / name) for name in ("one", "two"))
    monkeypatch.setenv("ERGO_ALLOWED_ROOTS", allowed)
    with serving(ANSWER) as server:
        monkeypatch.setenv("ERGO_BASE_URL", server.url)
        graph = await coarse_to_fine()
        for image in ("page.png", str(tmp_path / "two" / "page.png")):
            output = await graph.ainvoke({"image": image, "question": "What colour?"})
            assert output["answer"] == "A. red"
        other = str(tmp_path / "other" / "page.png")
        with pytest.raises(ImageAccessError, match="other"):
            await graph.ainvoke({"image": other, "question": "What colour?"})


async def test_the_graph_of_documents_is_bound_by_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "here").mkdir()
    save_picture(tmp_path / "here", name="page.png", size=(800, 600))
    save_picture(tmp_path, name="other.png", size=(800, 600))
    monkeypatch.setenv("ERGO_ALLOWED_ROOTS", str(tmp_path / "here"))
    with serving(ANSWER) as server:
        monkeypatch.setenv("ERGO_BASE_URL", server.url)
        graph = await document()
        output = await graph.ainvoke({"document": ["page.png"], "question": "What colour?"})
        assert output["answer"] == "A. red"
        outside = {"document": [str(tmp_path / "other.png")], "question": "What colour?"}
        with pytest.raises(ImageAccessError, match="other"):
            await graph.ainvoke(outside)
        with pytest.raises(SettingsError, match="max_pages=6 is above the 5"):
            await graph.ainvoke(outside, context={"max_pages": 6})


async def test_it_reads_the_working_directory_alone_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ERGO_ALLOWED_ROOTS", raising=False)
    monkeypatch.delenv("ERGO_BASE_URL", raising=False)
    (tmp_path / "here").mkdir()
    save_picture(tmp_path, name="page.png", size=(800, 600))
    monkeypatch.chdir(tmp_path / "here")
    graph = await coarse_to_fine()
    with pytest.raises(ImageAccessError, match="not inside a folder"):
        await graph.ainvoke({"image": "../page.png", "question": "What colour?"})


async def test_a_named_store_outlives_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = save_picture(tmp_path, size=(800, 600), name="page.png")
    monkeypatch.setenv("ERGO_ALLOWED_ROOTS", str(tmp_path))
    monkeypatch.setenv("ERGO_STORE", str(tmp_path / "store"))
    thread = {"configurable": {"thread_id": "1"}}
    saver = InMemorySaver()
    with serving(ANSWER) as server:
        monkeypatch.setenv("ERGO_BASE_URL", server.url)
        graph = (await coarse_to_fine()).copy(update={"checkpointer": saver})
        given = {"image": page.name, "question": "What colour?"}
        await graph.ainvoke(given, thread, interrupt_before=["policy"])
        page.unlink()
        later = (await coarse_to_fine()).copy(update={"checkpointer": saver})
        output = await later.ainvoke(None, thread)
    assert output["answer"] == "A. red"
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"max_vision_tokens": 100_000_000}, "max_vision_tokens=100000000 is above the 5120"),
        ({"view_budget": 16_384}, "view_budget=16384 is above the 1280"),
        ({"max_zooms": 100}, "max_zooms=100 is above the 3"),
        ({"max_regions": 64}, "max_regions=64 is above the 4"),
        ({"max_question_chars": 10**9}, "max_question_chars=1000000000 is above the 8000"),
        ({"allow_resized": True}, "allow_resized was fixed as False"),
    ],
    ids=str,
)
async def test_who_reaches_it_does_not_raise_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, context: dict[str, object], message: str
):
    page = save_picture(tmp_path, size=(800, 600), name="page.png")
    monkeypatch.setenv("ERGO_ALLOWED_ROOTS", str(tmp_path))
    with serving(ANSWER) as server:
        monkeypatch.setenv("ERGO_BASE_URL", server.url)
        graph = await coarse_to_fine()
        given = {"image": str(page), "question": "What colour?"}
        with pytest.raises((BudgetError, SettingsError), match=message):
            await graph.ainvoke(given, context=context)
        lowered = {"max_vision_tokens": 300, "max_zooms": 0, "review_zooms": False}
        output = await graph.ainvoke(given, context=lowered)
    assert output["result"]["ledger"]["max_vision_tokens"] == 300


async def test_a_folder_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ERGO_ALLOWED_ROOTS", str(tmp_path / "absent"))
    with pytest.raises(SettingsError, match="absent is no folder"):
        await coarse_to_fine()
