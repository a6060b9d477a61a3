import pytest

from ergo_agent.evaluation.scoring.texts import anls, exact, holds, is_right, plain


def test_an_answer_that_holds_the_gold_string_is_right():
    assert is_right(("24 Months",), "Warranty:  24\nmonths")


def test_a_long_or_missing_answer_is_wrong():
    assert not is_right(("x",), "x" + " y" * 150)
    assert not is_right(("x",), None)


def test_an_unanswerable_question_is_right_only_when_refused():
    assert is_right((), None)
    assert not is_right((), "anything")


@pytest.mark.parametrize(
    ("gold", "answer", "value"),
    [
        (("24 months",), "24  MONTHS ", 1.0),
        (("24 months",), "24 month", 8 / 9),
        (("abcd",), "abxy", 0.5),
        (("abcd",), "axyz", 0.0),
        (("nothing alike", "24 months"), "24 months", 1.0),
        (("8",), "Invoice no. 8", 0.0),
        (("24 months",), None, 0.0),
        (("24 months",), "24 months.", 0.9),
    ],
)
def test_anls_is_docvqas(gold: tuple[str, ...], answer: str | None, value: float):
    assert anls(gold, answer) == pytest.approx(value)


def test_the_normaliser_folds_case_blanks_signs_and_ends():
    assert plain(" \u201cFinal\u00a0 Notice\u201d \u2013 A4. ") == 'final notice" - a4'
    assert exact(("Kerr & Sons",), "kerr &  sons.")
    assert not exact(("Kerr & Sons",), "Kerr and Sons")
    assert plain("...") == "..."


@pytest.mark.parametrize("answer", ["14", "4.50", "1,4", "4th", "3.4", "a4"])
def test_a_number_inside_another_is_not_contained(answer: str):
    assert not holds(("4",), answer)


@pytest.mark.parametrize("answer", ["4", "it has 4.", "(4)", "4, 5", "EUR 4"])
def test_a_number_of_its_own_is_contained(answer: str):
    assert holds(("4",), answer)


def test_a_near_answer_is_right_only_with_the_same_digits():
    assert is_right(("4 March 2024",), "4 Marsh 2024")
    assert not is_right(("4 March 2024",), "5 March 2024")
    assert not is_right(("Kerr",), "Quin")
