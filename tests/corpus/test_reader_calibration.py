"""How the reader's confidence is set right, and how answers are measured."""

from random import Random

import pytest

from benchmarks.corpus.model import Question
from scripts.reader_model.calibrate import crossed, expected_error, isotonic, threshold_of
from scripts.reader_model.measure import Told, anls, table


def told(page: str, text: str, confidence: float, *gold: str) -> Told:
    wording = "page" if gold else "unanswerable"
    question = Question.model_validate(
        {"document": page, "question": "?", "gold": gold, "wording": wording, "kind": "cell"}
    )
    return Told(question, text, confidence)


DRAWN = Random(1)
MANY = [
    told(f"p{at % 20}", "a", at / 400, "a" if DRAWN.random() < at / 400 else "b")
    for at in range(400)
]


def test_the_curve_rises_and_follows_the_share_of_right_answers():
    knots = isotonic([(each.confidence, each.right) for each in MANY])
    shares = [share for _, share in knots]
    assert shares == sorted(shares)
    assert shares[0] < 0.3
    assert shares[-1] > 0.7


def test_a_confidence_that_is_right_has_no_error_and_a_boast_has():
    assert expected_error([(0.75, True)] * 3 + [(0.75, False)]) == pytest.approx(0.0)
    assert expected_error([(1.0, False)] * 4) == pytest.approx(1.0)


def test_cross_fitted_confidence_is_nearly_right():
    found = crossed(MANY)
    assert len(found) == len(MANY)
    assert expected_error([(each.confidence, each.right) for each in found]) < 0.12


def test_the_threshold_parts_right_from_wrong():
    pairs = [(0.2, False), (0.3, False), (0.4, True), (0.9, True)]
    assert threshold_of(pairs) == 0.31
    assert threshold_of([*pairs, *[(0.9, True)] * 5]) == 0.21


@pytest.mark.parametrize(
    ("text", "gold", "likeness"),
    [
        ("TL-20418", ("tl-20418",), 1.0),
        ("TL-20418", ("nothing", "TL-20419"), 0.875),
        ("entirely other", ("TL-20418",), 0.0),
        (None, ("TL-20418",), 0.0),
        ("anything", (), 0.0),
    ],
)
def test_anls(text: str | None, gold: tuple[str, ...], likeness: float):
    assert anls(text, gold) == pytest.approx(likeness)


def test_the_table_counts_refusals_and_wrong_answers():
    said = table(
        [
            told("a", "5", 0.9, "5"),
            told("a", "6", 0.9, "7"),
            told("a", "x", 0.9),
            told("a", "", 0.1),
        ],
        0.5,
    )
    assert "page            2 ANLS 0.500 exact 0.500" in said
    assert "unanswerable    2 refused 0.500" in said
    assert "wrong but answered 0.500 of 4" in said
