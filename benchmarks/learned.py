"""The headline with a policy that learnt where to look: nano against a twin that reads whole pages.

Run `python -m benchmarks.learned` (part of `make headline`). Both are asked about the same scenes
of every family that they were taught, in turns, each by a real vLLM server on this machine: nano
zooms once with views of 64 vision tokens; its twin, of the same size, which went on from the same
start for as long (`python -m scripts.nano one_pass`), is shown the page whole, in 1,024, and
answers at once. No scene served training or a choice.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.page import measured_on, percent, write_section
from ergo_agent.ask import ask
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.evaluation.statistics.intervals import Estimate, mean, wilson
from ergo_agent.evaluation.statistics.paired import paired_difference
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local.defaults import NANO, located
from ergo_agent.policies.served import create_served_policy
from ergo_agent.training.scenes import FAMILIES, Scene, make_scene
from scripts.nano.asked import SETTINGS, WHOLE
from tests.support.serving import served

__all__ = ["Asked", "learned_section"]

SEED = 5
"""Of scenes that served no training and no choice."""

_WARM_UP = 3
_HEAD = (
    "| family | scenes | nano: right | wrong, and said as if right | one pass: right | wrong, and "
    "said as if right | vision tokens | seconds | times faster |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


class Asked(NamedTuple):
    """One scene, asked about in one way."""

    family: str
    right: bool
    answered: bool
    """Whether it was not "not found"."""

    tokens: int
    """Vision tokens of all views."""

    seconds: float


class _Way(NamedTuple):
    policy: Policy
    settings: VisionSettings


def main() -> int:
    """Ask both about every scene, and print the table."""
    options = _options()
    if not (options.one_pass / "config.json").exists():
        raise SystemExit(
            f"{options.one_pass} holds no checkpoint; make it: python -m scripts.nano one_pass"
        )
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="ergo-agent-")))
        ways: list[_Way] = []
        for checkpoint, settings in ((options.nano, SETTINGS), (options.one_pass, WHOLE)):
            limits = ("--budget", str(settings.view_budget), "--max-zooms", str(settings.max_zooms))
            log = folder / f"{len(ways)}.log"
            opened = served(checkpoint, log, options=limits, python=options.server_python)
            server = servers.enter_context(opened)
            policy = create_served_policy(
                base_url=server.base_url, model=server.model, dialect="ergo"
            )
            ways.append(_Way(policy, settings))
        zoomed, whole = _asked(ways, count=options.count)
    section = learned_section(zoomed, whole)
    print(section)
    if options.write:
        write_section("learned", f"{measured_on()}, vLLM on the same cores.\n\n{section}")
    return 0


def learned_section(zoomed: Sequence[Asked], whole: Sequence[Asked]) -> str:
    """The table by family and over all, and how the two differ scene by scene, in Markdown.

    Args:
        zoomed: What nano said.
        whole: What its twin said of the same scenes, in the same order.
    """
    pairs = list(zip(zoomed, whole, strict=True))
    rows = [
        _row(f"`{family}`", [pair for pair in pairs if pair[0].family == family])
        for family in dict.fromkeys(one.family for one in zoomed)
    ]
    gap = paired_difference(
        [one.right for one in whole],
        [one.right for one in zoomed],
        [str(at) for at in range(len(pairs))],
    )
    told = f"nano is right {_points(gap)} more often than its twin, scene by scene." if gap else ""
    return "\n".join([_HEAD, *rows, _row("all", pairs), "", told])


def _row(name: str, pairs: Sequence[tuple[Asked, Asked]]) -> str:
    zoomed, whole = zip(*pairs, strict=True)
    tokens = sum(one.tokens for one in zoomed) / sum(one.tokens for one in whole)
    times = mean([b.seconds / a.seconds for a, b in pairs], [str(at) for at in range(len(pairs))])
    seconds = " against ".join(
        f"{median(one.seconds for one in each):.2f}" for each in (zoomed, whole)
    )
    shown = f"{times.value:.1f} ({times.low:.1f} to {times.high:.1f})" if times else ""
    cells = [name, str(len(pairs)), *_accuracy(zoomed), *_accuracy(whole)]
    return f"| {' | '.join([*cells, f'{tokens:.1%}', seconds, shown])} |"


def _accuracy(asked: Sequence[Asked]) -> tuple[str, str]:
    right = wilson(sum(one.right for one in asked), len(asked))
    wrong = wilson(sum(one.answered and not one.right for one in asked), len(asked))
    return percent(right), percent(wrong)


def _points(gap: Estimate) -> str:
    return f"{100 * gap.value:.1f} ({100 * gap.low:.1f} to {100 * gap.high:.1f}) points"


def _asked(ways: Sequence[_Way], *, count: int) -> list[list[Asked]]:
    """What each way says of each scene, the order of the two being drawn anew each time."""
    order = random.Random(SEED)  # noqa: S311  # no secret
    scenes = [
        make_scene(SEED, number, family=family) for number in range(count) for family in FAMILIES
    ]
    said: list[list[Asked]] = [[] for _ in ways]
    for at, scene in enumerate([*scenes[:_WARM_UP], *scenes]):
        for way in order.sample(range(len(ways)), len(ways)):
            one = _ask(ways[way], scene)
            if at >= _WARM_UP:
                said[way].append(one)
        if at % 50 == 0:
            print(f"{at} of {len(scenes)}", file=sys.stderr, flush=True)
    return said


def _ask(way: _Way, scene: Scene) -> Asked:
    page = scene.image()
    began = time.perf_counter()
    answer = ask(page, scene.question, policy=way.policy, **way.settings.model_dump())
    seconds = time.perf_counter() - began
    right = answer.answer in scene.answers if scene.answers else answer.answer is None
    return Asked(
        scene.family, right, answer.answer is not None, answer.ledger.spent, round(seconds, 4)
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.learned", description=__doc__)
    parser.add_argument("--nano", type=Path, default=Path(located(NANO)), help="what zooms")
    parser.add_argument("--one-pass", type=Path, default=Path("build/nano/one_pass/final"))
    parser.add_argument("--count", type=int, default=100, help="scenes of each family")
    parser.add_argument("--server-python", default=sys.executable, help="has vLLM installed")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
