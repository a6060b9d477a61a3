"""Agents with a scripted model, and the messages with images that they are given."""

import base64
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool
from PIL import Image

from tests.support.tool_calling import ToolModel, calls

__all__ = ["agent_calling", "human", "image_blocks", "in_base64", "save_grid", "tool_messages"]

CELL = 100


def save_grid(path: Path, *, columns: int = 20, rows: int = 15) -> Path:
    """A picture of cells of `CELL` pixels, each in a colour of its own: red is 10 x its column,
    green 10 x its row.
    """
    small = Image.new("RGB", (columns, rows))
    small.putdata([(10 * column, 10 * row, 50) for row in range(rows) for column in range(columns)])
    large = small.resize((columns * CELL, rows * CELL), Image.Resampling.NEAREST)
    large.save(path, compress_level=1)
    return path


def in_base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def human(*content: Any) -> HumanMessage:
    return HumanMessage(list(content))


def agent_calling(*made: tuple[str, dict[str, Any]], tools: list[BaseTool], **options: Any):
    """An agent whose model makes calls, one a turn, and then says that it is done.

    Returns:
        The agent and its model, which has what it was sent.
    """
    model = ToolModel(replies=[*(calls(call) for call in made), AIMessage("done")])
    return create_agent(model, tools=tools, **options), model


def tool_messages(output: dict[str, Any]) -> list[ToolMessage]:
    return [message for message in output["messages"] if isinstance(message, ToolMessage)]


def image_blocks(message: BaseMessage) -> list[dict[str, Any]]:
    """The blocks of a message that are images, in any form."""
    blocks = message.content if isinstance(message.content, list) else []
    return [
        block
        for block in blocks
        if isinstance(block, dict) and block["type"] in {"image", "image_url"}
    ]
