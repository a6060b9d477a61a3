"""Two runs over the same questions, compared pair by pair."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.journal import read_outcomes
from ergo_agent.evaluation.modes import MODES
from ergo_agent.evaluation.outcome import Outcome
from ergo_agent.evaluation.run import read_settings
from ergo_agent.evaluation.statistics.intervals import Estimate, mean
from ergo_agent.evaluation.statistics.paired import McNemar, mcnemar, paired_difference

__all__ = ["Comparison", "compared", "comparison_table"]


class Comparison(NamedTuple):
    """One mode of a run against one of another, over the questions that both asked."""

    first: str
    second: str
    pairs: int
    only_first: int
    """Asked in the first run alone, and not compared."""

    only_second: int
    means: tuple[Estimate, Estimate]
    difference: Estimate
    """Second minus first, clusters being drawn."""

    test: McNemar


def compared(first: str, second: str) -> list[Comparison]:
    """Compare two runs.

    Args:
        first: A run's folder, or `FOLDER:MODE` for one of its modes.
        second: Likewise. Without modes those that both have are compared.

    Raises:
        SettingsError: If one is no run, they are about other data, or have nothing in common.
    """
    one, other = _Side(first), _Side(second)
    if one.benchmark != other.benchmark:
        raise SettingsError(
            f"{one.folder} is a run of {one.benchmark}, {other.folder} one of {other.benchmark}; "
            "runs of the same benchmark can be compared"
        )
    both: list[tuple[str, str]]
    if one.mode or other.mode:
        both = [(one.mode or other.mode, other.mode or one.mode)]
    else:
        both = [(mode, mode) for mode in MODES if mode in one.modes and mode in other.modes]
    if not both:
        raise SettingsError(
            f"the runs have no mode in common ({', '.join(one.modes)} and "
            f"{', '.join(other.modes)}); name one of each, as in {first}:{one.modes[0]}"
        )
    return [_pair(one, mode, other, another) for mode, another in both]


class _Side:
    """One of the two runs."""

    def __init__(self, given: str) -> None:
        name, _, mode = given.rpartition(":")
        self.mode = mode if name and mode in MODES else ""
        self.folder = Path(name if self.mode else given)
        settings = read_settings(self.folder)
        self.benchmark, self.modes = settings.benchmark, settings.modes
        if self.mode and self.mode not in self.modes:
            raise SettingsError(f"{self.folder} has no mode {self.mode}: {', '.join(self.modes)}")
        outcomes = {one.key: one for one in read_outcomes(self.folder / "samples.jsonl")}
        self._outcomes = list(outcomes.values())

    def of(self, mode: str) -> dict[tuple[str, int], Outcome]:
        """The outcomes of a mode, by sample and trial."""
        return {(one.sample, one.trial): one for one in self._outcomes if one.mode == mode}


def _pair(one: _Side, mode: str, other: _Side, another: str) -> Comparison:
    first, second = one.of(mode), other.of(another)
    common = [key for key in first if key in second]
    if not common:
        raise SettingsError(
            f"{one.folder}:{mode} and {other.folder}:{another} have no question in common; compare "
            "runs with the same data, limit and seed"
        )
    pairs = [(first[key], second[key]) for key in common]
    if any(left.gold != right.gold for left, right in pairs):
        raise SettingsError("the runs take other answers for right; were the data changed?")
    values = [left.value for left, _ in pairs], [right.value for _, right in pairs]
    clusters = [left.cluster for left, _ in pairs]
    means, difference = _means(values, clusters), paired_difference(*values, clusters)
    assert difference is not None
    return Comparison(
        first=f"{one.folder}:{mode}",
        second=f"{other.folder}:{another}",
        pairs=len(pairs),
        only_first=len(first) - len(pairs),
        only_second=len(second) - len(pairs),
        means=means,
        difference=difference,
        test=mcnemar([left.right for left, _ in pairs], [right.right for _, right in pairs]),
    )


def _means(
    values: tuple[Sequence[float], Sequence[float]], clusters: Sequence[str]
) -> tuple[Estimate, Estimate]:
    first, second = mean(values[0], clusters), mean(values[1], clusters)
    assert first is not None
    assert second is not None
    return first, second


def comparison_table(comparisons: Sequence[Comparison]) -> str:
    """The comparisons in plain text."""
    lines: list[str] = []
    for one in comparisons:
        first, second = one.means
        lines += [
            f"{one.second} against {one.first}, {one.pairs} pairs",
            f"  {first.value:.1%} and {second.value:.1%}: "
            f"{one.difference.value:+.1%} ({one.difference.low:+.1%} to {one.difference.high:+.1%},"
            " paired bootstrap over images)",
            f"  only the first right {one.test.only_first}, only the second {one.test.only_second};"
            f" McNemar p = {one.test.p:.3g}",
        ]
        if one.only_first or one.only_second:
            lines.append(
                f"  not compared: {one.only_first} asked in the first alone, {one.only_second} in "
                "the second alone"
            )
    return "\n".join(lines)
