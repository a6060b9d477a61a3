"""HTTP connections of the served policy: one pool for each event loop, and one rule of retrying.

The `openai` SDK retries by itself: lost connections, timeouts and 408, 409, 429 and 5xx replies,
with exponential backoff and jitter (0.5 s doubling to 8 s), and it waits as long as `Retry-After`
says, up to two minutes. What it lacks, and where that is mended:

- it also retries 409, and any 4xx whose reply carries `x-should-retry: true`: mended here;
- it has no limit on the whole of a reply, only on the silence within it: `ChatServed` sets one;
- it knows of no deadline: the graph cancels the call at the episode's.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakKeyDictionary, finalize

import openai

__all__ = ["PerLoopClient"]

_PASSING = frozenset({408, 429})
"""The only 4xx that may go away by themselves."""


class PerLoopClient(openai.DefaultAsyncHttpxClient):
    """An HTTP client that may be used from one event loop after another.

    A kept connection belongs to the loop it was opened in, and fails in any other: a program that
    calls `asyncio.run` twice would find its second question answered by "Event loop is closed".
    So each loop has a client of its own, closed together with the loop.
    """

    def __init__(self, **options: Any) -> None:
        """Take the options of `httpx.AsyncClient`."""
        super().__init__(**options)
        self._options = options
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401  # httpx or httpx2
        """Send a request over a connection of the running loop."""
        return await (await self._client()).send(request, **options)

    async def _client(self) -> Any:  # noqa: ANN401
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            hooks = {"response": [_forbid_needless_retries]}
            client = openai.DefaultAsyncHttpxClient(**self._options, event_hooks=hooks)
            self._clients[loop] = client
            ending = _closed_at_the_end(client)
            await anext(ending)
            finalize(self, _end_soon, loop, ending).atexit = False
        return client


async def _closed_at_the_end(client: Any) -> AsyncGenerator[None, None]:  # noqa: ANN401
    """Waits to be closed: an event loop that ends in order closes its asynchronous generators."""
    try:
        yield
    finally:
        await client.aclose()


def _end_soon(loop: asyncio.AbstractEventLoop, ending: AsyncGenerator[None, None]) -> None:
    """Close the connections of a client that nobody uses any more, in the loop they belong to."""

    async def end() -> None:
        await ending.aclose()

    if loop.is_running():
        asyncio.run_coroutine_threadsafe(end(), loop)


async def _forbid_needless_retries(response: Any) -> None:  # noqa: ANN401
    """Tell the SDK, in the header it obeys, that another 4xx would come back the same."""
    if 400 <= response.status_code < 500 and response.status_code not in _PASSING:
        response.headers["x-should-retry"] = "false"
