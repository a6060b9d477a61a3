"""The headline's table: each way of asking, and how it stands to one full-resolution pass."""

from collections.abc import Sequence
from statistics import median

from benchmarks.page import percent
from ergo_agent.evaluation.outcome import Outcome
from ergo_agent.evaluation.statistics.intervals import mean, middle
from ergo_agent.evaluation.statistics.paired import mcnemar, paired_difference

__all__ = ["headline_section"]

_WAYS = {
    "full": "one full-resolution pass",
    "coarse": "coarse view alone",
    "ergo": "one zoom",
    "auto": "as it is used",
    "random": "a random crop of that size",
    "oracle": "the gold's own place",
}
_CONTROLS = {
    "coarse": "the coarse view alone",
    "random": "with a random crop",
    "oracle": "at the gold's own place",
}
_HEAD = (
    "| asked by | right | against one pass | wrong, and said as if right | letters of an answer "
    "(gold) | vision tokens | of one pass | seconds | times faster |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def headline_section(outcomes: Sequence[Outcome]) -> str:
    """The table over all questions, and over generated and real pages alone, in Markdown.

    Questions that share a page are drawn together, and each way is compared with one pass question
    by question; a failed sample is wrong.

    Args:
        outcomes: Of every way of asking, over the same questions.
    """
    parts = [("all questions", tuple(outcomes))]
    for category in ("generated", "real"):
        chosen = tuple(one for one in outcomes if one.category == category)
        parts.append((f"{category} pages", chosen))
    return "\n\n".join(_part(title, chosen) for title, chosen in parts if chosen)


def _part(title: str, outcomes: Sequence[Outcome]) -> str:
    by_mode: dict[str, dict[str, Outcome]] = {}
    for one in outcomes:
        by_mode.setdefault(one.mode, {})[one.sample] = one
    one_pass = by_mode.get("full", {})
    asked = max(len(found) for found in by_mode.values())
    pages = len({one.cluster for one in outcomes})
    rows = [_row(mode, by_mode[mode], one_pass) for mode in _WAYS if mode in by_mode]
    controls = [_control(mode, by_mode) for mode in _CONTROLS]
    said = " ".join(each for each in controls if each)
    lines = [f"{asked} questions about {pages} pages: {title}.", "", _HEAD, *rows, "", said]
    return "\n".join(lines).strip()


def _control(mode: str, by_mode: dict[str, dict[str, Outcome]]) -> str:
    """How right the reader is as it is used, beside one of the controls."""
    used, control = by_mode.get("auto", {}), by_mode.get(mode, {})
    both = [name for name in control if name in used]
    first, second = ([found[name].right for name in both] for found in (control, used))
    gap = paired_difference(first, second, [used[name].cluster for name in both])
    if gap is None:
        return ""
    chance = mcnemar(first, second).p
    return (
        f"As it is used it has {100 * gap.value:+.1f} points ({100 * gap.low:+.1f} to "
        f"{100 * gap.high:+.1f}; McNemar's p {chance:.2f}) more than {_CONTROLS[mode]}."
    )


def _row(mode: str, found: dict[str, Outcome], one_pass: dict[str, Outcome]) -> str:
    every = list(found.values())
    pages = [one.cluster for one in every]
    answered = [one for one in every if one.answer]
    both = [name for name in found if name in one_pass] if mode != "full" else []
    shared = [found[name].cluster for name in both]
    gap = paired_difference(
        [one_pass[name].right for name in both], [found[name].right for name in both], shared
    )
    faster = middle(
        [one_pass[name].seconds / max(1e-3, found[name].seconds) for name in both], shared
    )
    share = middle(
        [one.tokens.predicted / max(1, one.tokens.full_resolution) for one in every], pages
    )
    letters = median(len(one.answer or "") for one in answered) if answered else 0
    gold = median(len(one.gold[0]) for one in every if one.gold)
    wrong = [float(bool(one.answer) and not one.right) for one in every]
    cells = (
        _WAYS[mode],
        percent(mean([float(one.right) for one in every], pages)),
        "-" if gap is None else f"{gap.value:+.0%} ({gap.low:+.0%} to {gap.high:+.0%})",
        percent(mean(wrong, pages)),
        f"{letters:.0f} ({gold:.0f})",
        f"{median(one.tokens.predicted for one in every):,.0f}",
        percent(share),
        f"{median(one.seconds for one in every):.2f}",
        "-" if faster is None else f"{faster.value:.1f} ({faster.low:.1f} to {faster.high:.1f})",
    )
    return f"| {' | '.join(cells)} |"
