"""HTTP connections of the served policy: one pool for each event loop, and one rule of retrying.

The `openai` SDK retries by itself: lost connections, timeouts and 408, 409, 429 and 5xx replies,
with exponential backoff and jitter (0.5 s doubling to 8 s), and it waits as long as `Retry-After`
says, up to two minutes. What it lacks, and where that is mended:

- it also retries 409, and any 4xx whose reply carries `x-should-retry: true`: mended here;
- it has no limit on the whole of a reply, only on the silence within it: `BodyMeter` and
  `ChatServed` set one;
- it follows redirects to any host, and unpacks any number of bytes: mended here;
- it knows of no deadline: the graph cancels the call at the episode's.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from functools import cache
from ssl import SSLContext
from typing import Any
from weakref import WeakKeyDictionary, finalize

import openai

from ergo_agent.images import bare_url
from ergo_agent.policies.bodies import ACCEPTED, BodyMeter, check_redirect

__all__ = ["BlockingClient", "PerLoopClient"]

_PASSING = frozenset({408, 429})
"""The only 4xx that may go away by themselves."""

_REDIRECTS = 3
"""Within one server, as for images."""

_http: Any = sys.modules[openai.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0]]
"""httpx or httpx2, whichever the SDK uses."""


class BlockingClient(openai.DefaultHttpxClient):
    """An HTTP client that takes from a server no more than it should."""

    def __init__(self, *, patience: float | None, **options: Any) -> None:
        """Take the options of `httpx.Client`.

        Args:
            patience: Seconds that one body may take.
            **options: The others.
        """

        def check(response: Any) -> None:  # noqa: ANN401
            _check(response, patience)

        super().__init__(
            **options,
            verify=_certificates(),
            max_redirects=_REDIRECTS,
            event_hooks={"response": [check]},
        )
        self.headers["accept-encoding"] = ACCEPTED

    def __del__(self) -> None:
        """Close the connections of a client that nobody uses any more, as the SDK's own does."""
        with contextlib.suppress(Exception):
            self.close()


class PerLoopClient(openai.DefaultAsyncHttpxClient):
    """An HTTP client that may be used from one event loop after another.

    A kept connection belongs to the loop it was opened in, and fails in any other: a program that
    calls `asyncio.run` twice would find its second question answered by "Event loop is closed".
    So each loop has a client of its own, closed together with the loop.
    """

    def __init__(self, *, patience: float | None, **options: Any) -> None:
        """Take the options of `httpx.AsyncClient`; see `BlockingClient`."""
        options |= {"max_redirects": _REDIRECTS, "verify": _certificates()}
        super().__init__(**options)
        self.headers["accept-encoding"] = ACCEPTED
        self._patience = patience
        self._options = options
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()

    async def send(self, request: Any, **options: Any) -> Any:  # noqa: ANN401  # httpx or httpx2
        """Send a request over a connection of the running loop."""
        return await (await self._client()).send(request, **options)

    async def _client(self) -> Any:  # noqa: ANN401
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = openai.DefaultAsyncHttpxClient(
                **self._options, event_hooks={"response": [self._check]}
            )
            self._clients[loop] = client
            ending = _closed_at_the_end(client)
            await anext(ending)
            finalize(self, _end_soon, loop, ending).atexit = False
        return client

    async def _check(self, response: Any) -> None:  # noqa: ANN401
        _check(response, self._patience)


@cache
def _certificates() -> SSLContext:
    """Whom to trust; read once, which takes 30 ms: a policy has a client for each event loop."""
    context: SSLContext = _http.create_ssl_context()
    return context


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


class _Metered(_http.SyncByteStream, _http.AsyncByteStream):  # type: ignore[misc]
    """A body that is counted and unpacked while it is read."""

    def __init__(self, body: Any, meter: BodyMeter) -> None:  # noqa: ANN401
        self._body = body
        self._meter = meter

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            yield from self._meter.parts(chunk)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._body:
            for part in self._meter.parts(chunk):
                yield part

    def close(self) -> None:
        self._body.close()

    async def aclose(self) -> None:
        await self._body.aclose()


def _check(response: Any, patience: float | None) -> None:  # noqa: ANN401  # httpx or httpx2
    """Look at a response before its body is read or a redirect of it is followed.

    Raises:
        PolicyRequestError: If it leads to another host.
        PolicyReplyError: If its body is packed in a way that was not asked for.
    """
    if response.has_redirect_location:
        check_redirect(str(response.request.url), response.headers["location"])
    if 400 <= response.status_code < 500 and response.status_code not in _PASSING:
        # the header that the SDK obeys: another 4xx would come back the same
        response.headers["x-should-retry"] = "false"
    where = f"the server at {bare_url(str(response.request.url))}"
    encoding = response.headers.pop("content-encoding", "")
    meter = BodyMeter(where, encoding=encoding, seconds=patience)
    response.stream = _Metered(response.stream, meter)
