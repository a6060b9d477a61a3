"""An ASGI middleware that says in a header how long the server took over a request.

`vllm serve ... --middleware benchmarks.server_time.ServerTime`, from the root of a checkout; the
clock starts with the last byte of the request. With it `benchmarks.served` can tell the time
outside the server from the time inside, however busy the client is: a client whose event loop is
blocked would count its own delay as the server's.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["HEADER", "ServerTime"]

HEADER = "x-server-seconds"

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]


class ServerTime:
    """Adds the header to every reply."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def received() -> _Message:
            nonlocal began
            message = await receive()
            if message["type"] == "http.request" and not message.get("more_body"):
                began = time.perf_counter()
            return message

        async def sent(message: _Message) -> None:
            if message["type"] == "http.response.start":
                seconds = f"{time.perf_counter() - began:.6f}".encode()
                message["headers"] = [*message.get("headers", ()), (HEADER.encode(), seconds)]
            await send(message)

        await self._app(scope, received, sent)
