"""Peak memory of many episodes at once on one large image, besides the server.

Run `python -m benchmarks.served_memory --base-url http://127.0.0.1:8000/v1` against the server of
`benchmarks.served`. The image is 7680x4320 pixels (33 megapixels), PNG and then JPEG, drawn in a
process of its own; each format is measured in a fresh process from start to end, libraries
included.
"""

import argparse
import asyncio
import resource
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from benchmarks.served import SIZE_8K, FixedReplies, draw_images
from ergo_agent import aask
from ergo_agent.policies.served import create_served_policy

_T = TypeVar("_T")


async def ask_at_once(path: Path, options: argparse.Namespace) -> None:
    """Ask different questions about one image, all at the same time."""
    policy = create_served_policy(
        base_url=options.base_url, model=options.model, dialect=FixedReplies(), server="vllm"
    )
    asked = (
        aask(path, f"question {number}", policy=policy, view_budget=options.view_budget)
        for number in range(options.episodes)
    )
    answers = await asyncio.gather(*asked)
    assert all(len(answer.turns) == 2 for answer in answers)


def peak_megabytes(path: Path, options: argparse.Namespace) -> float:
    """Run the episodes in this process and return its peak resident memory."""
    asyncio.run(ask_at_once(path, options))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_fresh_process(function: Callable[..., _T], *arguments: object) -> _T:
    """Call a function in a process that has done nothing else."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        return executor.submit(function, *arguments).result()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.served_memory", description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", default="ergo")
    parser.add_argument("--episodes", type=int, default=16)
    parser.add_argument("--view-budget", type=int, default=640)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("png", "jpg"):
            path = Path(folder) / f"page.{suffix}"
            in_fresh_process(draw_images, [path], SIZE_8K)
            peak = in_fresh_process(peak_megabytes, path, options)
            size = path.stat().st_size / 1e6
            print(f"{options.episodes} at once, {suffix} of {size:.0f} MB: peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
