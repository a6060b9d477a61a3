"""All ways by which a model or a remote user gets an image opened, each as one call.

Each opens the image as far as that entry does: where it shows something, that is made.
"""

import asyncio
import base64
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage

from ergo_agent import ErgoVisionTool, ExtractTool, ObserveTool, VisionMiddleware, ZoomTool, ask
from ergo_agent.apps.mcp import ServerOptions
from ergo_agent.apps.mcp.tools import ImageTools
from ergo_agent.apps.page.images import PageImages
from ergo_agent.apps.page.server import PageOptions
from ergo_agent.graphs import langgraph_server
from ergo_agent.images import ImageLimits
from ergo_agent.tracing.thumbnails import thumbnail
from tests.support.scripted import scripted
from tests.support.tool_calling import ToolModel

__all__ = ["ENTRIES", "UNTRUSTED", "Request"]


class Request(NamedTuple):
    """What is to be opened, and from where."""

    image: str
    roots: list[str] | None = None
    hosts: Sequence[str] = ()
    page: int = 1
    limits: ImageLimits | None = None
    """The entry's own where there are none."""

    @property
    def named(self) -> dict[str, Any]:
        return {"image": self.image, "page": self.page}

    @property
    def bounds(self) -> dict[str, Any]:
        given = {"allowed_roots": self.roots, "allowed_hosts": self.hosts}
        return given if self.limits is None else {**given, "limits": self.limits}

    @property
    def data(self) -> bytes:
        return Path(self.roots[0], self.image).read_bytes() if self.roots else b"none"

    @property
    def base64(self) -> str:
        return base64.b64encode(self.data).decode()


Entry = Callable[[Request], object]

POLICY = scripted("<answer>seen</answer>")
SCHEMA = {"type": "object", "properties": {"total": {"type": "number"}}}


def _by_ask(given: Request) -> object:
    return ask(given.image, "What?", page=given.page, policy=POLICY, **given.bounds).answer


def _by_tool(given: Request) -> object:
    tool = ErgoVisionTool(policy=POLICY, handle_tool_error=False, **given.bounds)
    return tool.invoke({**given.named, "question": "What?"})


def _by_extract_tool(given: Request) -> object:
    tool = ExtractTool(policy=POLICY, handle_tool_error=False, **given.bounds)
    return tool.invoke({**given.named, "json_schema": SCHEMA})


def _by_observe_tool(given: Request) -> object:
    return ObserveTool(handle_tool_error=False, **given.bounds).invoke(given.named)


def _by_zoom_tool(given: Request) -> object:
    whole = {"left": 0, "top": 0, "right": 1000, "bottom": 1000}
    return ZoomTool(handle_tool_error=False, **given.bounds).invoke({**given.named, **whole})


def _by_middleware(given: Request) -> object:
    sent = {"type": "image", "base64": given.base64, "mime_type": "image/png"}
    model = ToolModel(replies=[AIMessage("done")])
    agent = create_agent(model, tools=[], middleware=[VisionMiddleware()])
    return agent.invoke({"messages": [HumanMessage([sent])]})


class _Unheard:
    """Where an MCP client would hear of progress."""

    async def report_progress(self, *_: object) -> None:
        pass


def _by_mcp(name: str, **asked: object) -> Entry:
    def call(given: Request) -> object:
        tools = ImageTools(ServerOptions(tuple(map(Path, given.roots or ["/"])), policy=POLICY))
        return asyncio.run(
            getattr(tools, name)(context=_Unheard(), roots=None, **given.named, **asked)
        )

    return call


def _by_served_graph(given: Request) -> object:
    os.environ["ERGO_ALLOWED_ROOTS"] = os.pathsep.join(given.roots or ["/"])

    async def run() -> object:
        graph = await langgraph_server.coarse_to_fine()
        return await graph.ainvoke({**given.named, "question": "What?", "options": []})

    return asyncio.run(run())


def _by_page(given: Request) -> object:
    images = PageImages(root=None, limits=PageOptions().limits)

    async def run() -> object:
        kept = await images.keep(given.data, name="image")
        return await images.picture(kept["image"], given.page, side=1024)

    return asyncio.run(run())


def _by_trace(given: Request) -> object:
    return thumbnail(f"data:image/png;base64,{given.base64}")


UNTRUSTED: dict[str, Entry] = {
    "tool": _by_tool,
    "extract-tool": _by_extract_tool,
    "observe-tool": _by_observe_tool,
    "zoom-tool": _by_zoom_tool,
    "middleware": _by_middleware,
    "mcp-ask": _by_mcp("ask_image", question="What?"),
    "mcp-extract": _by_mcp("extract", json_schema=SCHEMA),
    "mcp-observe": _by_mcp("observe"),
    "mcp-zoom": _by_mcp("zoom", boxes=[[0, 0, 8, 8]]),
    "served-graph": _by_served_graph,
    "page": _by_page,
    "trace": _by_trace,
}
ENTRIES: dict[str, Entry] = {**UNTRUSTED, "ask": _by_ask}
"""With the one that opens what its own caller names."""
