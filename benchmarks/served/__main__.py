"""Episodes through a vLLM server: ours, bare loops, ERGO's own loop, and the server alone.

Run `python -m benchmarks.served --serve build/tiny-checkpoint`: it starts a server, and ends it.
Where vLLM is installed in another environment (`make test-served` makes one), `--server-python`
names that one's Python. `--base-url` asks a server that runs already, best started as
`docs/performance.md` shows. What was measured is kept in `build/served.jsonl`, and is not measured
again for the same code: a run that was broken off goes on, rounds may be added, and kinds of images
measured one by one. `--write` puts all tables that are complete into `docs/performance.md`.

Every image is fresh, so that no cache helps anybody. Each side runs in a process of its own for
each concurrency, in turns; two episodes go before the clock starts. Episodes a second and the
processor time depend on what else the machine does; what is sent does not.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.page import measured_on, write_section
from benchmarks.served.images import KINDS
from benchmarks.served.rounds import Plan, Results, measure
from benchmarks.served.table import table
from tests.support.serving import served

_KINDS = ("photo12", "photo33", "a4")


def main() -> int:
    """Measure what is missing, and print the tables."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server ends, too
    plan = Plan(
        rounds=options.rounds,
        concurrency=tuple(options.concurrency),
        episodes=tuple(options.episodes),
        view_budget=options.view_budget,
    )
    if len(plan.concurrency) != len(plan.episodes):
        raise SystemExit("--episodes takes a number for each of --concurrency")
    results = Results(options.results, plan)
    cells = {kind: list(plan.cells(kind)) for kind in _KINDS}
    missing = {
        kind: sum(cell not in results.found for cell in cells[kind]) for kind in options.images
    }
    if any(missing.values()):
        with _server(options) as base_url:
            for kind in options.images:
                made = measure(kind, plan, results, base_url=base_url, model=options.model)
                for number, cell in enumerate(made, start=1):
                    print(f"{number} of {missing[kind]}: {cell}", file=sys.stderr, flush=True)
    tables = [
        f"{KINDS[kind].title}:\n\n{table(kind, plan, results.found)}\n"
        for kind in _KINDS
        if all(cell in results.found for cell in cells[kind])
    ]
    print("\n".join(tables))
    if options.write and tables:
        write_section("served", _section(plan, tables))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.served", description=__doc__)
    server = parser.add_mutually_exclusive_group(required=True)
    server.add_argument("--serve", type=Path, metavar="CHECKPOINT", help="start a server of it")
    server.add_argument("--base-url", help="of a server that runs")
    parser.add_argument("--server-python", default=sys.executable, help="has vLLM installed")
    parser.add_argument("--model", default="ergo")
    parser.add_argument("--images", choices=_KINDS, nargs="+", default=list(_KINDS))
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument(
        "--episodes", type=int, nargs="+", default=[4, 8, 16], help="for each concurrency, a round"
    )
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many is printed")
    parser.add_argument("--view-budget", type=int, default=640)
    parser.add_argument("--results", type=Path, default=Path("build/served.jsonl"))
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    return parser.parse_args()


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[str]:
    """The base URL of a server."""
    if options.base_url:
        yield options.base_url
        return
    with (
        tempfile.TemporaryDirectory(prefix="ergo-agent-vllm-") as folder,
        served(options.serve, Path(folder) / "server.log", python=options.server_python) as model,
    ):
        yield model.base_url


def _section(plan: Plan, tables: list[str]) -> str:
    episodes = ", ".join(
        f"{count} at {each}" for each, count in zip(plan.concurrency, plan.episodes, strict=True)
    )
    return (
        f"{measured_on()}, vLLM on the same cores.\n"
        f"Each number is the median of {plan.rounds} rounds, with the least and the most.\n"
        f"Episodes of a round: {episodes} at once.\n\n" + "\n".join(tables)
    )


if __name__ == "__main__":
    sys.exit(main())
