"""The command line: a row for each number."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from scripts.reader_numbers.answers import Answers, recorded_pages
from scripts.reader_numbers.directions import Directions
from scripts.reader_numbers.drawn import Drawn
from scripts.reader_numbers.episodes import Episodes
from scripts.reader_numbers.layers import Layers
from scripts.reader_numbers.marks import Marks
from scripts.reader_numbers.numbers import changed, numbers_in, scaled
from scripts.reader_numbers.pages import Pages
from scripts.reader_numbers.passages import Passages
from scripts.reader_numbers.trust import Trust

_FACTORS = 2 / 3, 3 / 2


class _Measure(Protocol):
    def score(self) -> dict[str, float]:
        """Figures by their name, as the code now stands."""


_READING = {f"policies.ocr.{module}" for module in ("engine", "quick_engine", "reader")}
"""Modules that make of a view's pixels what is remembered of it."""
_DRAWN: dict[str, Callable[[argparse.Namespace], _Measure]] = {
    "directions": lambda asked: Directions(every=3 * asked.every),
    "drawn": lambda _: Drawn(),
    "episodes": lambda asked: Episodes(
        count=48 // asked.every, afresh=bool(_READING.intersection(asked.modules))
    ),
    "layers": lambda asked: Layers(every=asked.every, asks=not asked.unasked),
    "marks": lambda asked: Marks(every=asked.every),
    "pages": lambda asked: Pages(every=asked.every),
    "trust": lambda asked: Trust(every=asked.every),
}
"""The measures that need no recorded lines."""


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_numbers", description=__doc__)
    parser.add_argument("measure", choices=["answers", "passages", *_DRAWN])
    parser.add_argument("modules", nargs="*", help="below ergo_agent, as layout.tables")
    parser.add_argument("--lines", type=Path, help="folder of recorded lines")
    parser.add_argument(
        "--every", type=int, default=1, help="take one of so many pages or questions"
    )
    parser.add_argument(
        "--unasked", action="store_true", help="compare the passages of layers, and ask nothing"
    )
    parser.add_argument(
        "--only", nargs="+", default=[""], help="numbers on lines of code that hold one of these"
    )
    options = parser.parse_args()
    if options.measure not in _DRAWN and not options.lines:
        parser.error("give --lines, a folder that scripts.reader_model.record has filled")
    measure = _recorded(options) if options.lines else _DRAWN[options.measure](options)
    base = measure.score()
    print(", ".join(f"{name} {value:.3g}" for name, value in base.items()), flush=True)
    print("\n| number | a third less | half more |\n|---|---|---|")
    numbers = [each for module in options.modules for each in numbers_in(f"ergo_agent.{module}")]
    for number in numbers:
        if not any(only in number.source for only in options.only):
            continue
        cells = []
        for factor in _FACTORS:
            with changed(number, scaled(number.value, factor)):
                cells.append(_told(measure, base))
        print(f"| {' | '.join([number.key, *cells])} |", flush=True)
    return 0


def _recorded(options: argparse.Namespace) -> _Measure:
    """A measure of recorded lines."""
    pages = recorded_pages(options.lines, every=options.every)
    if options.measure == "passages":
        return Passages(lambda: pages)
    return Answers(
        lambda: pages,
        layout_only=all(module.startswith("layout.") for module in options.modules),
        afresh=any(module.startswith("policies.ocr.models.") for module in options.modules),
    )


def _told(measure: _Measure, base: dict[str, float]) -> str:
    """What the measure makes of a change, which may leave code that cannot run."""
    try:
        return _differences(measure.score(), base)
    except Exception as error:  # an axis, say, is a number, too
        return f"breaks: {type(error).__name__}"


def _differences(score: dict[str, float], base: dict[str, float]) -> str:
    """What became of each figure; `=` where all are what they were."""
    off = ((name, score[name] - base[name]) for name in base)
    return ", ".join(f"{name} {by:+.2g}" for name, by in off if abs(by) > 1e-6) or "="


if __name__ == "__main__":
    sys.exit(main())
