"""The sides of the comparison, each of which runs episodes its own way."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["SIDES", "Options", "Side", "side_of"]

SIDES = {
    "peer": "ERGO's own loop",
    "png": "bare loop, PNG",
    "jpeg": "bare loop, JPEG 75",
    "ours": "ours",
    "alone": "server alone",
}
"""What tables call them, by their names here."""


class Options(NamedTuple):
    """What a side is told."""

    side: str
    base_url: str
    model: str
    view_budget: int
    concurrency: int
    words: Sequence[str]
    """`Words` of `benchmarks.served.replies`: the peer's loop does without this library."""


class Side:
    """Runs episodes, so many at once."""

    def __init__(self, episode: Callable[[Path], Awaitable[int]], *, concurrency: int) -> None:
        """Say how one episode is run.

        Args:
            episode: Takes the path of an image; returns the vision tokens of all views.
            concurrency: Most episodes at once.
        """
        self._episode = episode
        self._gate = asyncio.Semaphore(concurrency)
        self.sent = 0
        """Bytes of all bodies so far."""

    async def prepare(self, paths: Sequence[Path]) -> None:
        """What is done before the clock starts: nothing."""

    async def run(self, paths: Sequence[Path]) -> int:
        """An episode about each image; returns the vision tokens of all."""
        return sum(await asyncio.gather(*map(self._gated, paths)))

    async def _gated(self, path: Path) -> int:
        async with self._gate:
            return await self._episode(path)

    def watch(self, client: Any) -> None:  # noqa: ANN401  # httpx or httpx2
        """Count what an HTTP client sends."""
        send = client.send

        async def counted(request: Any, **options: Any) -> Any:  # noqa: ANN401
            self.sent += len(request.content)
            return await send(request, **options)

        client.send = counted


def side_of(options: Options) -> Side:
    """The side of that name; it imports what it needs and no more."""
    if options.side == "alone":
        from benchmarks.served.alone import ServerAlone  # noqa: PLC0415

        return ServerAlone(options)
    return {"ours": _ours, "peer": _peer}.get(options.side, _bare)(options)


def _ours(options: Options) -> Side:
    from benchmarks.served.ours import our_client, our_episode, our_policy  # noqa: PLC0415

    policy = our_policy(options.base_url, options.model)

    async def episode(path: Path) -> int:
        return await our_episode(policy, path, options.view_budget)

    side = Side(episode, concurrency=options.concurrency)
    side.watch(our_client(policy))
    return side


def _bare(options: Options) -> Side:
    from benchmarks.served.bare import Bare, bare_episode  # noqa: PLC0415
    from benchmarks.served.replies import FixedReplies  # noqa: PLC0415
    from ergo_agent.episode.settings import VisionSettings  # noqa: PLC0415

    http, client = _openai(options)
    settings = VisionSettings(view_budget=options.view_budget)
    bare = Bare(client, options.model, FixedReplies(), settings, options.side.upper())

    async def episode(path: Path) -> int:
        return await bare_episode(bare, path)

    side = Side(episode, concurrency=options.concurrency)
    side.watch(http)
    return side


def _peer(options: Options) -> Side:
    from benchmarks.served.peer import Peer, peer_episode  # noqa: PLC0415

    http, client = _openai(options)
    peer = Peer(client, options.model, options.view_budget, *options.words)

    async def episode(path: Path) -> int:
        return await peer_episode(peer, path)

    side = Side(episode, concurrency=options.concurrency)
    side.watch(http)
    return side


def _openai(options: Options) -> tuple[Any, Any]:
    """An HTTP client, and the SDK's client on top of it."""
    import openai  # noqa: PLC0415

    http = openai.DefaultAsyncHttpxClient(timeout=300)
    return http, openai.AsyncOpenAI(base_url=options.base_url, api_key="none", http_client=http)
