"""The SDK's own client, of either major, talking to `ergo-agent mcp` as a process."""

import asyncio
import base64
import io
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import mcp
import psutil
from mcp import types
from mcp.client.stdio import stdio_client
from PIL import Image

from tests.support.forked import ForkedProgram
from tests.support.serving import alive

__all__ = ["ERAS", "Caller", "Told", "connected", "http_server", "servers", "stdio_server"]

ROOT = Path(__file__).parents[2]
SECONDS = 120
"""No call takes longer, however busy the machine."""

SECOND_MAJOR = hasattr(mcp, "Client")
ERAS = ("auto", "legacy") if SECOND_MAJOR else ("legacy",)
"""`auto` is the protocol without a handshake, of 2026-07-28; `legacy` is what came before."""


@dataclass(frozen=True)
class Told:
    """What a tool returned."""

    error: bool
    text: str
    pictures: list[Image.Image]
    facts: dict[str, Any] | None
    kinds: list[str]


@dataclass
class Caller:
    """A connected client."""

    session: Any
    progress: list[tuple[float, float | None, str]] = field(default_factory=list)
    """Of the last call."""

    async def tools(self) -> dict[str, dict[str, Any]]:
        listed = await self.session.list_tools()
        return {tool.name: tool.model_dump(by_alias=True) for tool in listed.tools}

    async def call(self, name: str, **arguments: object) -> Told:
        self.progress = []
        result = await self.session.call_tool(name, arguments, progress_callback=self._told)
        wire = result.model_dump(by_alias=True)
        content = wire["content"]
        pictures = [_picture(block) for block in content if block["type"] == "image"]
        text = "\n".join(block["text"] for block in content if block["type"] == "text")
        kinds = [block["type"] for block in content]
        return Told(bool(wire["isError"]), text, pictures, wire["structuredContent"], kinds)

    async def cancelled(self, name: str, when: asyncio.Event, **arguments: object) -> None:
        """Call a tool, and take the call back once an event is set."""
        with anyio.CancelScope() as scope:

            async def take_back() -> None:
                await when.wait()
                if not SECOND_MAJOR:  # its client does not tell the server by itself
                    await self._tell_of_cancellation()
                scope.cancel()

            taking = asyncio.create_task(take_back())
            try:
                await self.session.call_tool(name, arguments)
            finally:
                await taking
        assert scope.cancelled_caught

    async def _tell_of_cancellation(self) -> None:
        newest = self.session._request_id - 1
        params = types.CancelledNotificationParams(requestId=newest, reason="no longer wanted")
        note = types.CancelledNotification(method="notifications/cancelled", params=params)
        await self.session.send_notification(types.ClientNotification(note))

    async def _told(self, progress: float, total: float | None, message: str | None) -> None:
        self.progress.append((progress, total, message or ""))


def _picture(block: dict[str, Any]) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(block["data"], validate=True)))
    assert Image.MIME[image.format or ""] == block["mimeType"]
    return image


def stdio_server(*arguments: object, **environment: str) -> mcp.StdioServerParameters:
    """How to start the server as a child."""
    return mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "ergo_agent.apps.cli", "mcp", *map(str, arguments)],
        env={**os.environ, **environment},
        cwd=ROOT,
    )


@asynccontextmanager
async def connected(
    server: mcp.StdioServerParameters | str, *, era: str, roots: Sequence[str] | None = None
) -> AsyncIterator[Caller]:
    """A client of a server that is started by it, or is found at a URL.

    Args:
        server: What to connect to.
        era: One of `ERAS`.
        roots: URIs of the client's roots; None for a client that declares none.
    """
    declared = None if roots is None else _declaring(roots)
    if SECOND_MAJOR:
        options = {"mode": era, "list_roots_callback": declared, "read_timeout_seconds": SECONDS}
        async with mcp.Client(server, **options) as client:
            yield Caller(client)
        return
    async with AsyncExitStack() as stack:
        streams = await stack.enter_async_context(_first_major(server))
        session = mcp.ClientSession(
            *streams[:2],
            read_timeout_seconds=timedelta(seconds=SECONDS),
            list_roots_callback=declared,
        )
        await stack.enter_async_context(session)
        await session.initialize()
        yield Caller(session)


def _first_major(server: mcp.StdioServerParameters | str) -> AbstractAsyncContextManager[Any]:
    if not isinstance(server, str):
        return stdio_client(server)
    from mcp.client.streamable_http import streamablehttp_client  # noqa: PLC0415  # only there

    return streamablehttp_client(server)


def _declaring(uris: Sequence[str]) -> Callable[[object], Awaitable[types.ListRootsResult]]:
    async def declared(_: object) -> types.ListRootsResult:
        return types.ListRootsResult(roots=[types.Root(uri=uri) for uri in uris])

    return declared


@contextmanager
def http_server(*arguments: object) -> Iterator[str]:
    """The URL of a server on any free port, ended by SIGTERM."""
    command = ("-m", "ergo_agent.apps.cli", "mcp", "--transport", "http", "--port", "0")
    with ForkedProgram(*command, *arguments, cwd=ROOT) as program:
        line = program.first_line(errors=True)
        assert line.startswith("serving http://127.0.0.1:"), line
        yield line.split()[1]
        assert program.end() == -signal.SIGTERM


def servers() -> list[psutil.Process]:
    """The servers that this process has started and that run now."""
    children = psutil.Process().children(recursive=True)
    return [
        child for child in alive(children, seconds=0) if "ergo_agent.apps.cli" in child.cmdline()
    ]
