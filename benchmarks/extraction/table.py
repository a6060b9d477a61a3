"""The measured filling of models as tables in Markdown."""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.extraction.score import Scored
from benchmarks.page import percent
from ergo_agent.evaluation.statistics.intervals import Estimate, draws, mean

__all__ = ["f1", "table"]

Test = Callable[[Scored], bool]


def table(scored: Sequence[Scored]) -> str:
    """Fields and cells of tables, then the fields of each layout."""
    fields = [each for each in scored if each.sort == "field"]
    cells = [each for each in scored if each.sort == "cell"]
    lines = [
        "| of | there | value right | box right | value F1 | box F1 | absent | not invented |",
        "|---|---|---|---|---|---|---|---|",
        _line("fields", fields),
        _line("cells of tables", cells),
    ]
    for layout in dict.fromkeys(each.layout for each in fields):
        lines.append(_line(f"fields of {layout}", [e for e in fields if e.layout == layout]))
    return "\n".join(lines)


def f1(scored: Sequence[Scored], right: Test) -> Estimate | None:
    """F1 over fields, with its interval by documents; None where nothing is there or given.

    What is given and not right is too much, what is there and not right is too little.

    Args:
        scored: The fields.
        right: What counts as right.
    """
    names, place = np.unique([each.document for each in scored], return_inverse=True)
    hit = np.array([right(each) for each in scored], dtype=float)
    both = np.array([each.given + each.there for each in scored], dtype=float)
    hits, sums = (np.bincount(place, weights=each) for each in (hit, both))
    if not sums.sum():
        return None
    drawn = draws(len(names))
    found = 2 * (drawn @ hits) / np.maximum(drawn @ sums, 1)
    low, high = np.percentile(found, (2.5, 97.5))
    return Estimate(float(2 * hits.sum() / sums.sum()), float(low), float(high))


def _line(name: str, scored: Sequence[Scored]) -> str:
    there = [each for each in scored if each.there]
    absent = [each for each in scored if not each.there]
    cells = [
        name,
        str(len(there)),
        _share(there, lambda each: each.right),
        _share(there, lambda each: each.box),
        percent(f1(scored, lambda each: each.right)),
        percent(f1(scored, lambda each: each.box)),
        str(len(absent)),
        _share(absent, lambda each: not each.given),
    ]
    return f"| {' | '.join(cells)} |"


def _share(scored: Sequence[Scored], test: Test) -> str:
    return percent(mean([float(test(e)) for e in scored], [e.document for e in scored]))
