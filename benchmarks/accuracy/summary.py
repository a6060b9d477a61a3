"""The measures over some questions, each with its interval.

- ANLS, exact match, contained: over the questions that the page answers; a refusal or an error
  counts 0. `ergo_agent.evaluation.scoring.texts` says what each is.
- wrong but answered: share of all questions that were answered and not right by
  `is_right` of the same; every answer to a question that the page does not answer is wrong.
- refused wrongly, rightly: share of the questions that the page answers, or does not.
- letters: medians over the answers to questions that the page answers, of answer and shortest gold.
- region found: share of the questions that the page answers of which at least half of the area
  where the gold stands lies in regions of the evidence. IoU: the mean of intersection over union
  of the two, which a region far too large brings down. Refusals count 0 in both.
- calibration: over all answers that came with a confidence, right by `is_right`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.accuracy.outcome import Outcome
from benchmarks.corpus.model import Question
from ergo_agent.evaluation.scoring.places import overlap
from ergo_agent.evaluation.scoring.texts import anls, exact, holds, is_right
from ergo_agent.evaluation.statistics.calibration import Bin, calibration_error, reliability
from ergo_agent.evaluation.statistics.intervals import Estimate, mean, middle

__all__ = ["Measured", "Result", "summarise"]

FOUND = 0.5
"""Share of the gold's area that the evidence has to cover."""


@dataclass(frozen=True)
class Result:
    """One question with what came of it."""

    question: Question
    outcome: Outcome

    @property
    def right(self) -> bool:
        """Whether the answer, or the refusal, is right."""
        return self.outcome.error is None and is_right(self.question.gold, self.outcome.answer)

    @property
    def wrong(self) -> bool:
        """Whether it was answered, and wrongly."""
        return self.outcome.answer is not None and not self.right


@dataclass(frozen=True)
class Measured:
    """The measures over some questions; None where there is nothing to take one over."""

    questions: int
    pages: int
    anls: Estimate | None
    exact: Estimate | None
    contained: Estimate | None
    letters: Estimate | None
    gold_letters: Estimate | None
    wrong_but_answered: Estimate | None
    refused_rightly: Estimate | None
    refused_wrongly: Estimate | None
    region_found: Estimate | None
    iou: Estimate | None
    calibration: Estimate | None
    bins: tuple[Bin, ...]
    share: Estimate | None
    processor_first: Estimate | None
    """Median seconds of a page's first question, which reads it."""
    processor: Estimate | None
    """Mean seconds over all questions."""


def summarise(results: Sequence[Result]) -> Measured:
    """All measures over some questions."""
    answerable = [one for one in results if one.question.gold]
    others = [one for one in results if not one.question.gold]
    answered = [one for one in answerable if one.outcome.answer is not None]
    placed = [one for one in answerable if one.question.regions]
    sure = [one for one in results if one.outcome.answer and one.outcome.confidence is not None]
    confidences = [one.outcome.confidence or 0.0 for one in sure]
    right = [one.right for one in sure]
    return Measured(
        questions=len(results),
        pages=len({one.question.document for one in results}),
        anls=_mean(answerable, lambda one: anls(one.question.gold, one.outcome.answer)),
        exact=_mean(answerable, lambda one: exact(one.question.gold, one.outcome.answer)),
        contained=_mean(answerable, lambda one: holds(one.question.gold, one.outcome.answer)),
        letters=_middle(answered, lambda one: len(one.outcome.answer or "")),
        gold_letters=_middle(answered, lambda one: min(map(len, one.question.gold))),
        wrong_but_answered=_mean(results, lambda one: one.wrong),
        refused_rightly=_mean(others, lambda one: one.outcome.refused),
        refused_wrongly=_mean(answerable, lambda one: one.outcome.refused),
        region_found=_mean(placed, lambda one: _overlap(one)[0] >= FOUND),
        iou=_mean(placed, lambda one: _overlap(one)[1]),
        calibration=calibration_error(confidences, right, _pages(sure)),
        bins=tuple(reliability(confidences, right)) if sure else (),
        share=_middle(
            [one for one in results if one.outcome.share is not None],
            lambda one: one.outcome.share or 0.0,
        ),
        processor_first=_middle(
            [one for one in results if one.outcome.first], lambda one: one.outcome.processor
        ),
        processor=_mean(results, lambda one: one.outcome.processor),
    )


def _mean(results: Sequence[Result], value: Callable[[Result], float]) -> Estimate | None:
    return mean([float(value(one)) for one in results], _pages(results))


def _middle(results: Sequence[Result], value: Callable[[Result], float]) -> Estimate | None:
    return middle([float(value(one)) for one in results], _pages(results))


def _pages(results: Sequence[Result]) -> list[str]:
    return [one.question.document for one in results]


def _overlap(result: Result) -> tuple[float, float]:
    return overlap(result.question.regions, result.outcome.regions)
