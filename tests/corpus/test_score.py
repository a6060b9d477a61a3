from benchmarks.corpus.model import Question
from benchmarks.score import is_right


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
