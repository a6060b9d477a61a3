"""What is particular to version 1 of the SDK, which speaks the protocol up to 2025-11-25."""

import asyncio
from typing import Any

from mcp.server.fastmcp import Context, FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.shared.message import ServerMessageMetadata
from mcp.types import ListRootsRequest, ListRootsResult, ServerRequest
from starlette.applications import Starlette

from ergo_agent.apps.mcp.signatures import ROOTS, Tool, with_signature

__all__ = ["Context", "Server", "ToolError", "given_roots", "http_app", "new_server"]

Server = FastMCP

_PATIENCE = 30.0
"""Seconds for a client to say which roots it has; it declared that it can."""


def new_server(name: str, *, instructions: str) -> Server:
    """A server without tools."""
    return FastMCP(name, instructions=instructions, log_level="WARNING")


def given_roots(tool: Tool) -> Tool:
    """A tool that is given the client's roots: their URIs, or None where it declares none."""

    async def called(**arguments: Any) -> Any:  # noqa: ANN401  # as the tool
        return await tool(**arguments, **{ROOTS: await _asked(arguments["context"])})

    return with_signature(called, tool, roots=None)


async def _asked(context: Context[Any, Any, Any]) -> list[str] | None:
    session = context.session
    hello = session.client_params
    if hello is None or hello.capabilities.roots is None:
        return None
    metadata = ServerMessageMetadata(related_request_id=context.request_id)
    request = ServerRequest(ListRootsRequest(method="roots/list"))
    try:  # on the stream of this call: a client need not listen on another
        async with asyncio.timeout(_PATIENCE):
            told = await session.send_request(request, ListRootsResult, metadata=metadata)
    except TimeoutError as error:
        raise ToolError(f"the client did not tell its roots within {_PATIENCE:g} s") from error
    return [str(root.uri) for root in told.roots]


def http_app(server: Server, *, host: str, security: TransportSecuritySettings) -> Starlette:
    """The server as a streamable-HTTP application, at `/mcp`."""
    server.settings.host = host
    server.settings.transport_security = security
    return server.streamable_http_app()
