"""The paper's comparison with a learnt policy: nano, and its twin that looks once at all of it.

Run `python -m benchmarks.headline.learned --server-python PYTHON` (`make headline-learned` makes
that environment). Both are of the same size and from the same start, and stand behind vLLM on this
machine at the same time; each scene is put to one after the other. The scenes serve nothing else.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.page import measured_on, write_section
from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.evaluation.statistics.intervals import Estimate, mean, middle
from ergo_agent.evaluation.statistics.paired import paired_difference
from ergo_agent.graphs import VisionGraph, create_vision_graph
from ergo_agent.policies.local.defaults import NANO
from ergo_agent.policies.served import create_served_policy
from ergo_agent.training.scenes import FAMILIES, Scene, scenes
from tests.support.serving import served

__all__ = ["main"]

_SEED = 5
"""Of the scenes; those of training and of exams have 1 to 4."""

_ZOOMS = VisionSettings(view_budget=64, min_region=224, margin=0.0, max_zooms=1, max_regions=1)
_WHOLE = VisionSettings(view_budget=1024, max_zooms=0)
_HEAD = "| | right | wrong, and said as if right | vision tokens | seconds |\n|---|---|---|---|---|"


class _Asked(NamedTuple):
    right: float
    wrong: float
    """Answered, and not right."""

    tokens: int
    seconds: float


def main() -> int:
    """Ask both about every scene, and print the table."""
    options = _options()
    drawn = list(islice(scenes(_SEED, families=FAMILIES), options.count + len(FAMILIES)))
    found: dict[str, list[_Asked]] = {}
    with ExitStack() as stack:
        sides = {
            "one full-resolution pass": _served(stack, options.whole, _WHOLE, options),
            "nano": _served(stack, Path(NANO), _ZOOMS, options),
        }
        for number, scene in enumerate(drawn):
            for name, side in sides.items():
                asked = _ask(side, scene)
                if number >= len(FAMILIES):  # the first ones warm both up
                    found.setdefault(name, []).append(asked)
    section = _section(found, [scene.family for scene in drawn[len(FAMILIES) :]])
    print(section)
    if options.write:
        write_section("learned", f"{measured_on()}, one question at a time.\n\n{section}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.headline.learned", description=__doc__)
    parser.add_argument("--whole", type=Path, default=Path("build/nano/one_pass/final"))
    parser.add_argument("--server-python", default=sys.executable, help="has vLLM installed")
    parser.add_argument("--count", type=int, default=400, help="scenes, the families in turn")
    parser.add_argument("--write", action="store_true", help="put it into docs/performance.md")
    return parser.parse_args()


def _served(
    stack: ExitStack, checkpoint: Path, settings: VisionSettings, options: argparse.Namespace
) -> VisionGraph:
    """A checkpoint behind a server of its own, and the graph that asks it."""
    log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server.log"
    limits = ("--budget", str(settings.view_budget), "--max-zooms", str(settings.max_zooms))
    server = stack.enter_context(
        served(checkpoint, log, options=limits, python=options.server_python)
    )
    policy = create_served_policy(base_url=server.base_url, model=server.model, dialect="ergo")
    return create_vision_graph(policy=policy, settings=settings)


def _ask(graph: VisionGraph, scene: Scene) -> _Asked:
    image = scene.image()
    started = time.perf_counter()
    output = asyncio.run(graph.ainvoke({"image": image, "question": scene.question}))
    seconds = time.perf_counter() - started
    answer = VisionAnswer.model_validate(output["result"])
    right = (answer.answer,) == (scene.answers or (None,))
    wrong = answer.answer is not None and not right
    return _Asked(float(right), float(wrong), answer.ledger.spent, seconds)


def _section(found: dict[str, list[_Asked]], families: Sequence[str]) -> str:
    pages = [str(number) for number in range(len(families))]
    whole, nano = found.values()
    rows = [_row(name, asked, pages) for name, asked in found.items()]
    by_family = [_by_family(family, found, families) for family in FAMILIES]
    return "\n".join(
        [
            f"{len(pages)} scenes, {', '.join(FAMILIES)} in turn.",
            "",
            _HEAD,
            *rows,
            "",
            _compared(whole, nano, pages),
            "",
            f"| right, by family | {' | '.join(found)} |",
            "|---|---|---|",
            *by_family,
        ]
    )


def _row(name: str, asked: Sequence[_Asked], pages: Sequence[str]) -> str:
    cells = (
        name,
        _percent(mean([one.right for one in asked], pages)),
        _percent(mean([one.wrong for one in asked], pages)),
        f"{median(one.tokens for one in asked):,.0f}",
        f"{median(one.seconds for one in asked):.2f}",
    )
    return f"| {' | '.join(cells)} |"


def _compared(whole: Sequence[_Asked], nano: Sequence[_Asked], pages: Sequence[str]) -> str:
    both = list(zip(whole, nano, strict=True))
    gap = paired_difference([a.right for a in whole], [b.right for b in nano], pages)
    faster = middle([a.seconds / b.seconds for a, b in both], pages)
    share = middle([b.tokens / a.tokens for a, b in both], pages)
    assert gap is not None
    assert faster is not None
    return (
        f"nano: {gap.value:+.0%} right ({gap.low:+.0%} to {gap.high:+.0%}), {_percent(share)} of "
        f"the vision tokens, {faster.value:.1f} times faster ({faster.low:.1f} to "
        f"{faster.high:.1f})."
    )


def _by_family(family: str, found: dict[str, list[_Asked]], families: Sequence[str]) -> str:
    chosen = [number for number, each in enumerate(families) if each == family]
    rights = ([asked[number].right for number in chosen] for asked in found.values())
    shown = [_percent(mean(right, [str(number) for number in chosen])) for right in rights]
    return f"| {family} | {' | '.join(shown)} |"


def _percent(found: Estimate | None) -> str:
    return "-" if found is None else f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"


if __name__ == "__main__":
    sys.exit(main())
