"""What the runs came to, by the size of the image, and how the cost grows with it."""

from collections.abc import Sequence
from math import log, log2
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.depth.runs import Run
from ergo_agent.evaluation.statistics.intervals import Estimate, draws, mean

__all__ = ["Row", "growth_in_words", "rows_of", "table"]


_Numbers = NDArray[np.float64]


class Row(NamedTuple):
    """All needles in images of one size, or of one kind."""

    name: str
    megapixels: float
    needles: int
    in_full: int
    """Found where their part was read at full resolution."""
    share: Estimate
    """Of those, found coarse to fine."""
    lost: int
    """Of those, not found."""
    beyond: int
    """Found coarse to fine alone."""
    tokens: float
    full_tokens: float
    views: float
    seconds: float
    full_seconds: float


def rows_of(runs: Sequence[Run]) -> list[Row]:
    """One row a size, from the smallest."""
    sizes = sorted({run.megapixels for run in runs})
    return [_row(f"{size:g} MP", [run for run in runs if run.megapixels == size]) for size in sizes]


def table(runs: Sequence[Run]) -> str:
    """All sizes, all kinds, all heights and all together, in Markdown."""
    kinds = sorted({run.kind for run in runs})
    heights = sorted({run.height for run in runs})
    rows = [
        *rows_of(runs),
        *(_row(f"any size, {kind}", [run for run in runs if run.kind == kind]) for kind in kinds),
        *(_row(f"any size, {h} px", [run for run in runs if run.height == h]) for h in heights),
        _row("**all**", runs),
    ]
    lines = [
        "| images | needles | found at full resolution | of those coarse to fine | found coarse to "
        "fine alone | vision tokens | of full resolution | views | seconds | reckoned at full "
        "resolution |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_line(row) for row in rows]
    return "\n".join(lines)


def _line(row: Row) -> str:
    share = row.share
    return (
        f"| {row.name} | {row.needles} | {row.in_full} "
        f"| {share.value:.0%} ({share.low:.0%}–{share.high:.0%}), {row.lost} lost | {row.beyond} "
        f"| {row.tokens:,.0f} | {row.tokens / row.full_tokens:.1%} | {row.views:.1f} "
        f"| {row.seconds:.1f} | {row.full_seconds:,.0f} |"
    )


def _row(name: str, runs: Sequence[Run]) -> Row:
    full = [run for run in runs if run.in_full]
    share = mean([float(run.found) for run in full], [run.page for run in full])
    return Row(
        name=name,
        megapixels=runs[0].megapixels,
        needles=len(runs),
        in_full=len(full),
        share=share or Estimate(float("nan"), float("nan"), float("nan")),
        lost=sum(not run.found for run in full),
        beyond=sum(run.found and not run.in_full for run in runs),
        tokens=fmean(run.tokens for run in runs),
        full_tokens=fmean(run.full_tokens for run in runs),
        views=fmean(run.views for run in runs),
        seconds=fmean(run.seconds for run in runs),
        full_seconds=fmean(run.full_seconds for run in runs),
    )


def growth_in_words(runs: Sequence[Run]) -> str:
    """The least squares of tokens over the logarithm of the pixels, and of both logarithms."""
    each = _slope([(log2(run.megapixels), run.tokens) for run in runs], runs)
    power = _slope([(log(run.megapixels), log(run.tokens)) for run in runs], runs)
    return (
        f"Twice the pixels cost {each.value:,.0f} ({each.low:,.0f} to {each.high:,.0f}) vision "
        f"tokens more. As a power of the pixels the cost grows with the exponent {power.value:.2f} "
        f"({power.low:.2f} to {power.high:.2f}); that of full resolution has 1, and of a cost that "
        "grows with the logarithm the exponent falls towards 0."
    )


def _slope(points: Sequence[tuple[float, float]], runs: Sequence[Run]) -> Estimate:
    """A slope with its interval, pages being drawn."""
    across, up = np.asarray(points).T
    _, place = np.unique([run.page for run in runs], return_inverse=True)
    slopes = [_fit(across, up, times[place].astype(float)) for times in draws(int(place.max()) + 1)]
    low, high = np.nanpercentile(slopes, (2.5, 97.5))
    return Estimate(_fit(across, up, np.ones(len(across))), float(low), float(high))


def _fit(across: _Numbers, up: _Numbers, weight: _Numbers) -> float:
    x = across - np.average(across, weights=weight)
    y = up - np.average(up, weights=weight)
    spread = float((weight * x * x).sum())
    return float((weight * x * y).sum()) / spread if spread else float("nan")  # of one size alone
