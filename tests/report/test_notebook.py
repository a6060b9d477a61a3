"""What a notebook shows of a result."""

from pathlib import Path

import pytest
from langchain_core.messages import ToolMessage

from ergo_agent import ErgoVisionTool, VisionAnswer
from ergo_agent.images import MemoryStore
from tests.support.episodes import short_episode
from tests.support.html import links_of, named, parsed, text_of, with_class
from tests.support.pictures import save_picture
from tests.support.scripted import scripted


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"))


def shown(result: VisionAnswer):
    fragment = result._repr_html_()
    return parsed(
        f"<!DOCTYPE html><html><head><title>n</title></head><body>{fragment}</body></html>"
    )


def test_it_shows_question_answer_boxes_and_cost(page: Path):
    result = short_episode(page)
    root = shown(result)
    text = text_of(root)
    assert "What colour is the line?" in text
    assert "A. red" in text
    assert f"{result.ledger.spent:,} vision tokens in 3 views" in text
    assert [text_of(each) for each in with_class(root, "label")] == ["2", "3", "E1"]
    (image,) = named(root, "img")
    assert image.get("alt")
    assert all(link.startswith("data:image/") for link in links_of(root))
    assert named(root, "script") == named(root, "style") == []


def test_it_needs_no_picture(page: Path):
    root = shown(short_episode(page, store=MemoryStore()).model_copy(update={"views": []}))
    assert named(root, "img") == []
    assert "A. red" in text_of(root)


def test_what_is_not_found_is_said(page: Path):
    unanswered = short_episode(page).model_copy(update={"answer": None, "evidence": []})
    assert "not found" in text_of(shown(unanswered))


def test_the_artifact_of_the_tool_is_such_a_result(page: Path):
    tool = ErgoVisionTool(
        policy=scripted("<answer>A. red</answer>"), allowed_roots=[str(page.parent)]
    )
    arguments = {"image": str(page), "question": "q"}
    call = {"type": "tool_call", "id": "1", "name": tool.name, "args": arguments}
    message = tool.invoke(call)
    assert isinstance(message, ToolMessage)
    artifact = message.artifact
    answer = artifact if isinstance(artifact, VisionAnswer) else VisionAnswer(**artifact)
    assert "A. red" in answer._repr_html_()
