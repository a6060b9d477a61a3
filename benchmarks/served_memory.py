"""Peak memory of many episodes at once, each on a large image of its own.

Run `python -m benchmarks.served_memory`, on Linux: a model that answers at once stands for the
server, so all images come at the same time; `--base-url http://127.0.0.1:8000/v1` asks a server
instead. The images are 7680x4320 pixels (33 megapixels), PNGs and then JPEGs, no two of them alike
in any part, made in a process of their own; `--by bytes` gives their bytes instead of their paths,
which the process that asks then holds as well. Each round is measured in a fresh process from start
to end, libraries included: the peak is what the kernel counted for it (`VmHWM`). `--write` puts the
table into `docs/performance.md`. The exit status is 1 where a peak reaches the limit.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from benchmarks.memory import peak_memory
from benchmarks.page import measured_on, spread, write_section
from benchmarks.served.images import FreshImages
from benchmarks.served.replies import ANSWER, ZOOM, FixedReplies
from ergo_agent import aask
from ergo_agent.policies.base import Policy

LIMIT = 1_000_000_000
"""Bytes."""
KINDS = {"photo33png": "PNG", "photo33": "JPEG"}


class Took(NamedTuple):
    """What all episodes of a process took."""

    peak: int
    processor: float
    image_bytes: int
    """Of all images."""


class AtOnce(BaseChatModel):
    """Zooms, and then answers, without taking any time."""

    @property
    def _llm_type(self) -> str:
        return "at-once"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        asked = any(isinstance(message, AIMessage) for message in messages)
        message = AIMessage(ANSWER if asked else ZOOM)
        return ChatResult(generations=[ChatGeneration(message=message)])


def main() -> int:
    """Measure each format, each round in a fresh process."""
    options = _options()
    if options.draw:
        FreshImages(options.draw).write(options.folder, options.episodes)
        return 0
    if options.folder:
        print(json.dumps(_measured(sorted(options.folder.iterdir()), options)))
        return 0
    found = {kind: [_round(kind) for _ in range(options.rounds)] for kind in KINDS}
    table = _table(found, options.episodes)
    print(table)
    if options.write:
        write_section("served-memory", f"{measured_on()}.\n\n{table}")
    return int(max(each.peak for rounds in found.values() for each in rounds) >= LIMIT)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.served_memory", description=__doc__)
    parser.add_argument("--base-url", help="of a server; a model that answers at once without it")
    parser.add_argument("--model", default="ergo")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many is printed")
    parser.add_argument("--view-budget", type=int, default=640)
    parser.add_argument("--by", choices=["path", "bytes"], default="path")
    parser.add_argument("--draw", choices=KINDS, help="only draw the images")
    parser.add_argument("--folder", type=Path, help="only ask about the images in this folder")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    return parser.parse_args()


def _round(kind: str) -> Took:
    """Draw images and ask about them, each in a process of its own."""
    again = [sys.executable, "-m", "benchmarks.served_memory", *sys.argv[1:], "--folder"]
    with tempfile.TemporaryDirectory(prefix="ergo-agent-memory-") as folder:
        subprocess.run([*again, folder, "--draw", kind], check=True)
        asked = subprocess.run([*again, folder], stdout=subprocess.PIPE, check=True)
    return Took(*json.loads(asked.stdout))


def _measured(paths: list[Path], options: argparse.Namespace) -> Took:
    """Ask in this process."""
    asyncio.run(_ask_at_once(paths, options))
    size = sum(path.stat().st_size for path in paths)
    return Took(peak_memory(), time.process_time(), size)


async def _ask_at_once(paths: list[Path], options: argparse.Namespace) -> None:
    """Ask about all images at the same time."""
    policy = _chosen_policy(options)
    images = [path.read_bytes() if options.by == "bytes" else path for path in paths]
    asked = (aask(each, "q", policy=policy, view_budget=options.view_budget) for each in images)
    answers = await asyncio.gather(*asked)
    assert all(len(answer.turns) == 2 for answer in answers), answers
    assert len({answer.image.digest for answer in answers}) == len(paths), "an image came twice"


def _chosen_policy(options: argparse.Namespace) -> Policy:
    """The server's, if there is one."""
    if options.base_url is None:
        return Policy(AtOnce(), FixedReplies())
    from benchmarks.served.ours import our_policy  # noqa: PLC0415

    return our_policy(options.base_url, options.model)


def _table(found: dict[str, list[Took]], episodes: int) -> str:
    lines = ["| images | peak memory, MB | CPU an episode, s |", "|---|---|---|"]
    for kind, rounds in found.items():
        size = median(each.image_bytes for each in rounds) / episodes / 1e6
        peak = spread([each.peak / 1e6 for each in rounds], ",.0f")
        processor = spread([each.processor / episodes for each in rounds], ".2f")
        lines.append(f"| {episodes} {KINDS[kind]}s of {size:.0f} MB | {peak} | {processor} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
