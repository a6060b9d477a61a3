"""The scorers by name, and what they give.

One of somebody else's is registered by `register_scorer` in a module that the entry-point group
`ergo_agent.scorers` names.
"""

from collections.abc import Callable
from typing import NamedTuple

from ergo_agent._common.registry import Registry
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.samples import Sample
from ergo_agent.evaluation.scoring.letters import chosen_letter
from ergo_agent.evaluation.scoring.mmlongbench import NOT_ANSWERABLE, format_score
from ergo_agent.evaluation.scoring.numbers import relaxed
from ergo_agent.evaluation.scoring.texts import anls, is_right

__all__ = ["Score", "Scorer", "register_scorer", "scorer_names", "scorer_of"]

_HALF = 0.5
"""A graded score from here on counts as right where only right and wrong can be counted."""


class Score(NamedTuple):
    """What an answer is worth."""

    value: float
    """0 to 1; the benchmark's number is the mean over all samples."""

    read: str = ""
    """What the answer was read as, such as the letter; empty where it was read as nothing."""

    @property
    def right(self) -> bool:
        """Whether it counts as right where only that can be counted."""
        return self.value >= _HALF


Scorer = Callable[[Sample, str | None], Score]
"""Scores the answer to a sample; None says that nothing was found. A failed sample never gets
here: it is wrong."""

_scorers: Registry[tuple[str, Scorer]] = Registry("scorer", group="ergo_agent.scorers")


def register_scorer(name: str, *, metric: str) -> Callable[[Scorer], Scorer]:
    """Register a scorer: a decorator for the function.

    Args:
        name: What a benchmark names it by; the same name again replaces it.
        metric: What the mean over all samples is called.

    Raises:
        SettingsError: If the name cannot be one.
    """

    def register(scorer: Scorer) -> Scorer:
        _scorers.add(name, (metric, scorer))
        return scorer

    return register


def scorer_names() -> tuple[str, ...]:
    """Every name."""
    return tuple(_scorers.all())


def scorer_of(name: str) -> tuple[str, Scorer]:
    """What the mean of a scorer is called, and the scorer.

    Raises:
        SettingsError: If there is none of that name.
    """
    found = _scorers.get(name)
    if found is None:
        raise SettingsError(f"there is no scorer {name!r}; give one of {', '.join(scorer_names())}")
    return found


@register_scorer("choice", metric="accuracy")
def choice(sample: Sample, answer: str | None) -> Score:
    """Whether the answer names the right option; see `letters`."""
    letter = chosen_letter(answer, sample.options)
    return Score(float(letter is not None and letter in sample.gold), letter or "")


@register_scorer("anls", metric="ANLS")
def similarity(sample: Sample, answer: str | None) -> Score:
    """DocVQA's ANLS."""
    return Score(anls(sample.gold, answer), answer or "")


@register_scorer("relaxed", metric="relaxed accuracy")
def chart(sample: Sample, answer: str | None) -> Score:
    """ChartQA's relaxed accuracy."""
    return Score(float(relaxed(sample.gold, answer)), answer or "")


@register_scorer("mmlongbench", metric="accuracy (MMLongBench-Doc)")
def long_document(sample: Sample, answer: str | None) -> Score:
    """The best over the accepted answers, by the benchmark's format."""
    kind = sample.answer_format
    golds = sample.gold or (None,)
    best = max(format_score(gold, answer, answer_format=kind) for gold in golds)
    return Score(best, answer or NOT_ANSWERABLE)


@register_scorer("docscope", metric="accuracy (contained, not judged by a model)")
def scope(sample: Sample, answer: str | None) -> Score:
    """Whether the answer holds the gold one; the published number has a model judge that."""
    return Score(float(is_right(sample.gold, answer)), answer or "")


@register_scorer("own", metric="accuracy")
def own(sample: Sample, answer: str | None) -> Score:
    """A choice where there are options, else whether an accepted answer is held or nearly given."""
    if sample.options:
        return choice(sample, answer)
    return Score(float(is_right(sample.gold, answer)), answer or "")
