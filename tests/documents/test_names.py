"""Names and numbers of a question, and the pages that do not hold them."""

import pytest

from ergo_agent.documents.names import missing_names

PAGES = {
    1: "The band saw Vega weighs 12 kg.",
    2: "The band saw Rigel weighs 14 kg.",
    3: "The drill stand Deneb weighs 16 kg in 2024.",
    4: "The Company was founded by Anna.",
    5: "The Company has a hall, says Otto.",
    6: "The Company sells saws. Nothing else stands here.",
}


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        (
            "How heavy is the band saw Vega?",
            {2: "Vega", 3: "Vega", 4: "Vega", 5: "Vega", 6: "Vega"},
        ),
        ("How heavy was it in 2024?", {1: "2024", 2: "2024", 4: "2024", 5: "2024", 6: "2024"}),
        ("What did the Company sell?", {}),  # on half of the pages
        ("How heavy is the band saw Altair?", {}),  # on none: it may be called otherwise
        ("Vega is how heavy?", {}),  # every first word has a capital
        ("How heavy is the band saw vega?", {}),
        ("?", {}),
    ],
)
def test_which_pages_lack_what(question: str, missing: dict[int, str]):
    assert missing_names(question, PAGES) == {page: (name,) for page, name in missing.items()}


def test_a_number_that_stands_nowhere_is_missing_everywhere():
    assert missing_names("How heavy was it in 2019?", PAGES) == dict.fromkeys(PAGES, ("2019",))


def test_a_name_that_was_misread_is_there():
    pages = {**PAGES, 7: "Tne bond saw Bellatr1x weighs 15 kg."}
    assert 7 not in missing_names("How heavy is the saw Bellatrix?", pages)


def test_no_pages():
    assert missing_names("How heavy is the band saw Vega?", {}) == {}
