"""The tool, by itself and in the hands of an agent."""

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage

from ergo_agent import BudgetError, ErgoVisionTool, PolicyError, SettingsError, VisionAnswer
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"


@pytest.fixture
def page(tmp_path: Path):
    return save_picture(tmp_path, size=(2000, 1500), name="page.png")


def call(tool: ErgoVisionTool, **arguments: object):
    return tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})


def test_the_text_has_the_answer_where_it_was_read_and_its_cost(page: Path):
    tool = ErgoVisionTool(policy=scripted(ZOOM, ANSWER), allowed_roots=[page.parent])
    message = call(tool, image=str(page), question="What colour?")
    told = VisionAnswer.model_validate(message.artifact)
    first, second = message.content.split("\n")
    assert first == "A. red"
    (found,) = told.evidence
    assert str(list(found.region.as_tuple())) in second
    assert "page 1 of 1, 2000x1500 pixels" in second
    assert f"{told.ledger.spent} vision tokens in 2 views" in second


def test_not_found_is_said(page: Path):
    policy = scripted("<answer></answer><not_found/>")
    tool = ErgoVisionTool(policy=policy, allowed_roots=[page.parent])
    message = call(tool, image="page.png", question="What colour?")
    assert message.content.startswith("Not found in the image")
    assert message.artifact["answer"] is None


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"image": "missing.png"}, "missing.png"),
        ({"image": "/etc/passwd"}, "not inside a folder that images may be read from"),
        ({"image": "../../../etc/passwd"}, "not inside a folder that images may be read from"),
        ({"image": "https://example.com/a.png"}, "is a network address"),
        ({"image": "page.png", "question": " "}, "the question is empty"),
        ({"image": "page.png", "page": 7}, "there is no page 7"),
        ({"image": "empty"}, "not a regular file but a folder, and no image lies in it"),
        ({"image": "page.png", "pages": "two"}, "names no pages"),
        ({"image": "page.png", "pages": "1-3"}, "the document has 1 page"),
    ],
)
def test_what_a_model_can_put_right_comes_back_as_text(
    page: Path, arguments: dict[str, Any], text: str
):
    (page.parent / "empty").mkdir()
    tool = ErgoVisionTool(policy=scripted(ANSWER), allowed_roots=[page.parent])
    message = call(tool, **{"question": "What colour?", **arguments})
    assert isinstance(message, ToolMessage)
    assert message.status == "error"
    assert text in message.content


def test_a_failing_policy_is_no_text(page: Path):
    tool = ErgoVisionTool(policy=scripted(OSError("down")), allowed_roots=[page.parent])
    with pytest.raises(PolicyError, match="down"):
        call(tool, image="page.png", question="q")


def test_without_roots_only_the_working_directory_is_open(
    page: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(page.parent)
    tool = ErgoVisionTool(policy=scripted(ANSWER))
    monkeypatch.chdir("/")
    assert call(tool, image="page.png", question="q").content.startswith("A. red")
    assert "not inside" in call(tool, image="/etc/hosts", question="q").content


def test_bad_settings_are_refused_at_construction():
    with pytest.raises(BudgetError, match="view_budget=2"):
        ErgoVisionTool(policy=scripted(ANSWER), view_budget=2)
    with pytest.raises(SettingsError, match="max_zooms=-1"):
        ErgoVisionTool(policy=scripted(ANSWER), max_zooms=-1)


def test_the_budget_holds(page: Path):
    tool = ErgoVisionTool(
        policy=scripted(ZOOM, ANSWER), allowed_roots=[page.parent], max_vision_tokens=200
    )
    assert call(tool, image="page.png", question="q").artifact["ledger"]["spent"] <= 200


def test_the_schema_a_model_sees_is_small():
    tool = ErgoVisionTool(policy=scripted(ANSWER))
    schema = tool.get_input_jsonschema()
    assert set(schema["properties"]) == {"image", "question", "page", "pages"}
    assert schema["required"] == ["image", "question"]
    json.dumps(schema)
