"""Images in tool messages reach servers that refuse them there, in a user message."""

from pathlib import Path
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI
from openai import BadRequestError

from ergo_agent import ObserveTool, VisionMiddleware, ZoomTool
from ergo_agent.agents.reroute import rerouted
from tests.support.agents import image_blocks, save_grid, tool_messages
from tests.support.tool_calling import ToolModel, calls
from tests.support.tool_server import tool_server, wire_call

BOX = {"left": 0, "top": 0, "right": 500, "bottom": 500}
LOOKING = {"observe_image", "zoom_image"}


@pytest.fixture
def grid(tmp_path: Path):
    return save_grid(tmp_path / "grid.png")


def agent(grid: Path, model: Any, *middleware: VisionMiddleware):  # noqa: ANN401
    tools = [ObserveTool(allowed_roots=[grid.parent]), ZoomTool(allowed_roots=[grid.parent])]
    return create_agent(model, tools=tools, middleware=list(middleware))


def served(url: str) -> ChatOpenAI:
    return ChatOpenAI(model="m", base_url=url, api_key="k", max_retries=0)


REPLIES = (
    {
        "tool_calls": [
            wire_call("observe_image", {"image": "grid.png"}, call_id="a"),
            wire_call("zoom_image", {"image": "grid.png", **BOX}, call_id="b"),
        ]
    },
    {"tool_calls": [wire_call("observe_image", {"image": "grid.png"}, call_id="c")]},
    {"content": "done"},
)


def test_without_it_the_server_refuses(grid: Path):
    with (
        tool_server(*REPLIES, tools=LOOKING) as server,
        pytest.raises(BadRequestError, match="a tool message holds text only"),
    ):
        agent(grid, served(server.url)).invoke({"messages": [("user", "look")]})


async def test_with_it_the_server_is_shown_the_images(grid: Path):
    for asynchronous in (False, True):
        with tool_server(*REPLIES, tools=LOOKING) as server:
            running = agent(grid, served(server.url), VisionMiddleware())
            said = {"messages": [("user", "look")]}
            output = await running.ainvoke(said) if asynchronous else running.invoke(said)
        assert output["messages"][-1].text == "done"
        roles = [message["role"] for message in server.bodies[-1]["messages"]]
        assert roles == ["user", "assistant", "tool", "tool", "user", "assistant", "tool", "user"]
        shown = server.bodies[-1]["messages"][4]["content"]
        assert [part["type"] for part in shown] == ["text", "image_url", "text", "image_url"]
        assert shown[0]["text"] == "From the tool observe_image:"
        assert "original pixels" in server.bodies[-1]["messages"][2]["content"]


def test_the_stored_messages_keep_their_images(grid: Path):
    model = ToolModel(replies=[calls(("observe_image", {"image": "grid.png"})), AIMessage("done")])
    output = agent(grid, model, VisionMiddleware()).invoke({"messages": [("user", "look")]})
    (message,) = tool_messages(output)
    assert len(image_blocks(message)) == 1
    assert len(output["messages"]) == 4
    assert isinstance(model.received[-1][-1], HumanMessage)


def test_it_can_be_left_out(grid: Path):
    model = ToolModel(replies=[calls(("observe_image", {"image": "grid.png"})), AIMessage("done")])
    middleware = VisionMiddleware(reroute_tool_images=False)
    agent(grid, model, middleware).invoke({"messages": [("user", "look")]})
    assert len(image_blocks(model.received[-1][-1])) == 1


def test_what_else_a_tool_said_stays_in_its_message():
    image = {"type": "image", "base64": "AAAA", "mime_type": "image/png"}
    other = {"type": "json", "json": {"a": 1}}
    message = ToolMessage(["words", other, image], tool_call_id="1", name="camera", id="m")
    kept, shown = rerouted([message])
    assert kept.content[:2] == ["words", other]
    assert (kept.id, kept.tool_call_id) == ("m", "1")
    assert shown.content == [{"type": "text", "text": "From the tool camera:"}, image]


def test_messages_without_images_are_the_same_objects():
    messages = [HumanMessage("a"), ToolMessage("b", tool_call_id="1"), AIMessage("c")]
    assert all(a is b for a, b in zip(rerouted(messages), messages, strict=True))
