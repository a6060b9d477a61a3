"""Where a text or a value stands on a page."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import BaseModel

from ergo_agent.documents.page_text import PageText, TextSpan
from ergo_agent.extraction.form import form_of
from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.places import lines_of, places_of_text, places_of_value
from ergo_agent.views.geometry import Size


class Bill(BaseModel):
    due: date
    total: Decimal


KINDS = {field.name: field.kind for field in form_of(Bill).fields}
HABITS = Habits(",", day_first=True)
PAGE = PageText(
    "text_layer",
    Size(1000, 1000),
    (
        TextSpan("Bill no. 47 of Marlow and", 100, 100, 350, 120),
        TextSpan("Sons, Tarrow", 100, 125, 220, 145),
        TextSpan("Total: 1.051,00 EUR", 100, 300, 290, 320),
        TextSpan("Part 1051 due on 3 January 2026.", 100, 400, 420, 420),
    ),
)
LINES = lines_of(PAGE)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("47", (190, 100, 210, 120)),
        ("1.051,00", (170, 300, 250, 320)),
        ("bill no. 47", (100, 100, 210, 120)),
        ("marlow and sons", (100, 100, 350, 145)),
        ("3 January 2026", (270, 400, 420, 420)),
    ],
)
def test_a_text_is_found_whatever_its_case_and_over_lines(text: str, box: tuple[int, ...]):
    (found,) = places_of_text(text, LINES)
    assert [round(edge) for edge in found.box] == list(box)
    assert found.text.casefold().startswith(text.casefold()[:2])


@pytest.mark.parametrize("text", ["4", "051", "arlow", "Marlow Sons", "", " . ", "47 of the"])
def test_parts_of_words_and_what_is_not_there_are_not_found(text: str):
    assert places_of_text(text, LINES) == []


def test_a_value_is_found_however_it_is_written():
    (due,) = places_of_value(date(2026, 1, 3), KINDS["due"], LINES, HABITS)
    assert due.text == "3 January 2026."
    total, part = places_of_value(Decimal(1051), KINDS["total"], LINES, HABITS)
    assert (total.text, part.text) == ("1.051,00", "1051")
    assert total.quote == "Total: 1.051,00 EUR"
    assert places_of_value(Decimal(52), KINDS["total"], LINES, HABITS) == []
