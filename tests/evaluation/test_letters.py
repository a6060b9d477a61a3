import pytest

from ergo_agent.evaluation.scoring.letters import chosen_letter

OPTIONS = ("red", "green", "blue", "black")


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("A. red", "A"),
        ("(B)", "B"),
        ("b", "B"),
        ("**C**", "C"),
        ("Answer: b", "B"),
        ("The answer is **C**.", "C"),
        ("the answer is A because it is red", "A"),
        ("A red car is left, so the answer is C", "C"),
        ("b) green", "B"),
        ("The correct option is (D).", "D"),
        ("Green.", "B"),
        ("A blue bus. Answer: (C)", "C"),
        ("I think B", "B"),
        ("It is B. The car is green.", "B"),
    ],
)
def test_an_option_is_named(answer: str, letter: str):
    assert chosen_letter(answer, OPTIONS) == letter


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "",
        "A or B",
        "(A) or (B)",
        "Answer: A or B",
        "A, B",
        "Both A and B",
        "A red car",
        "The answer is a red car.",
        "I see nothing.",
        "E",
        "Answer: E",
        "none of these",
    ],
)
def test_none_or_more_than_one_is_wrong(answer: str | None):
    assert chosen_letter(answer, OPTIONS) is None


@pytest.mark.parametrize(
    "marker",
    [
        "API error: A request failed",
        "[ERROR]",
        "Error: 500 (A)",
        "Failed to obtain answer via API.",
        "Request failed after 3 tries: B",
        "Timed out waiting for A",
    ],
)
def test_the_marker_of_a_failed_request_names_no_option(marker: str):
    assert chosen_letter(marker, OPTIONS) is None


def test_an_option_with_the_text_of_an_error_can_be_chosen():
    assert chosen_letter("error", ("ok", "error")) == "B"
    assert chosen_letter("same", ("same", "same")) is None
