"""Fits how sure a page's answer is, and chooses from when it is given.

Run `python -m scripts.page_confidence.fit OUT [--write]`, where OUT is what `collect` wrote. The
table is of answers chosen by weights that were fitted without the document's own kind, so that it
says what happens on kinds that were not seen. The thresholds are chosen on the same choices.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ergo_agent.documents.page_confidence import PageFacts, features
from scripts.page_confidence.collect import Question, collected

_FILE = Path(__file__).parents[2] / "ergo_agent" / "documents" / "page-confidence.json"
_RIDGE = 1.0
"""Strength of the prior that all weights but the first are 0."""

_MOST_WRONG = 0.12
"""Share of all questions that may be answered wrongly, as for the pages of the reader."""

_COMPARED = 3
"""Pages after which the surest is given, as in `ergo_agent.graphs.looks`."""

_GRID = [round(0.02 * step, 2) for step in range(10, 50)]

Weights = NDArray[np.float64]


class Ended(NamedTuple):
    """What came of all questions."""

    right: int
    wrong: int
    refused_rightly: int
    opened: int


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(prog="python -m scripts.page_confidence.fit")
    parser.add_argument("out", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    asked = list(collected(options.out))
    kinds = sorted({one.kind for one in asked})
    sure = {
        kind: _surenesses([one for one in asked if one.kind == kind], _fit(_other(asked, kind)))
        for kind in kinds
    }
    pairs = [
        pair
        for kind in kinds
        for pair in zip([one for one in asked if one.kind == kind], sure[kind], strict=True)
    ]
    begin, slope = _platt(pairs)
    pairs = [(one, [_scaled(value, begin, slope) for value in values]) for one, values in pairs]
    given, ends = _chosen(pairs)
    for name, thresholds in (("chosen", (ends, given)), ("every answer", (2.0, 0.0))):
        print(name, thresholds, _ended(pairs, *thresholds), f"of {len(asked)}")
    fitted = slope * _fit(asked)
    fitted[0] += begin
    weights = [round(float(weight), 3) for weight in fitted]
    print("weights", weights)
    if options.write:
        _FILE.write_text(json.dumps({"weights": weights, "sure": ends, "given": given}) + "\n")


def _other(asked: Sequence[Question], kind: str) -> list[Question]:
    return [one for one in asked if one.kind != kind]


def _facts(one: Question) -> list[PageFacts | None]:
    """Of each look; None where there was no answer."""
    return [
        PageFacts(look.confidence, look.held or 0.0, one.most_held, look.lacks_name)
        if look.answer is not None and look.confidence is not None
        else None
        for look in one.looks
    ]


def _fit(asked: Sequence[Question]) -> Weights:
    """The regression over all answers of all pages."""
    rows = [
        (features(facts), look.right)
        for one in asked
        for facts, look in zip(_facts(one), one.looks, strict=True)
        if facts is not None
    ]
    return _logistic([row for row, _ in rows], [right for _, right in rows])


def _logistic(inputs: Sequence[Sequence[float]], right: Sequence[bool]) -> Weights:
    """A logistic regression, by Newton's method; the first input is constant."""
    given, wanted = np.array(inputs), np.array(right, dtype=float)
    ridge = _RIDGE * np.eye(given.shape[1])
    ridge[0, 0] = 0.0
    weights = np.zeros(given.shape[1])
    for _ in range(30):
        said = 1 / (1 + np.exp(-given @ weights))
        slope = given.T @ (said - wanted) + ridge @ weights
        curve = (given * (said * (1 - said))[:, None]).T @ given + ridge
        weights -= np.linalg.solve(curve, slope)
    return weights


def _platt(pairs: Sequence[tuple[Question, list[float]]]) -> tuple[float, float]:
    """What sets the surest answers right: it was fitted over all pages', most of them wrong."""
    surest = [
        (_logit(max(sure)), one.looks[sure.index(max(sure))].right)
        for one, sure in pairs
        if max(sure, default=0.0) > 0
    ]
    begin, slope = _logistic([[1.0, value] for value, _ in surest], [r for _, r in surest])
    return float(begin), float(slope)


def _logit(value: float) -> float:
    return float(np.log(value / (1 - value)))


def _scaled(value: float, begin: float, slope: float) -> float:
    if value <= 0:
        return 0.0
    return float(1 / (1 + np.exp(-(begin + slope * _logit(value)))))


def _surenesses(asked: Sequence[Question], weights: Weights) -> list[list[float]]:
    return [
        [
            0.0 if facts is None else float(1 / (1 + np.exp(-np.array(features(facts)) @ weights)))
            for facts in _facts(one)
        ]
        for one in asked
    ]


def _chosen(pairs: Sequence[tuple[Question, list[float]]]) -> tuple[float, float]:
    """The thresholds from which an answer is given, and from which it ends the search.

    Of those with few enough wrong answers the ones with most right ones and right refusals; of
    these the ones that open fewest pages.
    """
    most = _MOST_WRONG * len(pairs)
    ended = {
        (given, ends): _ended(pairs, ends, given)
        for given in _GRID
        for ends in _GRID
        if ends >= given
    }
    fit = {key: end for key, end in ended.items() if end.wrong <= most} or ended
    return max(
        fit, key=lambda key: (fit[key].right + fit[key].refused_rightly, -fit[key].opened, key)
    )


def _looked(sure: Sequence[float], ends: float, given: float) -> int:
    """How many pages would have been opened."""
    for count in range(1, len(sure) + 1):
        surest = max(sure[:count])
        if surest >= ends or (count >= _COMPARED and surest >= given):
            return count
    return len(sure)


def _ended(pairs: Sequence[tuple[Question, list[float]]], ends: float, given: float) -> Ended:
    """What would have come of all questions."""
    right = wrong = refused = opened = 0
    for one, sure in pairs:
        looked = _looked(sure, ends, given)
        opened += looked
        best = max(range(looked), key=lambda at: sure[at], default=None)
        if best is None or sure[best] < max(given, 1e-9):
            refused += not one.answered
        elif one.looks[best].right:
            right += 1
        else:
            wrong += 1
    return Ended(right, wrong, refused, opened)


if __name__ == "__main__":
    main()
