"""The paper's comparison with one reader for all of it: is zooming cheaper, and is it zooming?

Run `python -m benchmarks.headline` (`make headline`). The embedded reader is asked about pages in
six ways: one pass at full resolution, the coarse view, one zoom, as it is used, a random crop of
the same size, and the gold's own place. The pages are 308 of the held-out layouts with seeds that
no split has, one question each, and the held-out pages of manuals with all of theirs. What was
asked is kept in `build/headline`, so that a run which was stopped goes on. Nobody looks at single
results of held-out pages: neither a report nor an episode is drawn.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.headline.questions import SEEDS, write_data
from benchmarks.headline.section import headline_section
from benchmarks.page import measured_on, write_section
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.evaluation.journal import read_outcomes
from ergo_agent.evaluation.modes import Mode, checked_modes
from ergo_agent.evaluation.results import Results, results_table
from ergo_agent.evaluation.run import RunSettings
from ergo_agent.policies.ocr import create_ocr_policy

__all__ = ["main"]

_MODES: tuple[Mode, ...] = ("full", "coarse", "ergo", "auto", "random", "oracle")
_LEAST_REAL = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask what was not asked before and print the table; 1 where there are too few real pages."""
    options = _options(arguments)
    data = options.out / "data"
    real = write_data(data, seeds=options.seeds)
    folder = options.out / _name(options)
    results = _asked(options, data, folder)
    print(results_table(results))
    section = headline_section(tuple(read_outcomes(folder / "samples.jsonl")))
    print(f"\n{section}")
    if options.write:
        write_section("headline", f"{measured_on()}, one question at a time.\n\n{section}")
    if real < _LEAST_REAL:
        print(f"only {real} questions about real pages: others were not to be had", file=sys.stderr)
    return 0 if real >= _LEAST_REAL else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.headline", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/headline"))
    parser.add_argument("--seeds", type=int, default=SEEDS, help="pages of each layout")
    parser.add_argument("--limit", type=int, help="so many questions, drawn with the seed 0")
    parser.add_argument("--modes", default=",".join(_MODES))
    parser.add_argument("--budget", type=int, default=640, help="vision tokens of one view")
    parser.add_argument("--write", action="store_true", help="put it into docs/performance.md")
    return parser.parse_args(arguments)


def _name(options: argparse.Namespace) -> str:
    return f"run-{options.budget}" + (f"-{options.limit}" if options.limit else "")


def _asked(options: argparse.Namespace, data: Path, folder: Path) -> Results:
    from ergo_agent.evaluation.runner import evaluate  # noqa: PLC0415  # takes two seconds

    settings = RunSettings(
        benchmark="jsonl",
        data=str(data.resolve()),
        policy="ocr",
        modes=checked_modes(options.modes),
        vision=VisionSettings(view_budget=options.budget),
        limit=options.limit,
    )
    return evaluate(
        folder,
        settings,
        create_ocr_policy(),
        concurrency=1,
        log_images=False,
        report=False,
        told=lambda said: print(said, file=sys.stderr, flush=True),
    )


if __name__ == "__main__":
    sys.exit(main())
