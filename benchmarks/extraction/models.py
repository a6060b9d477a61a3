"""What is asked for: the models that are filled."""

from datetime import date, time
from decimal import Decimal

from pydantic import BaseModel, Field

__all__ = ["MODELS", "Bought", "Invoice", "Line", "Receipt", "Registration"]


class Line(BaseModel):
    """One line of an invoice."""

    description: str
    quantity: int
    price: Decimal = Field(description="price of one unit")
    amount: Decimal = Field(description="amount")


class Invoice(BaseModel):
    """An invoice."""

    number: str | None = Field(None, description="invoice number")
    issued: date | None = Field(None, description="invoice date")
    due: date | None = Field(None, description="due date")
    delivered: date | None = Field(None, description="delivery date")
    customer: str | None = Field(None, description="customer number")
    order: str | None = Field(None, description="order number")
    net: Decimal | None = Field(None, description="net amount before tax")
    tax: Decimal | None = Field(None, description="amount of VAT")
    total: Decimal | None = Field(None, description="total amount to pay")
    discount: Decimal | None = Field(None, description="discount")
    account: str | None = Field(None, description="bank account number")
    lines: list[Line] = Field([], description="goods and services")


class Bought(BaseModel):
    """One thing on a receipt."""

    item: str
    price: Decimal


class Receipt(BaseModel):
    """A receipt."""

    number: str | None = Field(None, description="receipt number")
    day: date | None = Field(None, description="date")
    at: time | None = Field(None, description="time")
    total: Decimal | None = Field(None, description="total")
    cash: Decimal | None = Field(None, description="cash given")
    change: Decimal | None = Field(None, description="change")
    tax: Decimal | None = Field(None, description="amount of VAT")
    tip: Decimal | None = Field(None, description="tip")
    cashier: str | None = Field(None, description="name of the cashier")
    bought: list[Bought] = Field([], description="things bought")


class Registration(BaseModel):
    """A form that somebody filled in."""

    name: str | None = Field(None, description="name of the person")
    born: date | None = Field(None, description="date of birth")
    town: str | None = Field(None, description="town")
    phone: str | None = Field(None, description="telephone number")
    mail: str | None = Field(None, description="e-mail address")
    reference: str | None = Field(None, description="membership number")
    since: date | None = Field(None, description="start date")
    fee: Decimal | None = Field(None, description="yearly fee")
    people: int | None = Field(None, description="number of people in the household")
    employer: str | None = Field(None, description="employer")


MODELS: dict[str, type[BaseModel]] = {
    "invoice": Invoice,
    "receipt": Receipt,
    "registration": Registration,
}
