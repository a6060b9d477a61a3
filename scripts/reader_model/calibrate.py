"""Sets the reader's confidence right: `python -m scripts.reader_model.calibrate SPLIT OUT`.

The questions of a split that nothing was trained on are asked of recorded or printed lines. What
the model gives its best answer is then mapped to the share of right answers by isotonic regression
(pool adjacent violators), and the threshold is the lowest at which at most `_MOST_WRONG` of all
questions are answered wrongly, each with a curve that was fitted without its page.
"""

import argparse
import json
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from ergo_agent.policies.ocr.finder.confidence import between
from scripts.reader_model.measure import Told, best_of, table, told_of

__all__ = ["crossed", "expected_error", "isotonic", "main", "threshold_of"]

_FEWEST = 12
"""Questions that each step of the curve rests on at least."""


_MOST_WRONG = 0.12
"""Share of all questions that may be answered wrongly: what the reader promises."""


def isotonic(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float]]:
    """Probability and share of right answers, both rising; each from `_FEWEST` answers or more.

    The share is Laplace's (one right and one wrong more than were seen): a dozen right answers in
    a row are no certainty.

    Args:
        pairs: The model's probability of an answer, and whether it was right.
    """
    blocks = [[p, float(right), 1.0] for p, right in sorted(pairs)]
    pooled: list[list[float]] = []
    for block in blocks:
        pooled.append(block)
        while len(pooled) > 1 and (
            pooled[-2][1] / pooled[-2][2] >= pooled[-1][1] / pooled[-1][2]
            or pooled[-2][2] < _FEWEST
        ):
            last = pooled.pop()
            pooled[-1] = [a + b for a, b in zip(pooled[-1], last, strict=True)]
    shares = accumulate(((right + 1) / (count + 2) for _, right, count in pooled), max)
    return [(total / count, share) for (total, _, count), share in zip(pooled, shares, strict=True)]


def threshold_of(pairs: Sequence[tuple[float, bool]]) -> float:
    """The lowest confidence, in steps of 0.01, from which few enough answers are wrong.

    Args:
        pairs: The confidence of each question's best answer, and whether it was right.
    """
    most = _MOST_WRONG * len(pairs)
    steps = (at / 100 for at in range(101))
    return next(t for t in steps if sum(c >= t and not right for c, right in pairs) <= most)


def expected_error(pairs: Sequence[tuple[float, bool]], *, bins: int = 10) -> float:
    """Expected calibration error: the mean gap of confidence and share of right, in equal bins."""
    gap = 0.0
    for at in range(bins):
        own = [(c, r) for c, r in pairs if min(int(c * bins), bins - 1) == at]
        gap += abs(sum(c for c, _ in own) - sum(r for _, r in own))
    return gap / max(1, len(pairs))


def crossed(told: Sequence[Told], *, folds: int = 5) -> list[Told]:
    """Each question with the confidence of a curve fitted on the pages of the other folds."""
    pages = sorted({each.question.document for each in told})
    fold = {page: at % folds for at, page in enumerate(pages)}
    found = []
    for out in range(folds):
        rest = [each for each in told if fold[each.question.document] != out]
        knots = isotonic([(each.confidence, each.right) for each in rest])
        own = [each for each in told if fold[each.question.document] == out]
        found += [each._replace(confidence=between(knots, each.confidence)) for each in own]
    return found


def main() -> None:
    """Write the curve and the threshold, and print how they do on their own questions."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_model.calibrate")
    parser.add_argument("split")
    parser.add_argument("out", type=Path, help="the JSON file beside the model")
    parser.add_argument("--lines", type=Path, help="folder of recorded lines")
    parser.add_argument("--show", action="store_true", help="print every question")
    options = parser.parse_args()
    told: list[Told] = list(told_of(options.split, options.lines, best_of))
    knots = isotonic(_pairs(told))
    sure = [each._replace(confidence=between(knots, each.confidence)) for each in told]
    fair = crossed(told)
    kept = {
        "knots": [[round(a, 4), round(b, 4)] for a, b in knots],
        "threshold": threshold_of(_pairs(fair)),
        "from": f"{len(told)} questions of the split {options.split}",
    }
    options.out.write_text(json.dumps(kept) + "\n", "utf-8")
    print(kept)
    own, last = expected_error(_pairs(sure)), expected_error(_pairs(fair))
    print(f"expected calibration error on its own questions {own:.3f}")
    print(f"fitted on four fifths of the pages, on the last {last:.3f}")
    for threshold in (0.0, kept["threshold"], 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        print(f"cross-fitted, threshold {threshold}\n{table(fair, float(str(threshold)))}")
    for each in fair if options.show else ():
        gold = list(each.question.gold[:2])
        print(f"{each.confidence:.2f} {each.near:.2f} {each.question.document} "
              f"{each.question.question} -> {each.text!r} {gold}")  # fmt: skip


def _pairs(told: Sequence[Told]) -> list[tuple[float, bool]]:
    return [(each.confidence, each.right) for each in told]


if __name__ == "__main__":
    main()
