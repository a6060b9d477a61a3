"""The server itself: its four tools, over stdio or streamable HTTP."""

import signal
from collections.abc import Callable
from typing import Any

from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations

from ergo_agent.apps.loopback import in_url, listening, names_of, serve_app
from ergo_agent.apps.mcp.sdk import Server, given_roots, http_app, new_server
from ergo_agent.apps.mcp.tools import ImageTools, ServerOptions

__all__ = ["create_mcp_server", "serve_http", "serve_stdio"]

_ASK = (
    "Answer a question about an image or a document (PDF, folder of pages), however large, by "
    "looking at it closely. Returns the answer and where it was read, in pixels of the original, "
    "or says that it was not found and which pages were not looked at. Ask one question at a time."
)
_EXTRACT = (
    "Read several values at once from an image or a document (PDF, folder of pages): fields of an "
    "invoice, a receipt, a form, rows of a table. Returns each value of the JSON schema with where "
    "it was read, in pixels of the original; what the document does not say is null."
)
_OBSERVE = (
    "Show a whole image or PDF page, shrunk. Its size and its original's size come with it. "
    "To read small print, zoom into it."
)
_ZOOM = (
    "Show parts of an image or PDF page at full resolution, or as near to it as is affordable: "
    "one picture a box. Observe it first, and give boxes in the pixels of what was shown."
)
_LOOKS_ONLY = {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False}


IDLE_SECONDS = 15 * 60.0
"""After which a session without a request is dropped: nothing of a client is kept that it could
miss, so the SDK's half hour is not needed."""

MOST_SESSIONS = 200
"""At once. Of 300 that were opened, each took 40 kB: these take 8 MB."""


def create_mcp_server(options: ServerOptions) -> Server:
    """The server, not yet started.

    Args:
        options: What its owner decided.

    Raises:
        SettingsError: If there is no such policy.
        MissingExtraError: If what the policy needs is not installed.
    """
    tools = ImageTools(options)
    folders = ", ".join(map(str, options.roots))
    server = new_server(
        "ergo-agent",
        instructions=f"Looks at images and PDFs in these folders: {folders}. Name an image by its "
        "path, absolute or relative to one of them. Coordinates are [left, top, right, "
        "bottom]; each says the frame it is in.",
    )
    annotations = ToolAnnotations.model_validate(_LOOKS_ONLY)
    for tool, description in (
        (tools.ask_image, _ASK),
        (tools.extract, _EXTRACT),
        (tools.observe, _OBSERVE),
        (tools.zoom, _ZOOM),
    ):
        server.add_tool(given_roots(tool), description=description, annotations=annotations)
    return server


def serve_stdio(server: Server) -> None:
    """Talk to the one client that started this process, until it closes stdin.

    An interrupt ends the process at once: the SDK reads stdin in a thread, and would wait for the
    next line before it let go. There is nothing to tidy up.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    server.run("stdio")


def serve_http(server: Server, *, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve over streamable HTTP until a signal ends it.

    The address is bound to, and only requests that name it, or this machine, are served: a web page
    cannot reach the server by having a name of its own resolve to it.

    Args:
        server: What to serve.
        host: Address to listen on.
        port: Port to listen on; 0 for any that is free.
        ready: Told the URL, once clients can connect to it.

    Raises:
        SettingsError: If the address cannot be listened on.
    """
    with listening(host, port) as listener:
        port = listener.getsockname()[1]
        ready(f"http://{in_url(host)}:{port}/mcp")
        serve_app(bounded_app(server, host=host, port=port), listener)


def bounded_app(
    server: Server,
    *,
    host: str,
    port: int,
    idle: float = IDLE_SECONDS,
    sessions: int = MOST_SESSIONS,
) -> Any:  # noqa: ANN401  # ASGI's own type differs between its users
    """The server as an application that is reached by its address only, and forgets its clients.

    Args:
        server: What to serve.
        host: Address that is listened on.
        port: Its port.
        idle: Seconds without a request after which a session is dropped; its client begins another.
        sessions: Most at once; who wants one more is told to come again (503).
    """
    app = http_app(server, host=host, security=_only_named(host, port))
    server.session_manager.session_idle_timeout = idle
    server.session_manager.max_sessions = sessions
    return app


def _only_named(host: str, port: int) -> TransportSecuritySettings:
    """Protection against DNS rebinding: which names a request may reach the server by."""
    names = sorted(names_of(host, port))
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=names,
        allowed_origins=[f"http://{name}" for name in names],
    )
