"""Which column of a table is which field."""

from decimal import Decimal

import pytest
from pydantic import BaseModel, Field

from ergo_agent.extraction.columns import match_by_kind, match_columns
from ergo_agent.extraction.form import form_of
from ergo_agent.layout.page import understand
from ergo_agent.layout.tables import Table
from ergo_agent.policies.ocr.models import shared_models
from tests.support.drawn import Sheet


class Line(BaseModel):
    description: str
    count: int = Field(description="quantity")
    price: Decimal = Field(description="unit price")
    amount: Decimal


class Invoice(BaseModel):
    lines: list[Line]


class Thing(BaseModel):
    item: str
    price: Decimal


class Receipt(BaseModel):
    things: list[Thing]


def table_of(*rows: list[str], lefts: list[int]) -> Table:
    page = Sheet(1000, 600)
    page.table(rows, lefts, 60, align="right")
    (table,) = understand(page.lines).tables
    return table


ROWS = (["Copper pipe", "4", "12,50", "50,00"], ["Ball valve", "10", "127,83", "1.278,30"])


@pytest.mark.parametrize(
    ("heads", "columns"),
    [
        (["Description", "Quantity", "Unit price", "Amount"], [0, 1, 2, 3]),
        (["Article", "Qty", "Price per unit", "Line amount"], [0, 1, 2, 3]),
    ],
)
def test_columns_are_told_by_their_names(heads: list[str], columns: list[int]):
    (rows,) = form_of(Invoice).rows
    match = match_columns(
        rows, table_of(heads, *ROWS, lefts=[60, 420, 600, 800]), shared_models().encoder
    )
    assert match is not None
    assert list(match.columns.values()) == columns
    assert list(match.columns) == ["description", "count", "price", "amount"]


def test_another_table_is_not_taken():
    (rows,) = form_of(Invoice).rows
    other = table_of(
        ["Train", "Platform", "Leaves", "Arrives"],
        ["IC 12", "4", "10:30", "11:45"],
        ["RE 5", "7", "10:50", "12:15"],
        lefts=[60, 420, 600, 800],
    )
    assert match_columns(rows, other, shared_models().encoder) is None


def test_a_table_without_names_is_told_by_its_cells():
    (rows,) = form_of(Receipt).rows
    (invoice,) = form_of(Invoice).rows
    table = table_of(
        ["Pears", "2,40"], ["Cat food", "11,90"], ["Plum jam", "3,05"], lefts=[60, 500]
    )
    assert not table.header
    match = match_by_kind(rows, table)
    assert match is not None
    assert match.columns == {"item": 0, "price": 1}
    assert match_by_kind(invoice, table) is None
