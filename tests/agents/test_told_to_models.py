"""What a model is told when something is wrong: what there is, and nothing that it cannot do.

The texts are checked as a kind: every literal of the rooms whose errors reach a model by a tool
or through MCP, and what the tools say of wrong arguments.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import ErgoVisionTool, ExtractTool, ObserveTool, ZoomTool, ask
from ergo_agent.agents.image_tool import ImageTool
from ergo_agent.errors import (
    ErgoError,
    ImageAccessError,
    ImageNotFoundError,
    SettingsError,
    StoreFullError,
)
from ergo_agent.images import ImageLimits, MemoryStore
from tests.support.documents import ROOT
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ROOMS = ("agents", "documents", "episode", "images", "views", "apps/mcp", "tools", "graphs")
ONLY_IN_CODE = re.compile(
    r"\bits bytes\b|instead of bytes|\byourself\b|\w+Limits\b|\w+Store\b|\ballowed_\w+|\bstore=|"
    r"\blimits=|pip install|install the extra|\braise \w|\bmax_\w+|\bask_many\b|\bask\(|"
    r"view_budget|\bERGO_[A-Z]|--[a-z]|\benvironment\b"
)
"""What a model with nothing but the tool cannot do: it names code, options, or the machine."""
FOR_OWNERS = {"SettingsError", "MissingExtraError", "DecisionError", "TypeError"}
"""Errors that end the run, or are a person's."""
NO_ERRORS = {
    "max_memory and decode_seconds go together; give both, or neither",
    "not read: it has no text layer, and max_quick_looks pages were read already",
    "install the extra `regions` (",
}
"""For owners: the first and the last of the limits, the other a note in a result."""


def literals(path: Path) -> Iterator[str]:
    """Every sentence of a module that is neither documentation nor for its owner alone."""
    tree = ast.parse(path.read_text("utf-8"))
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call) and getattr(node.func, "id", "") in FOR_OWNERS
        if isinstance(node, ast.Expr) or called or getattr(node, "arg", None) == "owner":
            passed |= set(ast.walk(node))
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            passed |= set(ast.walk(node.returns))
    for node in set(ast.walk(tree)) - passed:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value


def test_no_text_asks_a_model_for_what_only_code_can_do():
    modules = [
        *(path for room in ROOMS[:-2] for path in (ROOT / "ergo_agent" / room).rglob("*.py")),
        *(path for room in ROOMS[-2:] for path in (ROOT / room).rglob("*.py")),
    ]
    assert len(modules) > 80
    texts = {(path.name, text) for path in modules for text in literals(path)}
    assert len(texts) > 300
    assert {each for each in texts if ONLY_IN_CODE.search(each[1])} == {
        each for each in texts if each[1] in NO_ERRORS
    }


def test_an_error_keeps_what_is_for_its_owner_apart():
    error = StoreFullError("it is full; ask fewer questions at once", owner="raise its max_bytes")
    assert str(error) == f"{error.for_model}, or raise its max_bytes"
    assert error.for_model == "it is full; ask fewer questions at once"
    assert ErgoError("plain").for_model == "plain"


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two folders: `first/scans/invoice_1.png`, `second/page.png` and a text."""
    first, second = (tmp_path_factory.mktemp(name) for name in ("first", "second"))
    (first / "scans").mkdir()
    save_picture(first / "scans", size=(64, 48), name="invoice_1.png")
    save_picture(second, size=(64, 48), name="page.png")
    (second / "notes.txt").write_text("no image")
    (second / ".hidden.png").write_bytes(b"")
    return [first, second]


def tools(roots: list[Path], **given: Any) -> list[ImageTool]:
    policy = scripted("<answer>red</answer>")
    return [
        ErgoVisionTool(policy=policy, allowed_roots=roots, **given),
        ExtractTool(policy=policy, allowed_roots=roots, **given),
        ObserveTool(allowed_roots=roots, **given),
        ZoomTool(allowed_roots=roots, **given),
    ]


def said(tool: ImageTool, image: str, **more: Any) -> str:
    """What the model is told of an image."""
    fields = {
        "question": "What colour?",
        "json_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
        **dict.fromkeys(("left", "top"), 0),
        **dict.fromkeys(("right", "bottom"), 500),
    }
    asked = {name: fields[name] for name in tool.args if name in fields}
    call = {"id": "1", "name": tool.name, "args": {"image": image, **asked, **more}}
    return str(tool.invoke({"type": "tool_call", **call}).content)


WRONG = {
    "invoice1.png": "there is 'scans/invoice_1.png'",
    "page.jpg": "there is 'page.png'",
    "/home/somebody/page.png": "there is 'page.png'",
    "letter.bmp": "there are 'page.png', 'scans/invoice_1.png'",
    "https://example.org/page.png": "give another image, or the path of a file",
    "notes.txt": "tell the user",
    "": "give an image",
}


@pytest.mark.parametrize("image", WRONG)
def test_each_tool_says_what_there_is_instead(roots: list[Path], image: str):
    for tool in tools(roots):
        text = said(tool, image)
        assert text.startswith("Error: "), text
        assert WRONG[image] in text
        assert ".hidden" not in text
        assert not ONLY_IN_CODE.search(text), text


def test_what_is_too_much_is_told_without_the_setting_that_allows_it(roots: list[Path]):
    small = ImageLimits(max_pixels=100, max_memory=480_000_000, decode_seconds=5)
    for tool in tools(roots, limits=small):
        text = said(tool, "page.png")
        assert "tell the user" in text
        assert not ONLY_IN_CODE.search(text), text
    for tool in tools(roots, store=MemoryStore(max_bytes=10)):
        assert not ONLY_IN_CODE.search(said(tool, "page.png"))
    look = tools(roots)[0]
    assert "shorten it" in said(look, "page.png", question="what? " * 9000)
    for wrong in ({"page": 9}, {"pages": "9"}, {"page": 1, "pages": "1"}, {"question": " "}):
        text = said(look, "page.png", **wrong)
        assert text.startswith("Error: "), text
        assert not ONLY_IN_CODE.search(text), text


def test_a_relative_name_begins_at_every_root(roots: list[Path]):
    for tool in tools(roots):
        for image in ("scans/invoice_1.png", "page.png"):
            assert not said(tool, image).startswith("Error")


def test_a_root_that_is_not_there_is_refused(roots: list[Path]):
    policy = scripted("<answer>red</answer>")
    given = {"allowed_roots": [*roots, roots[0] / "absent"]}
    for make in (ErgoVisionTool, ExtractTool, ObserveTool, ZoomTool):
        with pytest.raises(SettingsError, match="absent is no folder"):
            make(**given)
    with pytest.raises(SettingsError, match="absent is no folder"):
        ask("page.png", "What?", policy=policy, **given)


def test_a_long_listing_is_cut(tmp_path: Path):
    for number in range(60):
        (tmp_path / f"scan {number:02}.png").write_bytes(b"x")
    text = said(ObserveTool(allowed_roots=[tmp_path]), "letter.bmp")
    assert "'scan 19.png' and 40 more" in text
    with pytest.raises(ImageNotFoundError, match="scan 00"):
        ask("letter.bmp", "What?", policy=scripted("x"), allowed_roots=[tmp_path])
    with pytest.raises(ImageAccessError, match="scan 00"):
        ask("/letter.bmp", "What?", policy=scripted("x"), allowed_roots=[tmp_path])
