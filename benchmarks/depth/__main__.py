"""Ask for needles 8 to 10 pixels high in images of 4 to 100 megapixels.

The embedded reader is asked with the settings that hold when none are given. Beside it stands a
reading at full resolution, part by part: a needle counts as found by it where it is found in the
part that it stands in, and its cost is that of all parts, reckoned from this one. Both remember
nothing from question to question. Intervals are those of `ergo_agent.evaluation.statistics`, images
being drawn. `--seed 1` is what the looking was tried on while it was written.
"""

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.depth.pages import KINDS, needle_page
from benchmarks.depth.plot import PICTURE, draw
from benchmarks.depth.runs import Run, runs
from benchmarks.depth.table import growth_in_words, rows_of, table
from benchmarks.page import measured_on, write_section
from ergo_agent.policies.ocr import create_ocr_policy

_SHOWN = f"![Needles found, and vision tokens, over megapixels](images/{PICTURE.name})"

WANTED = 0.95
"""Of the needles that full resolution finds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 where fewer are found than are wanted."""
    options = _options(arguments)
    found = list(_measured(options))
    text = f"{table(found)}\n\n{growth_in_words(found)}"
    print(text)
    if options.write:
        given = sys.argv[1:] if arguments is None else list(arguments)
        command = shlex.join(["python", "-m", "benchmarks.depth", *given])
        PICTURE.write_text(draw(rows_of(found)), "utf-8")
        head = f"{measured_on()} with\n\n```shell\n{command}\n```"
        write_section("depth", f"{head}\n\n{text}\n\n{_SHOWN}")
    full = [run.found for run in found if run.in_full]
    return int(not full or sum(full) < WANTED * len(full))


def _measured(options: argparse.Namespace) -> list[Run]:
    policy, done = create_ocr_policy(), list[Run]()
    with TemporaryDirectory(prefix="ergo-agent-depth-") as name:
        for megapixels in options.megapixels:
            for at in range(options.images):
                kind = KINDS[at % len(KINDS)]
                seed = options.seed * 1000 + at
                page = needle_page(kind, megapixels, needles=options.needles, seed=seed)
                fresh = runs(
                    page, kind=kind, megapixels=megapixels, policy=policy, folder=Path(name)
                )
                for run in fresh:
                    done.append(run)
                    if options.show and not run.found:
                        print(f"  {run}", file=sys.stderr)
                print(f"{page.name}: {len(done)} needles", file=sys.stderr)
    return done


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.depth", description=__doc__)
    parser.add_argument("--megapixels", type=float, nargs="+", default=[4, 9, 20, 45, 100])
    parser.add_argument("--images", type=int, default=9, help="of each size")
    parser.add_argument("--needles", type=int, default=3, help="in each image")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print what was not found")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
