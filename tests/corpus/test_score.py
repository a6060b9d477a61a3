import pytest

from benchmarks.corpus.model import Question
from benchmarks.score import interval, is_right


def _question(*gold: str) -> Question:
    wording = "page" if gold else "unanswerable"
    return Question(document="d", question="q?", gold=gold, wording=wording, kind="key-value")


def test_an_answer_that_holds_the_gold_string_is_right():
    assert is_right(_question("24 Months"), "Warranty:  24\nmonths")


def test_a_long_or_missing_answer_is_wrong():
    assert not is_right(_question("x"), "x" + " y" * 150)
    assert not is_right(_question("x"), None)


def test_an_unanswerable_question_is_right_only_when_refused():
    assert is_right(_question(), None)
    assert not is_right(_question(), "anything")


def test_an_interval_is_wilsons():
    # 81 of 263: the example of Newcombe (1998), Statistics in Medicine 17, table I
    assert interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert interval(0, 20)[0] == pytest.approx(0.0, abs=1e-9)
    assert interval(20, 20)[1] == pytest.approx(1.0, abs=1e-9)
