"""The command line: a row for each number."""

import argparse
import sys
from pathlib import Path
from typing import Protocol

from scripts.reader_numbers.answers import Answers
from scripts.reader_numbers.changing import changed, numbers_in, scaled
from scripts.reader_numbers.directions import Directions
from scripts.reader_numbers.marks import Marks

_FACTORS = 2 / 3, 3 / 2


class _Measure(Protocol):
    def score(self) -> dict[str, float]:
        """Figures by their name, as the code now stands."""


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_numbers", description=__doc__)
    parser.add_argument("measure", choices=["answers", "directions", "marks"])
    parser.add_argument("modules", nargs="*", help="below ergo_agent, as layout.tables")
    parser.add_argument("--lines", type=Path, help="folder of recorded lines, for answers")
    options = parser.parse_args()
    if options.measure == "answers" and not options.lines:
        parser.error("answers needs --lines, a folder that scripts.reader_model.record has filled")
    measure = _measure(options.measure, options.lines)
    base = measure.score()
    print(", ".join(f"{name} {value:.3g}" for name, value in base.items()), flush=True)
    print("\n| module | number | in | a third less | half more |\n|---|---|---|---|---|")
    for number in (
        each for module in options.modules for each in numbers_in(f"ergo_agent.{module}")
    ):
        cells = []
        for factor in _FACTORS:
            with changed(number, scaled(number.value, factor)):
                cells.append(_differences(measure.score(), base))
        source = number.source.replace("|", "\\|")
        row = [number.module.removeprefix("ergo_agent."), str(number.value), f"`{source}`", *cells]
        print(f"| {' | '.join(row)} |", flush=True)
    return 0


def _measure(name: str, lines: Path) -> _Measure:
    if name == "answers":
        return Answers(lines)
    return Directions() if name == "directions" else Marks()


def _differences(score: dict[str, float], base: dict[str, float]) -> str:
    """What became of each figure; `=` where all are what they were."""
    off = ((name, score[name] - base[name]) for name in base)
    return ", ".join(f"{name} {by:+.2g}" for name, by in off if abs(by) > 1e-6) or "="


if __name__ == "__main__":
    sys.exit(main())
