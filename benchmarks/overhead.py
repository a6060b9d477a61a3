"""What the graph adds to an episode besides image work.

Run `python -m benchmarks.overhead`. A chat model that answers at once is asked twice about an image
whose views are remembered from an episode before, through the graph and by hand; both read the file
and know it by its digest. What the graph takes longer is LangGraph, the tools, the state, the
parsing and the threads. `--write` puts the line into `docs/performance.md`.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import BaseMessage, HumanMessage

from benchmarks.page import measured_on, write_section
from benchmarks.served.images import FreshImages
from ergo_agent import VisionAnswer, aask
from ergo_agent.dialects import ErgoDialect
from ergo_agent.images import digest_of
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy

_MOVES = (
    "<think>there</think><zoom>[240, 180, 440, 330]</zoom>",
    "<think>read</think><answer>nothing</answer>",
)
_QUESTION = "What is written in the corner?"


async def by_graph(path: Path, policy: Policy) -> VisionAnswer:
    """One episode."""
    answer = await aask(path, _QUESTION, policy=policy)
    assert len(answer.turns) == len(_MOVES), answer
    return answer


async def by_hand(path: Path, model: BaseChatModel, urls: list[str]) -> None:
    """The same two calls with the same views, and nothing else."""
    digest_of(await asyncio.to_thread(path.read_bytes))
    messages: list[BaseMessage] = []
    for url in urls:
        image = {"type": "image_url", "image_url": {"url": url}}
        messages.append(HumanMessage([image, {"type": "text", "text": _QUESTION}]))
        messages.append(await model.ainvoke(messages))


class Longer(NamedTuple):
    """Milliseconds that one episode took longer by the graph."""

    clock: float
    processor: float
    """Of all threads; what else a machine does hardly changes it."""


async def longer_by_graph(path: Path, *, episodes: int) -> list[Longer]:
    """What each episode took longer, after two to warm up."""
    model = FakeListChatModel(responses=list(_MOVES))  # over and over again
    policy = Policy(model, ErgoDialect())
    maker, made = ViewMaker(), await by_graph(path, policy)
    urls = [await maker.url(view, made.image.digest) for view in made.views]
    longer = []
    for _ in range(episodes + 2):
        started, before = time.perf_counter(), time.process_time()
        await by_graph(path, policy)
        between, worked = time.perf_counter(), time.process_time()
        await by_hand(path, model, urls)
        clock = 2 * between - started - time.perf_counter()
        processor = 2 * worked - before - time.process_time()
        longer.append(Longer(1000 * clock, 1000 * processor))
    return longer[2:]


def _quartiles(values: Sequence[float]) -> str:
    low, middle, high = quantiles(values, n=4)
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.overhead", description=__doc__)
    parser.add_argument("--episodes", type=int, default=200)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (path,) = FreshImages("photo12").write(Path(folder), 1)
        longer = asyncio.run(longer_by_graph(path, episodes=options.episodes))
    clock, processor = (_quartiles(values) for values in zip(*longer, strict=True))
    line = (
        f"The graph adds to an episode {processor} ms of the processor, and\n"
        f"{clock} ms by the clock: medians of {options.episodes}, with quartiles in brackets."
    )
    print(line)
    if options.write:
        write_section("overhead", f"{measured_on()}.\n{line}")


if __name__ == "__main__":
    main()
