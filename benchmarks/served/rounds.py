"""Which measurements are made, in which order; each is kept at once, so that a run can go on."""

import hashlib
import itertools
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

from benchmarks.served.client import ROOT, Client, Measured
from benchmarks.served.images import FreshImages
from benchmarks.served.replies import words
from benchmarks.served.sides import SIDES, Options

__all__ = ["Cell", "Plan", "Results", "measure"]

_WARM = 2
"""Episodes of a fresh process before it is measured."""


class Cell(NamedTuple):
    """One measurement."""

    kind: str
    round: int
    concurrency: int
    side: str


class Plan(NamedTuple):
    """What is to be measured."""

    rounds: int
    concurrency: tuple[int, ...]
    episodes: tuple[int, ...]
    """Of a measurement, for each concurrency."""

    view_budget: int

    def cells(self, kind: str) -> Iterator[Cell]:
        """In turns, each round beginning with another side, so that noise hits all alike."""
        sides = list(SIDES)
        for number, concurrency in itertools.product(range(self.rounds), self.concurrency):
            start = number % len(sides)
            for side in sides[start:] + sides[:start]:
                yield Cell(kind, number, concurrency, side)

    def count(self, cell: Cell) -> int:
        """Episodes of a measurement."""
        return dict(zip(self.concurrency, self.episodes, strict=True))[cell.concurrency]


class Results:
    """Measurements in a file, a line each: those of the same code are not made again."""

    def __init__(self, path: Path, plan: Plan) -> None:
        """Read what is there of this code, with as many episodes of the same size."""
        self._path, self._plan = path, plan
        self._code = _digest_of_code()
        self.found: dict[Cell, Measured] = {}
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        for code, budget, *found in map(json.loads, lines):
            cell, measured = Cell(*found[0]), Measured(*found[1])
            wanted = cell.concurrency in plan.concurrency and plan.count(cell) == measured.episodes
            if wanted and (code, budget) == (self._code, plan.view_budget):
                self.found[cell] = measured

    def keep(self, cell: Cell, measured: Measured) -> None:
        """Keep a measurement, on the disk too."""
        self.found[cell] = measured
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            line = [self._code, self._plan.view_budget, cell, measured]
            print(json.dumps(line), file=file)


def measure(
    kind: str, plan: Plan, results: Results, *, base_url: str, model: str
) -> Iterator[Cell]:
    """Make the measurements of one kind of image that are missing; yields each as it is made."""
    missing = [cell for cell in plan.cells(kind) if cell not in results.found]
    if not missing:
        return
    said = words(plan.view_budget)
    images = FreshImages(kind)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ergo-agent-served-")))
        clients: dict[tuple[str, int], Client] = {}
        for cell in missing:
            side, concurrency = cell.side, cell.concurrency
            if (side, concurrency) not in clients:
                told = Options(side, base_url, model, plan.view_budget, concurrency, said)
                clients[side, concurrency] = stack.enter_context(Client(told))
                clients[side, concurrency].run(images.write(folder, _WARM))
            measured = clients[side, concurrency].run(images.write(folder, plan.count(cell)))
            results.keep(cell, measured)
            yield cell


def _digest_of_code() -> str:
    """Of what is measured and of what measures, with all that is installed."""
    installed = sorted(f"{each.name} {each.version}" for each in distributions())
    digest = hashlib.sha256("\n".join(installed).encode())
    for folder in ("ergo_agent", "tools", "graphs", "benchmarks/served"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
