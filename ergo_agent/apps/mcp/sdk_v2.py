"""What is particular to version 2 of the SDK, which speaks the protocol of 2026-07-28 and older."""

from importlib.metadata import version
from typing import Annotated, Any

from mcp.server.mcpserver import Context, ListRoots, MCPServer, Resolve
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ListRootsResult
from starlette.applications import Starlette

from ergo_agent.apps.mcp.signatures import ROOTS, Tool, with_signature

__all__ = ["Context", "Server", "ToolError", "given_roots", "http_app", "new_server"]

Server = MCPServer[Any]


def new_server(name: str, *, instructions: str) -> Server:
    """A server without tools."""
    return MCPServer(
        name, instructions=instructions, version=version("ergo-agent"), log_level="WARNING"
    )


async def _asked(context: Context[Any, Any]) -> ListRoots | None:
    """The question for the client's roots, where it declared that it has some.

    The SDK asks in the way of the protocol version that was agreed on.
    """
    capabilities = context.client_capabilities
    return None if capabilities is None or capabilities.roots is None else ListRoots()


def given_roots(tool: Tool) -> Tool:
    """A tool that is given the client's roots: their URIs, or None where it declares none."""

    async def called(**arguments: Any) -> Any:  # noqa: ANN401  # as the tool
        told: ListRootsResult | None = arguments.pop(ROOTS)
        uris = None if told is None else [str(root.uri) for root in told.roots]
        return await tool(**arguments, **{ROOTS: uris})

    annotation = Annotated[ListRootsResult | None, Resolve(_asked)]
    return with_signature(called, tool, roots=annotation)


def http_app(server: Server, *, host: str, security: TransportSecuritySettings) -> Starlette:
    """The server as a streamable-HTTP application, at `/mcp`."""
    return server.streamable_http_app(host=host, transport_security=security)
