"""The fields of a model: their questions, and what they take."""

import enum
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from ergo_agent import SettingsError
from ergo_agent.extraction.form import form_of
from ergo_agent.extraction.habits import NO_HABITS
from ergo_agent.extraction.json_schema import model_from_schema


class Currency(enum.Enum):
    EUR = "EUR"
    US_DOLLAR = "USD"


class Party(BaseModel):
    name: str
    city: str | None = None


class Row(BaseModel):
    description: str
    amount: Decimal = Decimal(0)


class Invoice(BaseModel):
    number: str = Field(description="Invoice number", pattern="^[A-Z]")
    invoiceDate: date  # noqa: N815  # names from JSON look like this
    total: Annotated[Decimal, Field(description="the total amount (with tax)", ge=0)]
    paid: bool | None = None
    handed_over: bool | None = Field(None, json_schema_extra={"ticked": True})
    currency: Currency
    way: Literal["cash", "card"] | None = None
    signed: str = Field("", description="Who signed it?")
    supplier: Party
    items: list[Row] = []


KINDS = {field.name: field.kind for field in form_of(Invoice).fields}


class Sums(BaseModel):
    net: Decimal = Field(description="net amount before tax")
    tax: Decimal = Field(description="amount of VAT")
    total: Decimal
    number: str = Field(description="invoice number")
    reference: str = Field(description="membership number")
    supplier: Party


def test_a_name_is_asked_for_where_it_may_say_more_than_the_description():
    assert {field.name: field.by_name for field in form_of(Sums).fields} == {
        "net": "What is the net?",
        "tax": "What is the tax?",
        "total": "",  # asked for so already
        "number": "",  # any number would do
        "reference": "What is the reference?",
        "supplier.name": "",
        "supplier.city": "",
    }


def test_each_field_is_asked_for_as_people_call_it():
    assert {field.name: field.question for field in form_of(Invoice).fields} == {
        "number": "What is the invoice number?",
        "invoiceDate": "What is the invoice date?",
        "total": "What is the total amount?",
        "paid": "Paid: yes or no?",
        "handed_over": "Handed over: yes or no?",
        "currency": "What is the currency?",
        "way": "What is the way?",
        "signed": "Who signed it?",
        "supplier.name": "What is the name of the supplier?",
        "supplier.city": "What is the city of the supplier?",
    }
    (rows,) = form_of(Invoice).rows
    assert [column.name for column in rows.columns] == ["description", "amount"]
    assert rows.needed == {"description"}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("number", "INV-12", "INV-12"),
        ("total", "12,50 EUR", Decimal("12.50")),
        ("paid", "Ja", True),
        ("paid", "no", False),
        ("handed_over", "[x]", True),
        ("handed_over", "☐", False),
        ("currency", "Amounts in EUR", Currency.EUR),
        ("currency", "us dollar", Currency.US_DOLLAR),
        ("way", "paid by card", "card"),
    ],
)
def test_a_text_is_read_as_its_field(field: str, text: str, value: object):
    assert KINDS[field].read(text, NO_HABITS) == value
    assert KINDS[field].fits(text)


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("number", "12", "should match pattern"),
        ("total", "-3", "greater than or equal to 0"),
        ("paid", "x", "a mark, which counts only"),
        ("paid", "perhaps", "neither yes nor no"),
        ("way", "cash or card", "none of cash, card"),
        ("currency", "EURO", "none of"),
    ],
)
def test_what_is_none_says_why(field: str, text: str, why: str):
    with pytest.raises(ValueError, match=why):
        KINDS[field].read(text, NO_HABITS)
    assert not KINDS[field].fits(text)


def test_a_text_that_only_its_document_could_tell_fits():
    assert KINDS["total"].fits("1.328")


def test_a_schema_makes_the_same_form():
    made = form_of(model_from_schema(Invoice.model_json_schema()))
    wanted = form_of(Invoice)
    assert [(f.name, f.question) for f in made.fields] == [
        (f.name, f.question) for f in wanted.fields
    ]
    assert made.rows[0].needed == wanted.rows[0].needed


def test_formats_and_nulls_of_a_schema():
    model = model_from_schema(
        {
            "type": "object",
            "properties": {
                "day": {"type": "string", "format": "date"},
                "sum": {"type": ["number", "null"], "minimum": 0},
                "how": {"enum": ["cash", "card"]},
            },
            "required": ["day", "sum"],
        }
    )
    kinds = {field.name: field.kind for field in form_of(model).fields}
    assert kinds["day"].read("14 March 2026", NO_HABITS) == date(2026, 3, 14)
    assert kinds["sum"].read("3,50", NO_HABITS) == Decimal("3.50")
    assert not kinds["sum"].fits("-3")
    assert kinds["how"].read("Card", NO_HABITS) == "card"
    assert model.model_validate({"day": "2026-03-14"})


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ([], "give a JSON schema of type object"),
        ({}, "no object with properties"),
        ({"type": "object", "properties": {"a": {"oneOf": []}}}, "uses oneOf"),
        ({"type": "object", "properties": {"a": {"type": "file"}}}, "of type 'file'"),
        ({"type": "object", "properties": {"a b": {"type": "string"}}}, "name of a field"),
        ({"type": "object", "properties": {"a": {"type": ["string", "object"]}}}, "give one type"),
        ({"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}}, "give a schema"),
        ({"type": "object", "properties": {"a": {"$ref": "http://x.example/"}}}, "only #"),
        ({"type": "object", "properties": {"a": {"enum": [{}]}}}, "give texts"),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, "only #"),
        (
            {"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}},
            "refers to itself",
        ),
        (
            {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}},
            "no object with properties",
        ),
    ],
)
def test_what_a_schema_may_not_hold_is_said(schema: object, why: str):
    with pytest.raises(SettingsError, match=why):
        model_from_schema(schema)  # type: ignore[arg-type]


def test_references_that_double_at_each_level_are_cut_short():
    schema = {"$defs": {}, "type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}}
    for at in range(18):
        below = {"$ref": f"#/$defs/d{at + 1}"}
        schema["$defs"][f"d{at}"] = {"type": "object", "properties": {"a": below, "b": below}}
    schema["$defs"]["d18"] = {"type": "string"}
    with pytest.raises(SettingsError, match="more than 400 fields"):
        model_from_schema(schema)


class Empty(BaseModel):
    pass


class Odd(BaseModel):
    blob: dict[str, int]


class Strings(BaseModel):
    names: list[str]


class Either(BaseModel):
    one: int | str


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (dict, "give a class derived from pydantic"),
        (3, "give a class derived from pydantic"),
        (Empty, "has no fields"),
        (Strings, r"give list\[Row\]"),
        (Either, "no single text can fill"),
        (Odd, r"give list\[Row\]|no single text"),
    ],
)
def test_a_model_that_cannot_be_filled_is_refused(model: object, why: str):
    with pytest.raises(SettingsError, match=why):
        form_of(model)  # type: ignore[arg-type]
