"""Folders that an owner allows: all of them count, all are there, and a digest is no permission."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import ErgoVisionTool, ObserveTool, ZoomTool, ask, create_vision_graph
from ergo_agent.errors import ImageAccessError, ImageNotFoundError, SettingsError
from ergo_agent.images import MemoryStore, open_original
from ergo_agent.images.access import Access, LoadedImages
from ergo_agent.images.maker import ViewMaker
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.web import Page, web

ANSWER = "<answer>x</answer>"


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Three folders with a picture each: 300, 400 and 500 pixels wide."""
    for name, width in (("one", 300), ("two", 400), ("other", 500)):
        (tmp_path / name / "sub").mkdir(parents=True)
        save_picture(tmp_path / name, size=(width, 200), name=f"{name}.png")
        save_picture(tmp_path / name, size=(width, 100), name="same.png")
    return tmp_path


ENTRIES: dict[str, Any] = {
    "ErgoVisionTool": lambda **given: ErgoVisionTool(policy=scripted(ANSWER), **given),
    "ObserveTool": ObserveTool,
    "ZoomTool": ZoomTool,
    "create_vision_graph": lambda **given: create_vision_graph(policy=scripted(ANSWER), **given),
    "ask": lambda **given: ask("one.png", "q", policy=scripted(ANSWER), **given),
    "open_original": lambda **given: open_original("one.png", **given),
    "ViewMaker": ViewMaker,
}
ARGUMENTS = {
    "ErgoVisionTool": {"question": "q"},
    "ObserveTool": {},
    "ZoomTool": {"left": 0, "top": 0, "right": 1000, "bottom": 1000},
}


def called(entry: str, image: str, **given: Any) -> Any:  # noqa: ANN401
    tool = ENTRIES[entry](**given)
    return looked(tool, entry, image)


def looked(tool: Any, entry: str, image: str) -> Any:  # noqa: ANN401
    arguments = {"image": image, **ARGUMENTS[entry]}
    return tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_root_that_is_no_folder_is_refused_when_it_is_given(folders: Path, entry: str):
    for root in ("absent", "one/one.png"):
        roots = [folders / "one", folders / root]
        with pytest.raises(SettingsError, match=r"allowed_roots .* is no folder; give one"):
            ENTRIES[entry](allowed_roots=roots)


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_no_list_of_folders_is_refused(folders: Path, entry: str):
    for roots in (str(folders), folders):
        with pytest.raises(SettingsError, match="is one path; give a list of folders"):
            ENTRIES[entry](allowed_roots=roots)
    for roots in (5, [5], ["a", None]):
        with pytest.raises(SettingsError, match="is no list of folders"):
            ENTRIES[entry](allowed_roots=roots)


@pytest.mark.parametrize("entry", ARGUMENTS)
def test_one_host_is_no_list_of_hosts(entry: str):
    with pytest.raises(SettingsError, match="is one text; give a list"):
        ENTRIES[entry](allowed_hosts="example.org")


@pytest.mark.parametrize("entry", ARGUMENTS)
def test_every_root_resolves_relative_names(folders: Path, entry: str):
    roots = [folders / "one", folders / "two"]
    for name, width in (("one.png", 300), ("two.png", 400), ("same.png", 300)):
        assert called(entry, name, allowed_roots=roots).artifact["image"]["width"] == width
    for name in ("other.png", "../other/other.png", "../absent.png"):
        message = called(entry, name, allowed_roots=roots)
        assert message.status == "error"
    assert "there are 'one.png'" in called(entry, "other.png", allowed_roots=roots).text


@pytest.mark.parametrize("given", ["One.png", "one.jpg", "sub/../0ne.png", "on.png"])
def test_a_name_that_is_nearly_right_is_answered_with_what_there_is(folders: Path, given: str):
    (folders / "one" / ".0ne.png").touch()
    message = called("ObserveTool", given, allowed_roots=[folders / "one"])
    assert message.text.endswith("there is 'one.png'")


def test_nothing_outside_the_roots_is_told(folders: Path):
    (folders / "one" / "link.png").symlink_to(folders / "other" / "other.png")
    (folders / "one" / "dangling.png").symlink_to(folders / "other" / "absent.png")
    for given in ("link.png", "dangling.png"):
        roots = [folders / "one", folders / "two"]
        assert "is not inside a folder" in called("ObserveTool", given, allowed_roots=roots).text
    for given in ("../other/other.pn", str(folders / "other" / "other.pn"), "../on"):
        message = called("ObserveTool", given, allowed_roots=[folders / "one"])
        assert "is not inside a folder" in message.text
        told = message.text.partition("give a path inside one")[2]
        assert "one.png" in told
        assert "other" not in told
    message = called("ObserveTool", "gone/one.png", allowed_roots=[folders])
    assert message.text.endswith("there is 'one/one.png'")


@pytest.mark.parametrize("entry", ARGUMENTS)
def test_a_relative_root_is_fixed_when_it_is_given(
    folders: Path, monkeypatch: pytest.MonkeyPatch, entry: str
):
    monkeypatch.chdir(folders)
    tool = ENTRIES[entry](allowed_roots=["one"])
    (folders / "two" / "one").mkdir()
    save_picture(folders / "two" / "one", size=(900, 200), name="one.png")
    monkeypatch.chdir(folders / "two")
    assert looked(tool, entry, "one.png").artifact["image"]["width"] == 300


def test_ask_and_the_graph_fix_them_too(folders: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folders / "one")
    policy = scripted(ANSWER)
    graph = create_vision_graph(policy=policy, allowed_roots=["."])
    assert ask("one.png", "q", policy=policy, allowed_roots=["."]).image.width == 300
    monkeypatch.chdir(folders / "two")
    result = graph.invoke({"image": "one.png", "question": "q"})["result"]
    assert result["image"]["width"] == 300
    assert ask("two.png", "q", policy=policy, allowed_roots=["."]).image.width == 400


@pytest.mark.parametrize("entry", ARGUMENTS)
def test_a_digest_opens_nothing_that_others_have_loaded(folders: Path, entry: str):
    digest = ask(folders / "other" / "other.png", "q", policy=scripted(ANSWER)).image.digest
    roots = [folders / "one"]
    message = called(entry, digest, allowed_roots=roots)
    assert message.status == "error"
    unknown = f"sha256:{'0' * 64}"
    assert message.text.replace(digest, unknown) == called(entry, unknown, allowed_roots=roots).text
    own = called(entry, "one.png", allowed_roots=roots).artifact["image"]["digest"]
    assert called(entry, own, allowed_roots=roots).status == "success"
    assert called(entry, own, allowed_roots=[*roots, folders / "two"]).status == "error"


def test_nor_does_a_graph(folders: Path):
    digest = ask(folders / "other" / "other.png", "q", policy=scripted(ANSWER)).image.digest
    graph = create_vision_graph(policy=scripted(ANSWER), allowed_roots=[folders / "one"])
    with pytest.raises(ImageNotFoundError, match="no image is stored under"):
        graph.invoke({"image": digest, "question": "q"})
    free = create_vision_graph(policy=scripted(ANSWER))
    assert free.invoke({"image": digest, "question": "q"})["answer"] == "x"


def test_nor_what_was_fetched_from_hosts_of_others(folders: Path):
    page = folders / "other" / "other.png"
    with web({"/page.png": Page(page.read_bytes())}) as site:
        hosts = [f"private:{site.host}"]
        fetched = called(
            "ObserveTool", f"http://{site.host}/page.png", allowed_roots=[], allowed_hosts=hosts
        )
    digest = fetched.artifact["image"]["digest"]
    assert called("ObserveTool", digest, allowed_roots=[]).status == "error"
    again = called("ObserveTool", digest, allowed_roots=[], allowed_hosts=hosts)
    assert again.status == "success"


def test_nor_a_view_that_another_tool_has_shown(folders: Path):
    """A conversation may come from outside: its artifacts say what they like."""
    shown = called("ObserveTool", "other.png", allowed_roots=[folders / "other"])
    (name,) = re.findall("view [0-9a-f]{6}", shown.text)[:1]
    arguments = {"image": name, "state": {"messages": [shown]}, **ARGUMENTS["ZoomTool"]}
    call = {"type": "tool_call", "id": "1", "name": "zoom_image", "args": arguments}
    assert ZoomTool(allowed_roots=[folders / "other"]).invoke(call).status == "success"
    assert ZoomTool(allowed_roots=[folders / "one"]).invoke(call).status == "error"


async def test_a_store_of_ones_own_is_open_to_who_was_given_it(folders: Path):
    store = MemoryStore()
    digest = store.put((folders / "other" / "other.png").read_bytes())
    message = called("ObserveTool", digest, allowed_roots=[folders / "one"], store=store)
    assert message.artifact["image"]["width"] == 500


def test_bytes_and_addresses_work_beside_roots(folders: Path):
    page, options = folders / "other" / "other.png", {"allowed_roots": [folders / "one"]}
    assert ask(page.read_bytes(), "q", policy=scripted(ANSWER), **options).image.width == 500
    with web({"/page.png": Page(page.read_bytes())}) as site:
        hosts = [f"private:{site.host}"]
        address = f"http://{site.host}/page.png"
        result = ask(address, "q", policy=scripted(ANSWER), allowed_hosts=hosts, **options)
    assert result.image.width == 500
    with pytest.raises(ImageAccessError, match="not inside a folder"):
        ask(page, "q", policy=scripted(ANSWER), **options)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ergo_agent.images.access._REMEMBERED", 2)
    loaded, access = LoadedImages(), Access((Path(os.sep),))
    for digest in "abac":
        loaded.add(digest, access=access)
    assert [loaded.may_open(digest, access=access) for digest in "abc"] == [True, False, True]
