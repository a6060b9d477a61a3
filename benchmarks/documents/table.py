"""What came of the questions about documents, as tables in Markdown."""

from collections.abc import Callable, Sequence
from statistics import median

from benchmarks.documents.outcomes import Outcome
from ergo_agent.evaluation.scoring.texts import exact, holds
from ergo_agent.evaluation.statistics.intervals import Estimate, mean

__all__ = ["tables"]

_HEAD = (
    "| | questions (documents) | right page in the finder's first three | in the first three opened"
    " "
    "| right answer | holds the answer | wrong but answered | refused rightly |\n"
    "|---|---|---|---|---|---|---|---|"
)


def tables(outcomes: Sequence[Outcome]) -> str:
    """All questions, then by the form of the document and by where the answer stands."""
    rows = [_row("**all**", outcomes)]
    for form in dict.fromkeys(one.form for one in outcomes):
        rows.append(_row(form, [one for one in outcomes if one.form == form]))
    for task in dict.fromkeys(one.task for one in outcomes):
        rows.append(_row(task, [one for one in outcomes if one.task == task]))
    opened = [len(one.opened) for one in outcomes]
    share = median(one.vision_tokens / one.full_resolution for one in outcomes if not one.error)
    said = (
        f"Pages opened: mean {sum(opened) / len(opened):.1f}. Median share of the vision tokens of "
        f"reading every page at full resolution: {share:.1%}. Errors: "
        f"{sum(bool(one.error) for one in outcomes)}."
    )
    return "\n".join([_HEAD, *rows, "", said, ""])


def _row(name: str, some: Sequence[Outcome]) -> str:
    asked = [one for one in some if one.gold]
    none = [one for one in some if not one.gold]
    cells = [
        f"{len(some)} ({len({one.document for one in some})})",
        _share(asked, lambda one: one.ranked),
        _share(asked, lambda one: one.found_page),
        _share(asked, lambda one: one.right),
        _share(asked, lambda one: holds(one.gold, one.answer) or exact(one.gold, one.answer)),
        _share(some, lambda one: one.answer is not None and not one.right),
        _share(none, lambda one: one.right),
    ]
    return f"| {name} | {' | '.join(cells)} |"


def _share(some: Sequence[Outcome], value: Callable[[Outcome], bool]) -> str:
    found = mean([float(value(one)) for one in some], [one.document for one in some])
    return "" if found is None else _percent(found)


def _percent(found: Estimate) -> str:
    if found.low != found.low:  # of a single document the interval is not known
        return f"{found.value:.0%}"
    return f"{found.value:.0%} ({found.low:.0%}–{found.high:.0%})"
