"""The measures as tables in Markdown."""

from collections.abc import Sequence
from math import isnan

from benchmarks.accuracy.summary import Measured, Result, summarise
from ergo_agent.evaluation.statistics.intervals import Estimate

__all__ = ["tables"]

_HEAD = (
    "| | questions (pages) | ANLS | exact | contained | letters (gold) | wrong but answered "
    "| refused rightly | refused wrongly | region found | IoU |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)
_WORDINGS = {
    "page": "the page's words",
    "paraphrase": "other words",
    "unanswerable": "not answered by the page",
}


def tables(results: Sequence[Result]) -> str:
    """All questions, then by wording and by kind, then calibration and cost."""
    whole = summarise(results)
    kinds = sorted({one.question.kind for one in results})
    rows = [_row("**all**", whole)]
    for wording, name in _WORDINGS.items():
        some = [one for one in results if one.question.wording == wording]
        rows += [_row(name, summarise(some))] if some else []
    rows += [
        _row(kind, summarise([one for one in results if one.question.kind == kind]))
        for kind in kinds
    ]
    errors = sum(one.outcome.error is not None for one in results)
    first = _number(whole.processor_first, digits=1)
    cost = (
        f"Median share of a full-resolution pass's tokens {_number(whole.share)}; processor "
        f"seconds of a page's first question, median {first}, and of all, mean "
        f"{_number(whole.processor, digits=1)}; {errors} errors.\n"
    )
    return "\n".join([_HEAD, *rows, "", cost, _calibration(whole)])


def _row(name: str, some: Measured) -> str:
    letters = f"{_number(some.letters, digits=0)} ({_bare(some.gold_letters)})"
    cells = [
        f"{some.questions} ({some.pages})",
        *map(_number, (some.anls, some.exact, some.contained)),
        letters if some.letters else "",
        *map(_number, (some.wrong_but_answered, some.refused_rightly, some.refused_wrongly)),
        *map(_number, (some.region_found, some.iou)),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _calibration(whole: Measured) -> str:
    if whole.calibration is None:
        return "No answer came with a confidence, so calibration cannot be said.\n"
    lines = [
        f"Expected calibration error {_number(whole.calibration)} over "
        f"{sum(one.count for one in whole.bins)} answers in bins of equal width:\n",
        "| confidence | answers | mean confidence | right |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.low:.1f} to {one.high:.1f} | {one.count} | {one.confidence:.2f} "
        f"| {one.right:.2f} |"
        for one in whole.bins
    ]
    return "\n".join([*lines, ""])


def _number(estimate: Estimate | None, digits: int = 2) -> str:
    """A value with its interval: `0.46 (0.40–0.52)`."""
    if estimate is None:
        return ""
    value, low, high = (f"{number:.{digits}f}" for number in estimate)
    return value if isnan(estimate.low) else f"{value} ({low}–{high})"


def _bare(estimate: Estimate | None) -> str:
    return "" if estimate is None else f"{estimate.value:.0f}"
