"""The server alone: the requests of our episodes, made beforehand and replayed as bytes."""

import asyncio
import http.client
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.served.ours import Request, our_requests
from benchmarks.served.replies import ANSWER, ZOOM
from benchmarks.served.sides import Options, Side

__all__ = ["ServerAlone"]


class ServerAlone(Side):
    """Sends what was made before the clock started, over a connection for each episode.

    Plain blocking sockets, as they take the least of the processor, which the server shares. None
    is kept: while other sides are measured, the server closes what is idle for five seconds.
    """

    def __init__(self, options: Options) -> None:
        """Connect nothing yet."""
        super().__init__(self._replay, concurrency=options.concurrency)
        self._options = options
        self._made: dict[Path, list[Request]] = {}
        self._threads = ThreadPoolExecutor(options.concurrency)

    async def prepare(self, paths: Sequence[Path]) -> None:
        """Make the requests."""
        told = self._options
        self._made = {
            path: await our_requests(
                path, base_url=told.base_url, model=told.model, view_budget=told.view_budget
            )
            for path in paths
        }

    async def _replay(self, path: Path) -> int:
        requests = self._made[path]
        self.sent += sum(len(request.body) for request in requests)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._in_turn, requests)

    def _in_turn(self, requests: Sequence[Request]) -> int:
        where = urlsplit(self._options.base_url).netloc
        with closing(http.client.HTTPConnection(where, timeout=300)) as connection:
            replies = [_sent(request, connection) for request in requests]
        assert [reply for reply, _ in replies] == [ZOOM, ANSWER], replies
        return replies[-1][1]


def _sent(request: Request, connection: http.client.HTTPConnection) -> tuple[str, int]:
    """The text of a reply, and the vision tokens of its prompt."""
    connection.request("POST", request.path, request.body, request.headers)
    response = connection.getresponse()
    body = json.loads(response.read())
    assert response.status == 200, body
    details = body["usage"]["prompt_tokens_details"]
    return body["choices"][0]["message"]["content"], details["multimodal_tokens"]["image"]
