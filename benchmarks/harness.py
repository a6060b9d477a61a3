"""What the harness costs a sample beside the policy: journal, scorer, inspect_ai and its logs.

Run `python -m benchmarks.harness`. The same 1,000 questions are asked of a policy that replies at
once, 64 at a time: by `aask` alone, then through a run with inspect_ai. The difference of the
processor time of both is the harness.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.faults import write_questions
from ergo_agent import aask
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.evaluation import Sample, load_benchmark
from ergo_agent.evaluation.run import RunSettings
from ergo_agent.evaluation.runner import evaluate
from ergo_agent.policies.base import Policy
from tests.support.scripted import scripted

__all__ = ["main"]

_AT_ONCE = 64
_LIMIT = 5.0
"""Milliseconds that the harness may take of a sample."""
_VISION = VisionSettings(view_budget=64, max_zooms=0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print it; 1 where the harness takes more than it may."""
    parser = argparse.ArgumentParser(prog="benchmarks.harness", description=__doc__)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--log-images", action="store_true", help="views in the logs, too")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        data = write_questions(Path(place) / "data", options.samples)
        samples = load_benchmark("jsonl", data)
        asyncio.run(_alone(samples[:_AT_ONCE]))  # loads what is loaded once
        _through(Path(place) / "warm", data, log_images=options.log_images, limit=_AT_ONCE)
        costs = []
        for number in range(options.rounds):
            alone = _timed(lambda: asyncio.run(_alone(samples)))
            folder = Path(place) / str(number)
            whole = _timed(partial(_through, folder, data, log_images=options.log_images))
            costs.append(1000 * (whole - alone) / options.samples)
            print(f"aask alone {1000 * alone / options.samples:.2f} ms, harness {costs[-1]:.2f} ms")
    middle = sorted(costs)[len(costs) // 2]
    print(f"harness: {middle:.2f} ms of processor time a sample at {_AT_ONCE} at once (median)")
    return 0 if middle < _LIMIT else 1


def _timed(work: Callable[[], None]) -> float:
    started = process_time()
    work()
    return process_time() - started


def _policy() -> Policy:
    return scripted("<think>x</think><answer>value</answer>")


async def _alone(samples: Sequence[Sample]) -> None:
    policy, at_once = _policy(), asyncio.Semaphore(_AT_ONCE)

    async def ask(sample: Sample) -> None:
        async with at_once:
            await aask(sample.document, sample.question, policy=policy, **_given())

    await asyncio.gather(*map(ask, samples))


def _given() -> dict[str, Any]:
    return {name: getattr(_VISION, name) for name in _VISION.model_fields_set}


def _through(folder: Path, data: Path, *, log_images: bool, limit: int | None = None) -> None:
    settings = RunSettings(
        benchmark="jsonl",
        data=str(data),
        policy="scripted",
        modes=("auto",),
        vision=_VISION,
        limit=limit,
    )
    evaluate(folder, settings, _policy(), concurrency=_AT_ONCE, log_images=log_images, report=False)


if __name__ == "__main__":
    sys.exit(main())
