"""What the layout makes of lines that were read from real pages."""

from functools import cache

import pytest

from ergo_agent.layout.page import PageLayout, understand
from ergo_agent.layout.sections import heading_above, section_body
from ergo_agent.layout.tables import Table
from tests.support.recorded import PAGES, lines_of

FLAG_6 = [
    ("Flag", "-6"),
    ("Compress usage", "5200k"),
    ("Decompress usage", "2500k"),
    ("Decompress -s usage", "1600k"),
    ("Corpus Size", "838626"),
]
"""A row of the bzip2 manual's table under its two header lines, however they were read."""


@cache
def page(name: str) -> PageLayout:
    return understand(lines_of(name))


def pairs(name: str) -> set[tuple[str, str]]:
    return {(pair.label.text, pair.text) for pair in page(name).pairs}


def paragraph_with(name: str, text: str) -> str:
    """The one paragraph that holds some text."""
    found = [other.text for other in page(name).paragraphs if text in other.text]
    assert len(found) == 1, found
    return found[0]


def table_with(name: str, header: str) -> Table:
    found = [
        table
        for table in page(name).tables
        if any(cell.text == header for cell in table.header.values())
    ]
    assert len(found) == 1
    return found[0]


def row_of(table: Table, first: str) -> list[tuple[str, str]]:
    """A row of a table as (column header, text)."""
    row = next(row for row in table.rows if row[0].text == first)
    return [(table.heading_of(cell), cell.text) for cell in row]


@pytest.mark.parametrize("name", PAGES)
def test_no_word_is_lost_or_doubled(name: str):
    words = sorted(word for line in lines_of(name) for word in line.text.split())
    fragments = page(name).fragments
    assert sorted(word for line in fragments for word in line.text.split()) == words
    in_rows = [line for row in page(name).rows for line in row.cells]
    assert sorted(map(id, in_rows)) == sorted(map(id, set(in_rows)))


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("invoice-1", "Invoice number", "INV-968148"),
        ("invoice-1", "Invoice date", "27 November 2024"),
        ("invoice-1", "Due date", "11 January 2025"),
        ("invoice-1", "Order reference", "PO-884017"),
        ("letter-1", "Our reference", "T/7048"),
        ("letter-1", "Your letter of", "4 May 2024"),
        ("letter-1", "E-mail", "tenants@halbrook.example"),
        ("measurements-1", "Sampled by", "Farid Abelmann"),
        ("measurements-1", "Temperature on arrival", "8.0 ℃"),
        ("simh-hp2100-p5", "EAU", "Extended Arithmetic Unit"),
        ("simh-hp2100-p5", "FFP", "Fast FORTRAN Processor"),
        ("spec-sheet-1", "Input voltage", "51 V"),
        ("warranty-1", "Hotline", "+44 20 7946 0979"),
    ],
)
def test_a_value_to_the_right_of_its_label(name: str, label: str, value: str):
    assert (label, value) in pairs(name)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Serial number", "870619578"),
        ("Model", "MX-168"),
        ("Warranty period", "18 months"),
        ("Expires on", "28 September 2025"),
        ("Place of purchase", "Ardenfold L8727"),
    ],
)
def test_a_value_below_its_label(label: str, value: str):
    assert (label, value) in pairs("warranty-1")


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("letter-1", "Enclosures", "floor plan, reply card (3 pages)"),
        ("spec-sheet-1", "- Interface", "I2C, address 0x2C"),
    ],
)
def test_a_value_behind_a_colon(name: str, label: str, value: str):
    assert (label, value) in pairs(name)


def test_a_table_of_one_header_row():
    table = table_with("measurements-1", "Method")
    assert row_of(table, "Lead") == [
        ("Parameter", "Lead"),
        ("Result", "10.9"),
        ("Limit Unit", "10 μg/l"),
        ("Method", "ISO 17294-2"),
        ("Uncertainty", "5%"),
    ]
    assert [row[0].text for row in table.rows] == [
        "pH",
        "Conductivity",
        "Nitrate",
        "Lead",
        "Copper",
        "Iron",
        "Turbidity",
        "E.coli",
        "Hardness",
    ]


def test_a_table_whose_header_takes_two_lines():
    table = table_with("bzip2-manual-p9", "Flag")
    assert row_of(table, "-6") == FLAG_6
    assert len(table.rows) == 9


def test_names_that_were_read_as_one_line_each_head_their_column():
    cells = [cell.text for row in page("bzip2-manual-p9-quick").rows for cell in row.cells]
    assert "Decompress Decompress Corpus" in cells
    table = table_with("bzip2-manual-p9-quick", "Flag")
    assert row_of(table, "-6") == FLAG_6


def test_names_set_apart_from_the_rows_above_begin_a_table():
    table = table_with("example-quick", "Unit price")
    assert [cell.text for cell in table.header.values()] == [
        "Item",
        "Quantity",
        "Unit price",
        "Amount",
    ]
    assert row_of(table, "Coffee grinder, conical burrs")[2] == ("Unit price", "415.50")


def test_a_table_with_an_empty_cell_keeps_its_columns():
    table = table_with("measurements-1", "Method")
    assert ("Limit Unit", "6.5 - 9.5") in row_of(table, "pH")  # pH has no unit


def test_a_table_of_numbers():
    table = table_with("tariff-1", "Regional")
    assert row_of(table, "up to 5 kg") == [
        ("Weight", "up to 5 kg"),
        ("Local", "6.56"),
        ("Regional", "10.47"),
        ("National", "11.40"),
        ("Islands", "13.26"),
        ("Abroad", "15.37"),
    ]


def test_a_table_of_words():
    table = table_with("simh-gri-p4", "comments")
    assert row_of(table, "MSR") == [
        ("name", "MSR"),
        ("size", "16"),
        ("comments", "machine status register"),
    ]
    assert len(table.rows) > 20


def test_more_tables_with_header_rows():
    assert ("Unit price", "112.75") in [
        (table.heading_of(cell), cell.text)
        for table in page("invoice-1").tables
        for row in table.rows
        for cell in row
    ]
    assert ("Kept in stock for", "6 years") in row_of(
        table_with("warranty-1", "Kept in stock for"), "Battery"
    )
    assert ("Typ", "160.9") in row_of(table_with("spec-sheet-1", "Typ"), "Output current")
    stock = table_with("timetable-2", "Lost property")
    assert ("Lost property", "+44 20 7946 0396") in row_of(stock, "Halbrook Bus Company")


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("warranty-1", "The till receipt or invoice", "The workshop aims to return"),
        ("warranty-1", "Damage caused by limescale", "The guarantee passes to the next owner"),
        ("spec-sheet-1", "Accuracy 1.5 %", "measures and reports its own state"),
        ("timetable-2", "Day pass", "Dogs travel free on a lead"),
    ],
)
def test_columns_of_text_stay_apart(name: str, left: str, right: str):
    assert right not in paragraph_with(name, left)
    assert left not in paragraph_with(name, right)


@pytest.mark.parametrize(
    ("name", "begins", "ends"),
    [
        ("letter-1", "While the work lasts", "covers the loan of 13 years."),
        ("letter-1", "Return the enclosed card", "Whoever does not answer gets white."),
        ("bzip2-manual-p9", "The compressed representation", "from undamaged ones."),
        ("fhs-p14", "If it is possible that devices", "MAKEDEV.local for any local devices."),
        ("measurements-1", "Results above the limit", "test is due in 12 months."),
        ("warranty-1", "2. Exclusions.", "Wear of brushes is normal and no defect."),
        ("simh-hp2100-p5", "The 2100 and 1000 CPUs supported", "source file for details."),
    ],
)
def test_a_paragraph_begins_and_ends_where_it_does_on_the_page(name: str, begins: str, ends: str):
    text = paragraph_with(name, begins)
    assert text.startswith(begins)
    assert text.endswith(ends)


@pytest.mark.parametrize(
    ("name", "word", "parted"),
    [
        ("fontconfig-guide-p5", "(currently 7)", "cur-"),
        ("fontconfig-guide-p5", "home directory. If 'prefix'", "pre-"),
    ],
)
def test_a_word_parted_at_the_end_of_a_line_is_joined(name: str, word: str, parted: str):
    assert any(line.text.endswith(parted) for line in lines_of(name))
    assert word in paragraph_with(name, word)


@pytest.mark.parametrize(
    ("name", "number", "title"),
    [
        ("bzip2-manual-p9", "2.6", "RECOVERING DATA FROM DAMAGED FILES"),
        ("fhs-p14", "3.5.2", "Specific Options"),
        ("tariff-1", "2", "Extra services"),
        ("tariff-1", "3", "Size and delivery"),
        ("measurements-1", "", "Assessment"),
        ("letter-1", "", "Repair of the windows on the north side"),
        ("spec-sheet-1", "", "Description"),
    ],
)
def test_headings_are_found_by_number_and_title(name: str, number: str, title: str):
    found = {(heading.number, heading.title) for heading in page(name).headings}
    assert (number, title) in found


@pytest.mark.parametrize(
    ("name", "title", "inside", "outside"),
    [
        ("measurements-1", "Assessment", "run off for 4 minutes", "the sum of calcium"),
        ("spec-sheet-1", "Description", "a falling edge on EN wakes it", "Accuracy 1.5 %"),
    ],
)
def test_a_section_ends_at_the_next_heading(name: str, title: str, inside: str, outside: str):
    layout = page(name)
    heading = next(heading for heading in layout.headings if heading.title == title)
    body = " ".join(part.text for part in section_body(heading, layout.headings, layout.paragraphs))
    assert inside in body
    assert outside not in body


def test_what_stands_under_a_heading_knows_it():
    layout = page("measurements-1")
    part = next(part for part in layout.paragraphs if "the sum of calcium" in part.text)
    heading = heading_above(part.box, layout.headings)
    assert heading is not None
    assert heading.text == "Definitions"
