"""`VisionMiddleware` shows a model large images small, and leaves the stored messages alone."""

import base64
import copy
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from langchain_core.messages import BaseMessage, ToolMessage
from PIL import Image

from ergo_agent import BudgetError, ErgoVisionTool, ObserveTool, VisionMiddleware
from ergo_agent.agents import reduction
from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import QWEN2_5_VL
from tests.support.agents import (
    agent_calling,
    human,
    image_blocks,
    in_base64,
    save_grid,
    tool_messages,
)
from tests.support.scripted import scripted
from tests.support.tool_calling import calls
from tests.support.web import Page, web

ANSWER = "<think>read</think><answer>seen</answer>"
LOOK = ("look_at_image", {"image": "image 1", "question": "What?"})


@pytest.fixture
def page(tmp_path: Path):
    return save_grid(tmp_path / "page.png", columns=38, rows=21)


def block(path: Path) -> dict[str, Any]:
    return {"type": "image", "base64": in_base64(path), "mime_type": "image/png"}


def encoded(kind: str) -> str:
    """A small image."""
    buffer, image = io.BytesIO(), Image.new("RGB", (96, 64), "red")
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(buffer)
    else:
        image.save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


def standard(data: str) -> dict[str, Any]:
    return {"type": "image", "base64": data, "mime_type": "image/webp"}


def responses(data: str) -> dict[str, Any]:
    return {"type": "input_image", "image_url": f"data:image/webp;base64,{data}"}


def mcp(data: str) -> dict[str, Any]:
    return {"type": "image", "data": data, "mimeType": "image/webp"}


def tokens(message: BaseMessage) -> list[int]:
    """The vision tokens of a message's images."""
    sizes = [
        Image.open(io.BytesIO(base64.b64decode(image["base64"]))).size
        for image in image_blocks(message)
    ]
    return [QWEN2_5_VL.full_resolution_tokens(Size(*size)) for size in sizes]


def agent(**options: Any):
    tool = ErgoVisionTool(policy=scripted(ANSWER), allowed_roots=[])
    return agent_calling(LOOK, tools=[tool], middleware=[VisionMiddleware(**options)])


def test_a_large_image_is_shown_small_by_its_name(page: Path):
    running, model = agent()
    sent = human({"type": "text", "text": "What is it?"}, block(page))
    assert tokens(sent) == [136 * 75]
    output = running.invoke({"messages": [sent]})
    for received in model.received:
        assert 500 < tokens(received[0])[0] <= 640
        assert received[0].text.startswith("What is it?image 1: 3800x2100 pixels, shown reduced to")
    assert tool_messages(output)[0].artifact["image"]["width"] == 3800


def test_the_stored_messages_do_not_change(page: Path):
    running, _ = agent()
    sent = human(block(page))
    before = copy.deepcopy(sent.content)
    output = running.invoke({"messages": [sent]})
    assert output["messages"][0].content == before
    assert sent.content == before


async def test_it_works_async(page: Path):
    running, model = agent(view_budget=100)
    output = await running.ainvoke({"messages": [human(block(page))]})
    assert tokens(model.received[1][0])[0] <= 100
    assert tool_messages(output)[0].status == "success"


def test_what_is_small_stays_as_it_is(tmp_path: Path):
    small = save_grid(tmp_path / "small.png", columns=5, rows=5)
    running, model = agent()
    sent = human(block(small))
    running.invoke({"messages": [sent]})
    assert model.received[0][0] == sent


@pytest.mark.parametrize("kind", ["WEBP", "TIFF", "BMP", "GIF", "AVIF", "HEIF", "JPEG2000"])
@pytest.mark.parametrize("form", [standard, responses, mcp])
def test_what_few_servers_take_is_sent_as_png(kind: str, form: Callable[[str], dict[str, Any]]):
    sent = human(form(encoded(kind)))
    running, model = agent()
    running.invoke({"messages": [sent]})
    assert len(model.received) == 2
    for received in model.received:
        (shown,) = received[0].content
        assert (shown["type"], shown["mime_type"]) == ("image", "image/png")
        with Image.open(io.BytesIO(base64.b64decode(shown["base64"]))) as image:
            assert (image.format, image.size) == ("PNG", (96, 64))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_all_servers_take_is_sent_as_it_came(kind: str):
    sent = human(standard(encoded(kind)))
    running, model = agent()
    running.invoke({"messages": [sent]})
    assert model.received[0][0] == sent


def test_images_of_other_tools_are_shown_small_and_views_stay(page: Path):
    photo = ToolMessage([block(page)], tool_call_id="id0", name="camera")
    observe = ObserveTool(allowed_roots=[page.parent], view_budget=2000)
    running, model = agent_calling(
        ("observe_image", {"image": "image 1"}),
        tools=[observe],
        middleware=[VisionMiddleware(reroute_tool_images=False)],
    )
    asked = [human("look"), calls(("camera", {})), photo]
    running.invoke({"messages": asked})
    *_, shown, _, view = model.received[-1]
    assert tokens(shown)[0] <= 640
    assert tokens(view)[0] > 1000


def test_each_image_is_made_small_once(page: Path, monkeypatch: pytest.MonkeyPatch):
    made: list[str] = []
    observe_image = reduction.observe_image

    async def counted(maker: Any, image: str, **options: Any) -> Any:  # noqa: ANN401
        made.append(image[:20])
        return await observe_image(maker, image, **options)

    monkeypatch.setattr(reduction, "observe_image", counted)
    running, model = agent()
    running.invoke({"messages": [human(block(page)), human(copy.deepcopy(block(page)))]})
    assert len(model.received) == 2
    assert len(made) == 1
    assert model.received[0][:2] == model.received[1][:2]


@pytest.mark.parametrize(
    "item",
    [
        {"type": "image", "base64": "AAAA", "mime_type": "image/png"},
        {"type": "image", "url": "https://pictures.example/b.png"},
        {"type": "image", "url": "file:///etc/hosts"},
        {"type": "image", "file_id": "file-7"},
        {"type": "file", "base64": "JVBERi0=", "mime_type": "application/pdf"},
        {"type": "text", "text": "no image"},
    ],
)
def test_what_cannot_be_opened_is_sent_as_it_came(item: dict[str, Any]):
    running, model = agent()
    running.invoke({"messages": [human(item)]})
    assert model.received[0][0].content == [item]


def test_a_url_of_an_allowed_host_is_fetched_once(page: Path):
    with web({"/page.png": Page(page.read_bytes())}) as site:
        sent = human({"type": "image", "url": f"http://{site.host}/page.png"})
        running, model = agent(allowed_hosts=[f"private:{site.host}"])
        running.invoke({"messages": [sent]})
    assert len(model.received) == 2
    assert tokens(model.received[1][0])[0] <= 640
    assert site.asked == ["/page.png"]


def test_local_files_are_never_read_for_a_message(page: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(page.parent)
    running, model = agent()
    items = [{"type": "image", "url": url} for url in ("page.png", str(page), page.as_uri())]
    running.invoke({"messages": [human(*items)]})
    assert model.received[0][0].content == items


def test_a_budget_that_holds_no_view_is_refused_at_construction():
    with pytest.raises(BudgetError, match="view_budget=1"):
        VisionMiddleware(view_budget=1)
