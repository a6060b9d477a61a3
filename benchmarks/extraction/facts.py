"""What stands on a document: values with the texts that they are written as, in one habit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal

__all__ = ["Fact", "Facts", "Habit", "Pen", "facts_of"]

Habit = Literal["point", "comma"]
_ABSENT = 0.25
"""Share of the fields that a document does not have."""
_NEVER = {"invoice": {"number", "total"}, "receipt": {"total"}, "registration": {"name"}}
"""Fields that every document of a kind has."""


@dataclass(frozen=True)
class Fact:
    """A value, and how it is written."""

    text: str
    value: Any


@dataclass(frozen=True)
class Facts:
    """All that stands on a document; fields that it does not have are missing."""

    fields: dict[str, Fact]
    rows: list[dict[str, Fact]] = field(default_factory=list)


class Pen:
    """Writes values in one habit, dates in one form."""

    def __init__(self, random: Random, habit: Habit) -> None:
        """Choose the form of dates and what stands with amounts.

        Args:
            random: Chooses.
            habit: What stands before decimals.
        """
        self.random = random
        self.habit = habit
        forms = (
            ("dots", "slashes", "named") if habit == "comma" else ("slashes", "us", "named", "iso")
        )
        self.form = random.choice(forms)
        self.currency = random.choice(
            ("", " EUR", " CHF") if habit == "comma" else ("", "$", "£", "USD ")
        )

    def money(self, cents: int, *, marked: bool = False) -> Fact:
        """An amount, with its currency if it is marked."""
        whole = f"{cents / 100:,.2f}"
        if self.habit == "comma":
            whole = whole.translate({ord(","): ".", ord("."): ","})
        if marked:
            whole = (
                f"{whole}{self.currency}" if self.habit == "comma" else f"{self.currency}{whole}"
            )
        return Fact(whole, Decimal(cents) / 100)

    def day(self, value: date) -> Fact:
        """A date."""
        text = {
            "dots": f"{value:%d.%m.%Y}",
            "slashes": f"{value:%d/%m/%Y}",
            "us": f"{value:%m/%d/%Y}",
            "iso": f"{value:%Y-%m-%d}",
            "named": f"{value.day} {value:%B %Y}",
        }[self.form]
        return Fact(text, value)


def facts_of(
    kind: str, pen: Pen, *, names: Sequence[str], goods: Sequence[str], rows: int
) -> Facts:
    """A document's facts.

    Args:
        kind: "invoice", "receipt" or "registration".
        pen: Writes them.
        names: Of people.
        goods: Of things.
        rows: How many rows its table has.
    """
    made = {"invoice": _invoice, "receipt": _receipt, "registration": _registration}[kind]
    facts = made(pen, names, goods, rows)
    kept = {
        name: fact
        for name, fact in facts.fields.items()
        if name in _NEVER[kind] or pen.random.random() >= _ABSENT
    }
    return Facts(kept, facts.rows)


def _late(random: Random) -> date:
    """A day of the second half of a month: it tells which number is the day."""
    return date(random.choice((2024, 2025, 2026)), random.randint(1, 12), random.randint(13, 28))


def _invoice(pen: Pen, names: Sequence[str], goods: Sequence[str], rows: int) -> Facts:
    del names
    random = pen.random
    issued, lines, net = _late(random), [], 0
    for name in _drawn(random, goods, rows):
        count, price = random.randint(1, 24), random.randint(150, 48_000)
        net += count * price
        lines.append(
            {
                "description": Fact(name, name),
                "quantity": Fact(str(count), count),
                "price": pen.money(price),
                "amount": pen.money(count * price),
            }
        )
    tax = round(net * random.choice((7, 19, 20, 21)) / 100)
    code = random.choice(("RE-{}", "{}/26", "F{}", "2026-{}")).format(random.randint(1000, 99_999))
    account = (
        f"GB{random.randint(10, 99)} TRUE {random.randint(1000, 9999)} {random.randint(1000, 9999)}"
    )
    fields = {
        "number": Fact(code, code),
        "issued": pen.day(issued),
        "due": pen.day(issued + timedelta(days=random.choice((10, 14, 21, 30)))),
        "delivered": pen.day(issued - timedelta(days=random.randint(2, 9))),
        "customer": _same(f"K{random.randint(10_000, 99_999)}"),
        "order": _same(f"PO {random.randint(100_000, 999_999)}"),
        "net": pen.money(net),
        "tax": pen.money(tax),
        "total": pen.money(net + tax, marked=True),
        "account": _same(account),
        "discount": pen.money(random.randint(500, 9000)),
    }
    return Facts(fields, lines)


def _receipt(pen: Pen, names: Sequence[str], goods: Sequence[str], rows: int) -> Facts:
    random = pen.random
    bought, total = [], 0
    for name in _drawn(random, goods, rows):
        price = random.randint(80, 2900)
        total += price
        bought.append({"item": Fact(name, name), "price": pen.money(price)})
    given = (total // 1000 + random.randint(1, 2)) * 1000
    at = time(random.randint(8, 20), random.randint(0, 59))
    fields = {
        "number": _same(f"{random.randint(10_000, 999_999)}"),
        "day": pen.day(_late(random)),
        "at": Fact(f"{at:%H:%M}", at),
        "total": pen.money(total, marked=True),
        "cash": pen.money(given),
        "change": pen.money(given - total),
        "tax": pen.money(round(total * 0.19 / 1.19)),
        "tip": pen.money(random.randint(100, 700)),
        "cashier": _same(random.choice(names).split()[0]),
    }
    return Facts(fields, bought)


def _registration(pen: Pen, names: Sequence[str], goods: Sequence[str], rows: int) -> Facts:
    del goods, rows
    random = pen.random
    name = random.choice(names)
    born = _late(random).replace(year=random.randint(1951, 2004))
    people = random.randint(1, 7)
    fields = {
        "name": _same(name),
        "born": pen.day(born),
        "town": _same(random.choice(("Aldmere", "Port Lyra", "Sundby", "Castle Venn"))),
        "phone": _same(f"0{random.randint(1200, 1990)} {random.randint(200_000, 999_999)}"),
        "mail": _same(f"{name.split()[0].lower()}@{random.choice(('vale', 'fjord'))}.example"),
        "reference": _same(f"M-{random.randint(1000, 9999)}-{random.randint(10, 99)}"),
        "since": pen.day(_late(random)),
        "fee": pen.money(random.randint(1200, 190_000), marked=True),
        "people": Fact(str(people), people),
        "employer": _same(f"{random.choice(('Marl', 'Osier', 'Teal'))} Works"),
    }
    return Facts(fields)


def _same(text: str) -> Fact:
    return Fact(text, text)


def _drawn(random: Random, goods: Sequence[str], rows: int) -> list[str]:
    """So many names of things, those that repeat with a size behind them."""
    drawn = random.sample(list(goods), min(rows, len(goods)))
    while len(drawn) < rows:
        drawn.append(f"{random.choice(goods)}, {random.randint(2, 90)} cm")
    return drawn
