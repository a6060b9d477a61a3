"""Peak memory of many episodes at once, each on a large image of its own.

Run `python -m benchmarks.served_memory`, on Linux: a model that answers at once stands for the
server, so all images come at the same time; `--base-url http://127.0.0.1:8000/v1` asks the server
of `benchmarks.served` instead. The images are 7680x4320 pixels (33 megapixels), PNGs of 37 MB and
then JPEGs, no two alike, drawn in a process of their own; `--by bytes` gives their bytes instead of
their paths, which this process then holds as well. Each format is measured in a fresh process from
start to end, libraries included: the peak is what the kernel counted for it (`VmHWM`). The exit
status is 1 where it reaches the limit.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from benchmarks.memory import peak_memory
from benchmarks.served import SIZE_8K, FixedReplies, draw_images
from ergo_agent import aask
from ergo_agent.policies.base import Policy
from ergo_agent.policies.served import create_served_policy

LIMIT = 1_000_000_000
"""Bytes."""


class AtOnce(BaseChatModel):
    """Zooms, and then answers, without taking any time."""

    @property
    def _llm_type(self) -> str:
        return "at-once"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        asked = any(isinstance(message, AIMessage) for message in messages)
        reply = "<answer>nothing</answer>" if asked else "<zoom>[240, 180, 440, 330]</zoom>"
        return ChatResult(generations=[ChatGeneration(message=AIMessage(reply))])


def chosen_policy(options: argparse.Namespace) -> Policy:
    """The server's, if there is one."""
    if options.base_url is None:
        return Policy(AtOnce(), FixedReplies())
    return create_served_policy(
        base_url=options.base_url, model=options.model, dialect=FixedReplies(), server="vllm"
    )


async def ask_at_once(paths: list[Path], options: argparse.Namespace) -> None:
    """Ask about all images at the same time."""
    policy = chosen_policy(options)
    images = [path.read_bytes() if options.by == "bytes" else path for path in paths]
    asked = (aask(each, "q", policy=policy, view_budget=options.view_budget) for each in images)
    answers = await asyncio.gather(*asked)
    assert all(len(answer.turns) == 2 for answer in answers), answers


def measure(paths: list[Path], options: argparse.Namespace) -> None:
    """Ask in this process, and print what it took."""
    asyncio.run(ask_at_once(paths, options))
    megabytes = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
    peak, cpu = peak_memory(), time.process_time()
    print(
        f"{len(paths)} at once, each a {paths[0].suffix[1:]} of {megabytes:.0f} MB: "
        f"peak {peak / 1e6:.0f} MB, {cpu / len(paths):.2f} s of CPU an episode"
    )
    sys.exit(peak >= LIMIT)


def main() -> int:
    """Measure each format in a fresh process."""
    parser = argparse.ArgumentParser(prog="benchmarks.served_memory", description=__doc__)
    parser.add_argument("--base-url", help="of a server; a model that answers at once without it")
    parser.add_argument("--model", default="ergo")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--view-budget", type=int, default=640)
    parser.add_argument("--by", choices=["path", "bytes"], default="path")
    parser.add_argument("--draw", choices=["png", "jpg"], help="only draw the images")
    parser.add_argument("--folder", type=Path, help="only ask about the images in this folder")
    options = parser.parse_args()
    if options.draw:
        names = (f"{number}.{options.draw}" for number in range(options.episodes))
        draw_images([options.folder / name for name in names], SIZE_8K)
        return 0
    if options.folder:
        measure(sorted(options.folder.iterdir()), options)
    statuses = []
    again = [sys.executable, "-m", "benchmarks.served_memory", *sys.argv[1:], "--folder"]
    for kind in ("png", "jpg"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([*again, folder, "--draw", kind], check=True)
            statuses.append(subprocess.run([*again, folder], check=False).returncode)
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
