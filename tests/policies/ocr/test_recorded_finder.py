"""Committed questions about pages whose lines were recorded."""

import pytest

from benchmarks.corpus.pages import Question, load_questions
from ergo_agent.policies.ocr.finder.finder import Finding
from ergo_agent.policies.ocr.finder.several import find_each
from scripts.reader_model.measure import anls
from tests.support.recorded import lines_of

QUESTIONS = {
    (question.document, question.question): question for question in load_questions("training")
}
IN_OTHER_WORDS = [
    ("fhs-p14", "Which program creates device nodes by hand?"),
    ("letter-1", "How much less do I pay to live there meanwhile?"),
    ("letter-1", "When do the workmen start?"),
    ("measurements-1", "What should small children drink for now?"),
    ("tariff-1", "Whom do I tell when my parcel arrives broken?"),
    ("warranty-1", "Whom do I write to when it breaks?"),
]
IN_THE_PAGES_WORDS = [
    ("invoice-1", "What is the invoice number?"),
    ("invoice-1", "What is the unit price of the torque wrench?"),
    ("letter-1", "Who is the caretaker?"),
    ("letter-1", "How long are the bicycles stored?"),
    ("letter-1", "What is the reference of the sender?"),
    ("measurements-1", "Which method was used for turbidity?"),
    ("simh-gri-p4", "What is the initial memory size?"),
    ("simh-hp2100-p5", "What does EAU stand for?"),
    ("spec-sheet-1", "What is the I2C address?"),
    ("spec-sheet-1", "What is the maximum supply voltage?"),
    ("tariff-1", "What is the longest side?"),
    ("timetable-2", "How much is a day pass for a child?"),
    ("warranty-1", "What is the warranty period?"),
    ("warranty-1", "What is the serial number?"),
    ("warranty-1", "How long is the control panel kept in stock?"),
]
COMPARED = [
    ("invoice-1", "What costs less apiece, the archive box or the goggles?"),
    ("measurements-1", "Which has the larger uncertainty, nitrate or lead?"),
    ("spec-sheet-1", "Which has the longer lead time, the tube or the evaluation kit?"),
    ("tariff-1", "Which is more expensive, cash on delivery or insurance above EUR 500?"),
]
NOT_ON_THE_PAGE = [
    ("fontconfig-guide-p5", "Which font formats are supported?"),
    ("invoice-1", "What is the IBAN?"),
    ("measurements-1", "What is the result for arsenic?"),
    ("simh-hp2100-p5", "How much memory does the 2100A have?"),
    ("timetable-2", "When does the last bus on Sunday leave?"),
]


def found(page: str, text: str) -> tuple[Question, Finding]:
    question = QUESTIONS[page, text]
    finding = find_each(text, lines_of(page))
    assert finding is not None
    return question, finding


@pytest.mark.parametrize(("page", "text"), IN_THE_PAGES_WORDS)
def test_answers_to_questions_in_the_pages_words(page: str, text: str):
    question, finding = found(page, text)
    assert question.wording == "page"
    assert finding.found
    assert anls(finding.text, question.gold) >= 0.5


@pytest.mark.parametrize(("page", "text"), IN_OTHER_WORDS)
def test_answers_to_questions_in_other_words(page: str, text: str):
    question, finding = found(page, text)
    assert question.wording == "paraphrase"
    assert finding.found
    assert anls(finding.text, question.gold) >= 0.5


@pytest.mark.parametrize(("page", "text"), COMPARED)
def test_of_two_the_right_one_is_named(page: str, text: str):
    question, finding = found(page, text)
    assert question.kind == "compare"
    assert finding.found
    assert anls(finding.text, question.gold) == 1.0


@pytest.mark.parametrize(("page", "text"), NOT_ON_THE_PAGE)
def test_what_the_page_does_not_say_is_refused(page: str, text: str):
    question, finding = found(page, text)
    assert question.wording == "unanswerable"
    assert not finding.found


@pytest.mark.parametrize(
    ("page", "text", "short"),
    [
        ("example-quick", "What is the invoice number?", "TL-20418"),
        ("example-quick", "What is the unit price of the coffee grinder?", "415.50"),
        ("invoice-1", "What is the unit price of the torque wrench?", "112.75"),
        ("simh-hp2100-p5", "What does EAU stand for?", "Extended Arithmetic Unit"),
        ("warranty-1", "What is the serial number?", "870619578"),
    ],
)
def test_an_answer_is_given_bare_and_with_its_own_place(page: str, text: str, short: str):
    finding = find_each(text, lines_of(page))
    assert finding is not None
    assert finding.text == short
    place = next(line for line in lines_of(page) if short in line.text)
    assert all(line.box.share_inside(place.box) > 0.9 for line in finding.lines)
    assert short in finding.quote
