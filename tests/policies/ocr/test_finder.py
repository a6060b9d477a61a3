"""The finder on lines as the reader gives them, laid out by hand."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ergo_agent.layout.page import understand
from ergo_agent.layout.text import Box, TextLine, Word
from ergo_agent.policies.ocr.finder.confidence import between, calibrated, usual_threshold
from ergo_agent.policies.ocr.finder.finder import find
from ergo_agent.policies.ocr.finder.limits import unreadable
from ergo_agent.policies.ocr.finder.places import place_of
from ergo_agent.policies.ocr.finder.quantities import quantity_in
from ergo_agent.policies.ocr.finder.several import compared, find_each, questions_in
from ergo_agent.policies.ocr.models import shared_models


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
    ],
)
def test_the_value_alone_is_the_answer_with_its_own_place(question: str, gold: str):
    finding = find(question, INVOICE)
    assert finding is not None
    assert finding.found
    assert finding.text == gold
    assert gold in finding.quote
    holder = next(line for line in INVOICE if gold in line.text)
    assert all(line.box.share_inside(holder.box) > 0.9 for line in finding.lines)


@pytest.mark.parametrize(
    "question",
    ["What is the IBAN?", "Who is the driver?", "Which licence applies to the firmware XR-9?"],
)
def test_what_is_not_there_is_not_found(question: str):
    finding = find(question, INVOICE)
    assert finding is None or not finding.found


def test_the_threshold_can_be_set():
    question = "What is the fax number?"
    low, high = find(question, INVOICE, threshold=0.0), find(question, INVOICE, threshold=1.0)
    assert low is not None
    assert high is not None
    assert low.found
    assert not high.found
    assert low.confidence == high.confidence


def test_an_answer_can_be_held_to_what_is_wanted():
    question = "What is the invoice date?"
    plain = find(question, INVOICE)
    held = find(question, INVOICE, accepts=lambda text: "March" in text)
    other = find(question, INVOICE, accepts=lambda text: "April" in text)
    assert plain is not None
    assert held is not None
    assert other is not None
    assert held.text == plain.text == "14 March 2026"
    assert held.confidence >= plain.confidence  # the others are none
    assert other.text == "13 April 2026"
    assert find(question, INVOICE, accepts=lambda _: False) is None
    both = "When was it invoiced? And when is it due?"
    alone = find_each(both, INVOICE, accepts=lambda text: "April" in text)
    assert alone is not None
    assert alone.text == "13 April 2026"  # one value is wanted, and not two


def test_what_is_known_to_be_something_else_makes_the_next_guess_no_surer():
    question = "What is the invoice date?"
    refused = find(question, INVOICE, accepts=lambda text: "April" in text)
    taken = find(question, INVOICE, accepts=lambda text: "April" in text or None)
    assert refused is not None
    assert taken is not None
    assert taken.text == refused.text == "13 April 2026"
    assert taken.confidence < refused.confidence
    assert not taken.found


def test_two_questions_are_answered_both():
    finding = find_each("What is the invoice number and what is the due date?", INVOICE)
    assert finding is not None
    assert finding.found
    assert finding.text == "TL-20418; 13 April 2026"
    assert {line.text for line in finding.lines} == {"TL-20418", "13 April 2026"}


def test_two_questions_of_which_one_has_no_answer_have_none():
    finding = find_each("What is the invoice number? Who is the driver?", INVOICE)
    assert finding is not None
    assert not finding.found


def test_of_two_the_one_with_the_larger_or_smaller_value_is_named():
    dearer = find_each("Which costs more, the coffee grinder or the water filter?", INVOICE)
    cheaper = find_each("Which is cheaper, the coffee grinder or the water filter?", INVOICE)
    assert dearer is not None
    assert cheaper is not None
    assert (dearer.text, cheaper.text) == ("coffee grinder", "water filter")
    assert "compared" in dearer.reason


def test_many_threads_find_what_one_finds():
    questions = [f"What is the {what}?" for what in ("due date", "fax", "amount", "warranty")]
    alone = [find(question, INVOICE) for question in questions]
    shared_models().reader.forget()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda question: find(question, INVOICE), questions * 6))
    assert found == alone * 6


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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What is the fee and when is it due?", ["What is the fee", "when is it due?"]),
        ("When does it start? Where is it held?", ["When does it start?", "Where is it held?"]),
        (
            "Who pays it? When is it due? Where is it paid? What is the fee? Which card is taken?",
            [
                *("Who pays it?", "When is it due?", "Where is it paid?", "What is the fee?"),
                "Which card is taken?",
            ],
        ),
        ("What is the fee? " * 18, None),
        ("What is the name and address?", None),
        ("Which is dearer, the desk or the lamp and the chair?", None),
    ],
)
def test_questions_are_parted(text: str, parts: list[str] | None):
    assert questions_in(text) == (parts or [text.strip()])


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("What colour is the car?", "seen"),
        ("How many people are in the photo?", "seen"),
        ("What does the chart show?", "seen"),
        ("Which box is ticked?", "mark"),
        ("Is the newsletter box checked?", "mark"),
        ("Summarise the page.", "retell"),
        ("How many words are on the page?", "count"),
    ],
)
def test_questions_that_reading_cannot_answer(question: str, why: str):
    limit = unreadable(question)
    assert limit is not None
    assert why in limit.why


@pytest.mark.parametrize(
    "question",
    ["What is the invoice number?", "Who checked the drawing?", "How many people live there?"],
)
def test_questions_that_reading_may_answer(question: str):
    assert unreadable(question) is None


@pytest.mark.parametrize(
    ("question", "options", "about", "lesser"),
    [
        ("Which is cheaper, the lamp or the desk?", ("lamp", "desk"), "", True),
        ("Which has the larger error, nitrate or lead?", ("nitrate", "lead"), "error", False),
        ("What costs more apiece: a box or the tray?", ("box", "tray"), "costs apiece", False),
    ],
)
def test_what_is_compared(question: str, options: tuple[str, str], about: str, *, lesser: bool):
    assert compared(question) == (options, about, lesser)


@pytest.mark.parametrize(
    "question", ["What is the fee, or is there none?", "Is more than one lamp or desk there?"]
)
def test_what_compares_nothing(question: str):
    assert compared(question) is None


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("1,234.50", "1 234.51"),
        ("3.834,40", "3,835"),
        ("EUR 90.00", "95 EUR"),
        ("2020-09-23", "5 May 2021"),
        ("14 March 2026", "1 April 2026"),
        ("512 kB", "2 MB"),
    ],
)
def test_quantities_compare_across_notations(less: str, more: str):
    first, second = quantity_in(less), quantity_in(more)
    assert first is not None
    assert second is not None
    assert first.unit == second.unit
    assert first.amount < second.amount


def test_words_are_no_quantity():
    assert quantity_in("none") is None


def test_a_place_is_found_across_a_lines_end():
    words = (Word("DE12", 100, 140), Word("3456", 150, 190))
    first = TextLine("IBAN DE12 3456", Box(50, 0, 190, 10), 0.9, (Word("IBAN", 50, 90), *words))
    second = TextLine("7890 due", Box(50, 20, 130, 30), 0.9, (Word("7890", 50, 90),))
    place = place_of("DE12 3456 7890", [first, second])
    assert [tuple(line.box) for line in place] == [(100, 0, 190, 10), (50, 20, 90, 30)]
    assert place_of("not there", [first, second]) == (first, second)


def test_confidence_rises_with_what_the_model_says():
    told = [calibrated(step / 50) for step in range(51)]
    assert told == sorted(told)
    assert 0 <= told[0] < usual_threshold() <= told[-1] <= 1


def test_a_curve_is_straight_between_its_knots_and_level_beyond():
    knots = ((0.2, 0.1), (0.4, 0.5))
    assert [between(knots, at) for at in (0.0, 0.2, 0.3, 0.4, 1.0)] == pytest.approx(
        [0.1, 0.1, 0.3, 0.5, 0.5]
    )


def test_a_column_of_many_rows_is_no_answer_to_a_question_that_names_none():
    goods = ("Copper pipe", "Ball valve", "Oak board", "Wood glue", "Paint brush", "Floor wax")
    order = [
        line(each, left, 60) for each, left in (("Article", 40), ("Each", 300), ("Total", 420))
    ]
    for number, name in enumerate(goods * 4):
        top = 90 + 30 * number
        price = 11.37 * (number + 2)
        order += [line(name, 40, top), line(f"{price:,.2f}", 300, top)]
        order.append(line(f"{price * (number + 3):,.2f}", 420, top))
    order += [line("Goods, net", 40, 840), line("136,852.20", 300, 840)]
    order += [line("To pay", 40, 870), line("162,854.12", 300, 870)]
    found = find("What is the total amount to pay?", order)
    assert found is not None
    assert (found.text, found.found) == ("162,854.12", True)
    named = find("What is the price of the copper pipe in the first row?", order)
    assert named is None or not named.text.startswith("162")
