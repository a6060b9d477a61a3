"""The finder on lines as the reader gives them, laid out by hand."""

import pytest

from ergo_agent.policies.ocr.finder.acronyms import expansion_of
from ergo_agent.policies.ocr.finder.eyes import needs_eyes
from ergo_agent.policies.ocr.finder.finder import find
from ergo_agent.policies.ocr.finder.kinds import expected_kinds, kinds_in
from ergo_agent.policies.ocr.finder.question import understand_question
from ergo_agent.policies.ocr.finder.terms import terms_of
from ergo_agent.policies.ocr.finder.values import quantity_in
from ergo_agent.policies.ocr.layout.page import understand
from ergo_agent.policies.ocr.text import Box, TextLine


def line(text: str, left: float, top: float, height: float = 16) -> TextLine:
    box = Box(left, top, left + 7.5 * len(text), top + height)
    return TextLine(text, box, 0.99)


INVOICE = [
    line("Tamarlane Machines", 40, 20, 30),
    line("Invoice number", 400, 100),
    line("TL-20418", 560, 100),
    line("Invoice date", 400, 130),
    line("14 March 2026", 560, 130),
    line("Due date", 400, 160),
    line("13 April 2026", 560, 160),
    line("Item", 40, 260),
    line("Quantity", 300, 260),
    line("Unit price", 420, 260),
    line("Amount", 560, 260),
    line("Espresso machine", 40, 290),
    line("1", 300, 290),
    line("2,480.00", 420, 290),
    line("2,480.00", 560, 290),
    line("Coffee grinder", 40, 320),
    line("2", 300, 320),
    line("415.50", 420, 320),
    line("831.00", 560, 320),
    line("Water filter", 40, 350),
    line("6", 300, 350),
    line("38.90", 420, 350),
    line("233.40", 560, 350),
    line("Warranty period: 24 months from delivery.", 40, 520),
    line("Support: help@tamarlane.example", 40, 560),
]


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("What is the invoice number?", "TL-20418"),
        ("What is the due date?", "13 April 2026"),
        ("What is the unit price of the coffee grinder?", "415.50"),
        ("What is the amount for the water filter?", "233.40"),
        ("How long is the warranty period?", "24 months"),
        ("What is the e-mail address of the support?", "help@tamarlane.example"),
        ("Which costs more, the coffee grinder or the water filter?", "coffee grinder"),
    ],
)
def test_answers_are_found_by_label_row_and_column_and_meaning(question: str, gold: str):
    finding = find(question, INVOICE)
    assert finding is not None
    assert finding.found
    assert gold in finding.text
    assert len(finding.text) <= 300


@pytest.mark.parametrize(
    "question", ["What is the fax number?", "Which licence applies to the firmware XR-9?"]
)
def test_what_is_not_there_is_not_found(question: str):
    finding = find(question, INVOICE)
    assert finding is None or not finding.found


def test_a_page_without_text_has_no_answer():
    assert find("What is it?", []) is None


def test_a_table_knows_its_columns():
    table = next(table for table in understand(INVOICE).tables if table.header)
    assert {cell.text for cell in table.header.values()} >= {"Quantity", "Unit price", "Amount"}
    grinder = next(row for row in table.rows if row[0].text == "Coffee grinder")
    assert [(table.heading_of(cell), cell.text) for cell in grinder[1:]] == [
        ("Quantity", "2"),
        ("Unit price", "415.50"),
        ("Amount", "831.00"),
    ]


def test_paragraphs_of_two_columns_stay_apart():
    left = [line("The left column tells of the wide blue sea", 40, 100 + 20 * i) for i in range(3)]
    right = [
        line("While the right one is about the green hills", 420, 100 + 20 * i) for i in range(3)
    ]
    texts = [paragraph.text for paragraph in understand(left + right).paragraphs]
    assert len(texts) == 2
    assert all(("sea" in text) != ("hills" in text) for text in texts)


def test_numbered_sections_are_found_by_number_and_title():
    page = [
        line("2.1 Installation", 40, 40, 24),
        line("Put the disc into the drive and wait until the lamp is green.", 40, 80),
        line("2.2 Removal", 40, 140, 24),
        line("Take the disc out of the drive before the cable is unplugged.", 40, 180),
    ]
    for question in ("What does section 2.2 say?", "What does the section on removal say?"):
        finding = find(question, page)
        assert finding is not None
        assert finding.found
        assert "Take the disc out" in finding.text
        assert "Put the disc" not in finding.text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("due 13 April 2026", "date"),
        ("2026-04-13", "date"),
        ("EUR 4,562.94", "money"),
        ("24 months", "duration"),
        ("within five days", "duration"),
        ("help@tamarlane.example", "email"),
        ("+44 20 7946 0018", "phone"),
        ("version 4.19.0", "version"),
        ("19 %", "percent"),
        ("118 kHz", "measure"),
        ("https://example.org/a", "url"),
    ],
)
def test_kinds_are_recognised(text: str, kind: str):
    assert kind in kinds_in(text)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did the project start?", "date"),
        ("How long is the warranty?", "duration"),
        ("What is the e-mail address?", "email"),
        ("Whom do I write to?", "email"),
        ("Which number do I ring?", "phone"),
        ("Which version is it?", "version"),
        ("How many pages are there?", "number"),
        ("Who wrote it?", "name"),
    ],
)
def test_questions_expect_kinds(question: str, kind: str):
    assert expected_kinds(question)[0] == kind


def test_codes_and_names_are_told_from_words():
    kinds = {
        term.text: term.kind
        for term in terms_of("What does the -B option of avrdude_x for Kim do?")
    }
    assert kinds["-B"] == "code"
    assert kinds["avrdude_x"] == "code"
    assert kinds["Kim"] == "name"
    assert kinds["option"] == "word"


def test_forms_of_questions():
    assert understand_question("What does section 2.2 say?").form == "section"
    assert understand_question("What is a view?").form == "definition"
    compared = understand_question("Which is cheaper, the lamp or the desk?")
    assert compared.form == "compare"
    assert compared.wants_less
    assert compared.options == ("the lamp", "the desk")


def test_quantities_compare_across_notations():
    def amount(text: str) -> float:
        quantity = quantity_in(text, ignoring="zzz", asked="how much")
        assert quantity is not None
        return quantity.amount

    assert amount("1,234.50") == amount("1 234.50") == 1234.5
    assert amount("3.834,40") == 3834.4
    later = quantity_in("5 May 2021", ignoring="zzz", asked="which is later")
    earlier = quantity_in("2020-09-23", ignoring="zzz", asked="which is later")
    assert later is not None
    assert earlier is not None
    assert later.amount > earlier.amount


def test_an_abbreviation_is_spelled_out():
    found = expansion_of("EAU", [line("the Extended Arithmetic Unit of it", 0, 0)])
    assert found is not None
    assert found[0] == "Extended Arithmetic Unit"
    assert expansion_of("XYZ", [line("nothing here", 0, 0)]) is None


@pytest.mark.parametrize(
    ("question", "eyes"),
    [
        ("What colour is the car?", True),
        ("How many people are in the photo?", True),
        ("What does the chart show?", True),
        ("What is the invoice number?", False),
        ("Who wrote the manual?", False),
    ],
)
def test_questions_that_need_eyes(question: str, *, eyes: bool):
    assert needs_eyes(question) is eyes
