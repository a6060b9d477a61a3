"""`ergo-agent mcp`: the eyes for any MCP client."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ergo_agent.apps.cli.options import (
    Budget,
    Deadline,
    DialectName,
    MaxVisionTokens,
    MaxZooms,
    PolicyName,
    Verify,
)
from ergo_agent.apps.cli.output import errors_as_exit_codes, note
from ergo_agent.errors import SettingsError

__all__ = ["mcp"]

_WAITING = (
    "waiting for an MCP client to speak JSON-RPC on stdin. A client starts this command itself: "
    "name it there, with these arguments. Ctrl-C ends it."
)
"""Said on a terminal, where nothing else would be seen to happen."""


def mcp(  # noqa: PLR0913  # one parameter per option
    *,
    root: Annotated[
        list[Path],
        typer.Option(
            help="Folder that images may come from; may be given more than once.",
            show_default=False,
        ),
    ],
    policy: PolicyName = "auto",
    dialect: DialectName = None,
    transport: Annotated[
        str, typer.Option(help="stdio, for a client that starts this command; or http.")
    ] = "stdio",
    host: Annotated[
        str, typer.Option(help="With http: address to listen on. There is no login.")
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, help="With http: port to listen on; 0 for any that is free."
        ),
    ] = 8765,
    budget: Budget = 1280,
    max_vision_tokens: MaxVisionTokens = None,
    max_zooms: MaxZooms = 3,
    deadline: Deadline = None,
    verify: Verify = False,
    ignore_client_roots: Annotated[
        bool,
        typer.Option(
            "--ignore-client-roots",
            help="Do not narrow the folders to those that the client has open.",
        ),
    ] = False,
) -> None:
    """Serve the tools ask_image, extract, observe and zoom over the Model Context Protocol.

    It needs the extra "mcp". Exit code: 0 the client ended it, 2 wrong usage, 5 something is not
    installed, 130 interrupted.
    """
    settings = {
        "view_budget": budget,
        "max_vision_tokens": max_vision_tokens,
        "max_zooms": max_zooms,
        "deadline": deadline,
        "verify": verify,
    }
    with errors_as_exit_codes():
        if transport not in {"stdio", "http"}:
            raise SettingsError(f"--transport {transport} is unknown; give stdio or http")
        server = _server(
            root, (policy, dialect), settings, use_client_roots=not ignore_client_roots
        )
        if transport == "stdio":
            from ergo_agent.apps.mcp import serve_stdio  # noqa: PLC0415

            if sys.stdin.isatty():
                note(_WAITING)
            serve_stdio(server)
        else:
            from ergo_agent.apps.mcp import serve_http  # noqa: PLC0415

            serve_http(server, host=host, port=port, ready=lambda url: note(f"serving {url}"))


def _server(
    roots: list[Path],
    policy: tuple[str, str | None],
    settings: dict[str, Any],
    *,
    use_client_roots: bool,
) -> Any:  # noqa: ANN401  # its class depends on the SDK's version
    from ergo_agent.apps.mcp import ServerOptions, create_mcp_server  # noqa: PLC0415
    from ergo_agent.apps.mcp.roots import checked_roots  # noqa: PLC0415
    from ergo_agent.episode.settings import VisionSettings  # noqa: PLC0415
    from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

    return create_mcp_server(
        ServerOptions(
            roots=checked_roots(roots),
            policy=choose_policy(policy[0], dialect=policy[1]),
            settings=VisionSettings(**settings),
            use_client_roots=use_client_roots,
        )
    )
