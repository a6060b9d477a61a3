"""Committed questions about pages whose lines were recorded."""

import pytest

from benchmarks.corpus.pages import Question, load_questions
from benchmarks.score import is_right
from ergo_agent.policies.ocr.finder.finder import find
from tests.support.recorded import lines_of

QUESTIONS = {
    (question.document, question.question): question for question in load_questions("training")
}
IN_OTHER_WORDS = [
    ("invoice-1", "What do I save when I pay within a week?"),
    ("letter-1", "How much less do I pay to live there meanwhile?"),
    ("letter-1", "What happens if I do not reply about the colour?"),
    ("measurements-1", "When is water said to be soft?"),
    ("measurements-1", "What should small children drink for now?"),
    ("spec-sheet-1", "Where is it made?"),
    ("tariff-1", "Whom do I tell when my parcel arrives broken?"),
    ("timetable-2", "What is the fine for travelling without paying?"),
    ("warranty-1", "What about use in a hotel?"),
    ("simh-hp2100-p5", "How do I turn the device loader on?"),
    ("simh-gri-p4", "Which command turns on byte swapping?"),
]
IN_THE_PAGES_WORDS = [
    ("bzip2-manual-p9", "What do the performance notes say?"),
    ("bzip2-manual-p9", "What is the decompress usage with the flag -6?"),
    ("fhs-p14", "What is a configuration file?"),
    ("fhs-p14", "What does the section on /dev say?"),
    ("fontconfig-guide-p5", "What does the cachedir element contain?"),
    ("invoice-1", "What is the invoice number?"),
    ("invoice-1", "What is the unit price of the torque wrench?"),
    ("letter-1", "Who is the caretaker?"),
    ("letter-1", "How long are the bicycles stored?"),
    ("measurements-1", "What is the result for lead?"),
    ("measurements-1", "Which method was used for turbidity?"),
    ("measurements-1", "What does uncertainty mean?"),
    ("simh-gri-p4", "What is the initial memory size?"),
    ("simh-gri-p4", "What is the default configuration?"),
    ("simh-hp2100-p5", "What does EAU stand for?"),
    ("simh-hp2100-p5", "Which machines supported user microprogramming?"),
    ("spec-sheet-1", "What is the maximum supply voltage?"),
    ("spec-sheet-1", "What is the I2C address?"),
    ("tariff-1", "How much is a regional parcel up to 5 kg?"),
    ("tariff-1", "What is the longest side?"),
    ("timetable-2", "How much is a day pass for a child?"),
    ("warranty-1", "What does the condition on exclusions say?"),
    ("warranty-1", "What is the warranty period?"),
    ("warranty-1", "What is the serial number?"),
    ("warranty-1", "How long is the control panel kept in stock?"),
]
NOT_ON_THE_PAGE = [
    ("bzip2-manual-p9", "How many seconds does compression with -9 take?"),
    ("fhs-p14", "What does the section on /home say?"),
    ("fontconfig-guide-p5", "Which font formats are supported?"),
    ("invoice-1", "What is the fax number of the seller?"),
    ("invoice-1", "What is the IBAN?"),
    ("simh-gri-p4", "How fast is the processor clock?"),
    ("tariff-1", "How much is a parcel of 40 kg?"),
]


def answer_to(question: Question) -> str | None:
    finding = find(question.question, lines_of(question.document))
    return finding.text if finding is not None and finding.found else None


@pytest.mark.parametrize(("page", "text"), IN_THE_PAGES_WORDS)
def test_answers_to_questions_in_the_pages_words(page: str, text: str):
    question = QUESTIONS[page, text]
    assert question.wording == "page"
    assert is_right(question, answer_to(question))


@pytest.mark.parametrize(("page", "text"), IN_OTHER_WORDS)
def test_answers_to_questions_in_other_words(page: str, text: str):
    question = QUESTIONS[page, text]
    assert question.wording == "paraphrase"
    assert is_right(question, answer_to(question))


@pytest.mark.parametrize(("page", "text"), NOT_ON_THE_PAGE)
def test_what_the_page_does_not_say_is_refused(page: str, text: str):
    question = QUESTIONS[page, text]
    assert question.wording == "unanswerable"
    assert answer_to(question) is None


@pytest.mark.parametrize(
    ("page", "text", "short"),
    [
        ("example-quick", "What is the invoice number?", "TL-20418"),
        ("example-quick", "What is the unit price of the coffee grinder?", "415.50"),
        ("measurements-1", "What is the result for lead?", "10.9"),
        ("simh-hp2100-p5", "What does EAU stand for?", "Extended Arithmetic Unit"),
        ("warranty-1", "What is the serial number?", "870619578"),
    ],
)
def test_a_clear_answer_is_given_bare_and_with_its_own_place(page: str, text: str, short: str):
    finding = find(text, lines_of(page))
    assert finding is not None
    assert finding.text == short
    place = next(line for line in lines_of(page) if line.text.endswith(short))
    assert all(line.box.share_inside(place.box) > 0.9 for line in finding.lines)
