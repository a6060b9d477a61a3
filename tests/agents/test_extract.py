"""A model filled from a document, by the embedded reader and by a policy that sees pictures."""

import io
import json
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, Never

import numpy as np
import pytest
from PIL import Image, ImageColor
from pydantic import BaseModel, Field, model_validator

from ergo_agent import SettingsError, aextract, extract
from ergo_agent.documents.routes import Route, route
from ergo_agent.report.drawing import EVIDENCE_COLOUR
from tests.support.drawn import Sheet
from tests.support.paged import digital, save
from tests.support.scripted import image_urls, received, scripted


class Row(BaseModel):
    article: str
    quantity: int
    amount: Decimal


class Invoice(BaseModel):
    invoice_number: str
    due_date: date | None = None
    total: Decimal = Field(description="total due")
    discount: Decimal | None = None
    items: list[Row] = []


def sheet() -> Sheet:
    page = Sheet(800, 620)
    page.put("Harbrook & Sons", 60, 40, 30)
    for at, (label, value) in enumerate(
        [("Invoice number", "HB-2291"), ("Invoice date", "24/12/2025"), ("Due date", "03/01/2026")]
    ):
        page.put(label, 60, 120 + 30 * at)
        page.put(value, 260, 120 + 30 * at)
    rows = [
        ["Article", "Quantity", "Amount"],
        ["Copper pipe", "4", "50,00"],
        ["Ball valve", "10", "1.278,30"],
    ]
    end = page.table(rows, [60, 420, 700], 280, align="right")
    page.put("Total due", 420, end + 40)
    page.put("1.328,30 EUR", 700, end + 40, align="right")
    return page


@pytest.fixture(scope="module")
def invoice():
    return sheet().image(1.5)


def test_each_value_has_its_type_and_its_place(invoice: Image.Image, tmp_path: Path):
    found = extract(invoice, Invoice, policy="ocr")
    assert found.value == Invoice(
        invoice_number="HB-2291",
        due_date=date(2026, 1, 3),  # by the day of the invoice, 24/12
        total=Decimal("1328.30"),  # by the decimal comma
        items=[
            Row(article="Copper pipe", quantity=4, amount=Decimal("50.00")),
            Row(article="Ball valve", quantity=10, amount=Decimal("1278.30")),
        ],
    )
    assert found.missing == ("discount",)
    assert found.values["discount"] is None
    for name, text in (("total", "1.328,30 EUR"), ("items[1].amount", "1.278,30")):
        answer = found.fields[name]
        assert answer.read == text
        assert text in answer.quote
        assert answer.page == 1
        (line,) = (each for each in sheet().lines if each.text == text)
        left, top, right, bottom = (edge * 1.5 for edge in line.box)
        assert answer.region is not None
        place = answer.region
        assert left - 6 < place.left < left + 12
        assert right - 12 < place.right < right + 6
        assert top - 6 < place.top < place.bottom < bottom + 6
    assert found.fields["total"].confidence
    assert found.vision_tokens > 0
    check_saved(found.save_boxes(tmp_path / "boxes.png"), found.fields["total"].region.left)
    assert json.loads(json.dumps(found.as_json()))["value"]["total"] == "1328.30"


def check_saved(names: list[str], left: int) -> None:
    (name,) = names
    with Image.open(name) as drawn:
        red = ImageColor.getrgb(EVIDENCE_COLOUR)
        assert (np.asarray(drawn)[:, left - 1] == red).all(axis=1).any()


class Needs(BaseModel):
    registration_of_the_ship: str
    due_date: date


def test_without_what_it_needs_there_is_no_model_but_all_the_rest(
    invoice: Image.Image, monkeypatch: pytest.MonkeyPatch
):
    opened: list[object] = []

    async def counted(source: object, **given: Any) -> Route:
        opened.append(source)
        return await route(source, **given)

    # by its name the module is not to be had: the package has a function of that name
    monkeypatch.setattr(import_module("ergo_agent.ask"), "route", counted)
    found = extract(invoice, Needs, policy="ocr")
    assert len(opened) == 1  # once for all fields
    assert found.value is None
    assert found.missing == ("registration_of_the_ship",)
    assert found.values["due_date"] == date(2026, 1, 3)
    assert found.notes == ()


class Refuses(BaseModel):
    due_date: date

    @model_validator(mode="after")
    def _check(self) -> Never:
        raise ValueError("never on a Saturday")


def test_what_the_model_itself_refuses_is_said(invoice: Image.Image):
    found = extract(invoice, Refuses, policy="ocr")
    assert found.value is None
    assert "never on a Saturday" in found.notes[0]


class Wrong(BaseModel):
    invoice_number: int | None = None


def test_a_text_that_is_not_what_the_field_takes_is_told(invoice: Image.Image):
    found = extract(invoice, Wrong, policy="ocr")
    assert found.value == Wrong()
    assert found.missing == ("invoice_number",)
    answer = found.fields["invoice_number"]
    assert answer.read == "HB-2291"
    assert '"HB-2291" is not a whole number' in answer.problem
    assert answer.region is not None


class Table(BaseModel):
    items: list[Row]


def test_rows_go_on_over_a_page_break(tmp_path: Path):
    first, second = io.BytesIO(), io.BytesIO()
    rows = [[f"Article {at}", str(at), f"{at},50"] for at in range(1, 12)]
    for buffer, part in (
        (first, [["Article", "Quantity", "Amount"], *rows[:6]]),
        (second, rows[6:]),
    ):
        page = Sheet(800, 420)
        page.table(part, [60, 420, 700], 60, align="right")
        page.image(1.5).save(buffer, "PNG")
    found = extract([first.getvalue(), second.getvalue()], Table, policy="ocr")
    assert found.value is not None
    assert [row.quantity for row in found.value.items] == list(range(1, 12))
    assert found.fields["items[5].amount"].page == 1
    assert found.fields["items[6].amount"].page == 2
    names = found.save_boxes(tmp_path / "boxes.png")
    assert [Path(name).name for name in names] == ["boxes-1.png", "boxes-2.png"]


LINES = [
    "Bill 4711 of Marlow & Co",
    "Date: 24/12/2025   Due: 03/01/2026",
    "Soap   2   3,00",
    "Towels   12   1.048,00",
    "Sum   1.051,00",
    "Shipping   3,00",
]


def reply(**fields: object) -> str:
    return f"Here it is:\n```json\n{json.dumps(fields)}\n```"


@pytest.fixture
def bill(tmp_path: Path):
    return save(bytes(digital([LINES]).output()), tmp_path / "bill.pdf")


def test_a_claim_is_located_by_its_value_wherever_the_policy_says_it_stands(bill: Path):
    policy = scripted(
        reply(
            invoice_number={"text": "4711", "page": 1, "box": [0, 900, 10, 999]},
            due_date={"text": "2026-01-03", "page": 7, "box": "nowhere"},
            total={"text": "1051.00", "page": 1, "box": [1, 2]},
            discount=None,
            items=[
                {"article": "Soap", "quantity": 2, "amount": "3,00"},
                {"article": "Towels", "quantity": 12, "amount": "1.048,00"},
                {"article": "Brush", "quantity": 1, "amount": "9,99"},
            ],
        )
    )
    found = extract(bill, Invoice, policy=policy)
    assert found.value == Invoice(
        invoice_number="4711",
        due_date=date(2026, 1, 3),
        total=Decimal("1051.00"),
        items=[
            Row(article="Soap", quantity=2, amount=Decimal("3.00")),
            Row(article="Towels", quantity=12, amount=Decimal("1048.00")),
        ],
    )
    assert found.fields["total"].read == "1.051,00"
    assert found.fields["due_date"].read == "03/01/2026"
    # of the two places of 3,00 the one on the row of the soap
    soap, total = found.fields["items[0].amount"].region, found.fields["total"].region
    assert soap is not None
    assert total is not None
    assert soap.bottom < total.top
    assert "a claimed row of items lacks" in found.notes[0]
    assert "Brush" in found.notes[0]
    ((message,),) = received(policy)
    assert len(image_urls([message])) == 1
    assert found.vision_tokens > 0


def test_what_the_policy_invents_is_told_and_not_taken(bill: Path):
    policy = scripted(reply(invoice_number={"text": "X-99"}, total={"text": "77,00", "page": 1}))
    found = extract(bill, Invoice, policy=policy)
    assert found.value is None
    assert found.missing == ("invoice_number", "due_date", "total", "discount", "items")
    assert found.fields["total"].value is None
    assert "stands on no page that it was shown" in found.problems["total"]


@pytest.mark.parametrize("said", ["I cannot.", "{", "[1, 2]", '{"total": {"text": {"a": 1}}}'])
def test_a_reply_of_no_use_fills_nothing(bill: Path, said: str):
    found = extract(bill, Invoice, policy=scripted(said))
    assert found.value is None
    assert all(value is None for value in found.values.values())


async def test_what_cannot_be_asked_for_is_refused_before_anything_is_opened():
    with pytest.raises(SettingsError, match="give a class derived from"):
        await aextract("nothing.png", dict)  # type: ignore[type-var]
    with pytest.raises(TypeError, match=r"extract\(\) got an unexpected keyword argument 'colour'"):
        await aextract("nothing.png", Invoice, colour="red")
