"""What the graph adds to an episode besides image work.

Run `python -m benchmarks.overhead`. A chat model that answers at once is asked twice about an image
whose views are remembered from an episode before, through the graph and by hand; both read the file
and know it by its digest. What the graph takes longer is LangGraph, the tools, the state, the
parsing and the threads.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from langchain_core.language_models import BaseChatModel, FakeListChatModel
from langchain_core.messages import BaseMessage, HumanMessage

from benchmarks.served import SIZE, draw_images
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


async def longer_by_graph(path: Path, *, episodes: int) -> list[float]:
    """Milliseconds that the graph took longer, of each episode after two to warm up."""
    model = FakeListChatModel(responses=list(_MOVES))  # over and over again
    policy = Policy(model, ErgoDialect())
    maker, made = ViewMaker(), await by_graph(path, policy)
    urls = [await maker.url(view, made.image.digest) for view in made.views]
    longer = []
    for _ in range(episodes + 2):
        started = time.perf_counter()
        await by_graph(path, policy)
        between = time.perf_counter()
        await by_hand(path, model, urls)
        longer.append((2 * between - started - time.perf_counter()) * 1000)
    return longer[2:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.overhead", description=__doc__)
    parser.add_argument("--episodes", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.jpg"
        draw_images([path], SIZE)
        longer = asyncio.run(longer_by_graph(path, episodes=options.episodes))
    low, _, high = quantiles(longer, n=4)
    print(
        f"{options.episodes} episodes: the graph adds {median(longer):.1f} ms "
        f"(quartiles {low:.1f} to {high:.1f})"
    )


if __name__ == "__main__":
    main()
