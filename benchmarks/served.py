"""Episodes a second through the graph and through a bare loop that makes the same two calls.

Run `python -m benchmarks.served --base-url http://127.0.0.1:8000/v1` against vLLM with any
Qwen2.5-VL checkpoint, best started with `--middleware benchmarks.server_time.ServerTime`. Replies
are fixed by structured output (a zoom, then an answer), so that both sides have the same work done,
and every episode has an image of its own that nobody has seen before.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import openai
from PIL import Image, ImageDraw

from benchmarks.bare_loop import Bare, bare_episode
from benchmarks.server_time import HEADER
from ergo_agent import aask
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.policies.served import create_served_policy
from ergo_agent.views.view import View

SIZE = (4000, 3000)
"""Of every image, in pixels: 12 megapixels, as a camera or a scanner makes them."""

SIZE_8K = (7680, 4320)
"""For `benchmarks.served_memory`: 33 megapixels."""

QUESTION = "What is written in the corner?"
_ZOOM = r"<think>there</think><zoom>\[240, 180, 440, 330\]</zoom>"
_ANSWER = r"<think>read</think><answer>nothing</answer>"


class FixedReplies(ErgoDialect):
    """ERGO's dialect with one reply for each stage."""

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> str:  # noqa: ARG002
        """The only reply that the server may give."""
        return _ZOOM if stage == "observe" else _ANSWER


@dataclass
class Episode:
    """What one episode cost."""

    seconds: float = 0.0
    server: float = 0.0
    """Seconds inside the server, of all its requests."""

    sent: int = 0
    """Bytes of all its requests."""


@dataclass(frozen=True)
class Run:
    """Some episodes at one concurrency."""

    rate: float
    """Episodes a second."""

    outside: float
    """Seconds of an episode that were not spent in the server, median."""

    cpu: float
    """Seconds of CPU of an episode on our side; unlike the others it does not depend on what else
    the machine does."""

    sent: float
    """Megabytes sent, median."""


_current: ContextVar[Episode] = ContextVar("_current")


def watch(client: Any) -> None:  # noqa: ANN401  # httpx or httpx2
    """Count what an HTTP client sends for the current episode."""
    send = client.send

    async def counted(request: Any, **options: Any) -> Any:  # noqa: ANN401
        episode = _current.get(None)
        started = time.perf_counter()
        response = await send(request, **options)
        if episode is not None:
            told = response.headers.get(HEADER)
            episode.server += float(told) if told else time.perf_counter() - started
            episode.sent += len(request.content)
        return response

    client.send = counted


def draw_images(paths: Sequence[Path], size: tuple[int, int]) -> None:
    """Pictures of noise and gradients, no two alike, as costly to decode as photographs."""
    noise = Image.effect_noise((size[0] // 4, size[1] // 4), 60).resize(size)
    page = Image.merge("RGB", (noise, Image.linear_gradient("L").resize(size), noise))
    for path in paths:
        drawn = page.copy()
        ImageDraw.Draw(drawn).text((900, 700), path.as_posix() * 2, fill="black", font_size=60)
        drawn.save(path, quality=90, compress_level=1)


@contextmanager
def images(count: int) -> Iterator[list[Path]]:
    """So many JPEG files, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.jpg" for number in range(count)]
        draw_images(paths, SIZE)
        yield paths


async def measured(episodes: Sequence[Callable[[], Awaitable[object]]], *, concurrency: int) -> Run:
    """Run episodes, so many at a time."""
    gate = asyncio.Semaphore(concurrency)

    async def one(episode: Callable[[], Awaitable[object]]) -> Episode:
        async with gate:
            done = Episode()
            _current.set(done)
            started = time.perf_counter()
            await episode()
            done.seconds = time.perf_counter() - started
            return done

    started, worked = time.perf_counter(), time.process_time()
    done = await asyncio.gather(*(one(episode) for episode in episodes))
    rate = len(done) / (time.perf_counter() - started)
    cpu = (time.process_time() - worked) / len(done)
    outside = median(episode.seconds - episode.server for episode in done)
    return Run(rate, outside, cpu, median(episode.sent for episode in done) / 1e6)


class Sides:
    """The two ways to run an episode."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Connect both to the server."""
        dialect = FixedReplies()
        self._settings = VisionSettings(view_budget=options.view_budget)
        self._policy = create_served_policy(
            base_url=options.base_url, model=options.model, dialect=dialect, server="vllm"
        )
        watch(self._policy.model.http_async_client)  # type: ignore[attr-defined]
        http = openai.DefaultAsyncHttpxClient(timeout=300)
        watch(http)
        client = openai.AsyncOpenAI(base_url=options.base_url, api_key="none", http_client=http)
        self._bare = Bare(client, options.model, dialect, self._settings, options.bare_format)

    async def graph(self, path: Path) -> None:
        """One episode through the graph."""
        chosen = self._settings.model_dump(exclude_unset=True)
        answer = await aask(path, QUESTION, policy=self._policy, **chosen)
        assert len(answer.turns) == 2, answer.turns

    async def bare(self, path: Path) -> None:
        """One episode through the bare loop."""
        assert "nothing" in await bare_episode(self._bare, path, QUESTION)

    async def run(self, side: str, *, count: int, concurrency: int) -> Run:
        """Some episodes of one side, on images of their own; a few before the clock starts."""
        with images(count + 2) as paths:
            ways = {
                "graph": [lambda path=path: self.graph(path) for path in paths],
                "bare": [lambda path=path: self.bare(path) for path in paths],
            }
            await measured(ways[side][:2], concurrency=1)
            return await measured(ways[side][2:], concurrency=concurrency)


async def compared(options: argparse.Namespace) -> str:
    """Both sides at every concurrency, as a table in Markdown."""
    sides = Sides(options)
    lines = [
        "| at once | episodes/s, bare | graph | ratio | outside the server, bare | graph "
        "| CPU, bare | graph | MB sent, bare | graph |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for concurrency in options.concurrency:
        runs: dict[str, list[Run]] = {"bare": [], "graph": []}
        for round_ in range(options.rounds):
            for side in ("bare", "graph") if round_ % 2 == 0 else ("graph", "bare"):
                runs[side].append(
                    await sides.run(side, count=options.episodes, concurrency=concurrency)
                )
        bare, graph = (_middle(runs[side]) for side in ("bare", "graph"))
        lines.append(
            f"| {concurrency} | {bare.rate:.2f} | {graph.rate:.2f} | {graph.rate / bare.rate:.2f} "
            f"| {bare.outside * 1000:.0f} ms | {graph.outside * 1000:.0f} ms "
            f"| {bare.cpu * 1000:.0f} ms | {graph.cpu * 1000:.0f} ms "
            f"| {bare.sent:.2f} | {graph.sent:.2f} |"
        )
    return "\n".join(lines)


def _middle(runs: Sequence[Run]) -> Run:
    columns = zip(*((run.rate, run.outside, run.cpu, run.sent) for run in runs), strict=True)
    return Run(*(median(column) for column in columns))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.served", description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", default="ergo")
    parser.add_argument("--episodes", type=int, default=32)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many is printed")
    parser.add_argument("--view-budget", type=int, default=640)
    parser.add_argument("--bare-format", choices=["PNG", "JPEG"], default="PNG")
    print(asyncio.run(compared(parser.parse_args())))


if __name__ == "__main__":
    main()
