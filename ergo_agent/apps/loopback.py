"""What the servers on this machine share: a socket to listen on, and an end that does not linger.

uvicorn is imported where it is needed: it comes with the extras of those that serve.
"""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from uvicorn import Server

    from ergo_agent.apps.patience import Patience

__all__ = ["in_url", "listening", "names_of", "serve_app", "server_of"]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_HTTP = 80
_LINGER = 2
"""Seconds that open streams get when the server ends; clients keep theirs open for ever."""


def in_url(host: str) -> str:
    """An address as a URL has it: one of IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def names_of(host: str, port: int) -> frozenset[str]:
    """What a request that is meant for a server may name in its `Host` header.

    Any other name is one that somebody had resolve to this address, so as to reach the server from
    a page in a browser.

    Args:
        host: The address that is listened on.
        port: Its port.
    """
    hosts = {in_url(host), *_LOOPBACK}
    return frozenset({f"{name}:{port}" for name in hosts} | (hosts if port == _HTTP else set()))


def listening(host: str, port: int) -> socket.socket:
    """A socket that clients can connect to.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 for any that is free.

    Raises:
        SettingsError: If the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"--host {host} --port {port} cannot be listened on ({error}); choose others"
        ) from error


def server_of(
    app: Any,  # noqa: ANN401  # ASGI's own type differs between its users
    *,
    beginning: Callable[[], None] | None = None,
    ending: Callable[[], None] | None = None,
    patience: "Patience | None" = None,
) -> "Server":
    """A uvicorn server of an ASGI application, not yet started.

    What a proxy would say of a client is not believed, for there is none before it.

    Args:
        app: What to serve.
        beginning: Called in the event loop once the server answers, and a signal would end it.
        ending: Called in the event loop once a signal asks for the end, so that streams that are
            open can be ended; those that still are after two seconds are cut off.
        patience: What clients may take; the defaults when left out.
    """
    import uvicorn  # noqa: PLC0415

    from ergo_agent.apps.patience import Patience, protocol_of  # noqa: PLC0415

    class Told(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if beginning is not None:
                beginning()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            if ending is not None:
                ending()
            await super().shutdown(sockets)

    return Told(
        uvicorn.Config(
            app,
            http=protocol_of(patience or Patience()),
            log_level="warning",
            timeout_graceful_shutdown=_LINGER,
            ws="none",
            proxy_headers=False,
            server_header=False,
        )
    )


def serve_app(
    app: Any,  # noqa: ANN401  # ASGI's own type differs between its users
    listener: socket.socket,
    *,
    beginning: Callable[[], None] | None = None,
    ending: Callable[[], None] | None = None,
) -> None:
    """Serve until a signal ends it, which then does what it would have done without a server.

    Args:
        app: What to serve.
        listener: What `listening` gave; it is closed at the end.
        beginning: As `server_of` has it.
        ending: As `server_of` has it.
    """
    server_of(app, beginning=beginning, ending=ending).run(sockets=[listener])
