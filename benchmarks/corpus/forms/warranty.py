"""Warranty cards: boxed fields, a table of spare parts, conditions in two columns."""

from datetime import date
from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_PRODUCTS = ["Espresso machine", "Robot mower", "Air purifier", "Electric kettle", "Dehumidifier"]
_PARTS = ["Motor", "Housing", "Battery", "Control panel", "Accessories", "Seals and filters"]
_CONDITIONS = [
    "Proof of purchase. The till receipt or invoice must be presented with every claim. "
    "Photographs of the receipt are accepted.",
    "Exclusions. Damage caused by limescale, frost, lightning, dropping or use of parts that we "
    "have not approved is not covered. Wear of {wear} is normal and no defect.",
    "Transport. We collect appliances heavier than {weight} kg free of charge. Lighter ones are "
    "sent to the workshop; postage is refunded when the defect is covered.",
    "Repair time. The workshop aims to return the appliance within {days} working days. If it "
    "takes longer you may ask for a replacement on loan.",
    "Transfer. The guarantee passes to the next owner if the workshop is told of the sale "
    "within {tell} days.",
    "Commercial use. In offices, hotels and rental businesses the period is halved.",
]


def draw(seed: int) -> bytes:
    """Draws a warranty card."""
    random = invented.source("warranty", seed=seed)
    maker = invented.firm(random)
    sheet = Sheet(title=f"Warranty {seed}", family="Helvetica")
    sheet.box(x=15, y=12, width=180, height=18, fill=60)
    sheet.put("WARRANTY CARD", x=20, y=16, size=20, style="B", shade=255)
    sheet.put(maker.name, x=120, y=18, size=11, shade=255, width=70, align="R")
    _fields(sheet, random=random)
    _parts(sheet, random=random)
    _conditions(sheet, random=random)
    _service(sheet, random=random, maker=maker)
    return sheet.to_bytes()


def _fields(sheet: Sheet, *, random: Random) -> None:
    bought = invented.day(random)
    bought = bought.replace(day=min(bought.day, 28))
    model = f"{random.choice('KLMRT')}{random.choice('ESX')}-{random.randint(100, 990)}"
    months = random.choice((18, 24, 30, 36))
    year, month = divmod(bought.year * 12 + bought.month - 1 + months, 12)
    expiry = date(year, month + 1, bought.day)
    rows = [
        [
            ("Product", random.choice(_PRODUCTS)),
            ("Model", model),
            ("Serial number", f"{random.randint(10**8, 10**9 - 1)}"),
        ],
        [
            ("Purchased on", invented.long_date(bought)),
            ("Warranty period", f"{months} months"),
            ("Expires on", invented.long_date(expiry)),
        ],
        [
            ("Purchaser", invented.person(random)),
            ("Dealer", invented.firm(random).short),
            ("Place of purchase", invented.town(random)),
        ],
    ]
    for line, row in enumerate(rows):
        for column, (label, value) in enumerate(row):
            sheet.field(label, value, x=15 + 60 * column, y=38 + 12 * line, width=60, height=12)


def _parts(sheet: Sheet, *, random: Random) -> None:
    sheet.put("Spare parts and repairs", x=15, y=82, size=11, style="B")
    rows = []
    for part in _PARTS:
        years = random.randint(1, 6)
        price, labour = random.randint(5, 120), random.randint(12, 60)
        rows.append(
            [
                part,
                f"{years} year{'s' * (years > 1)}",
                f"EUR {price}.00",
                random.choice(("none", f"EUR {labour}.00")),
            ]
        )
    sheet.table(
        ["Part", "Kept in stock for", "Price of part", "Labour"],
        rows,
        x=15,
        y=89,
        widths=(60, 40, 40, 40),
        ruled=True,
        height=6.5,
    )


def _conditions(sheet: Sheet, *, random: Random) -> None:
    sheet.put("Conditions", x=15, y=142, size=11, style="B")
    values = {
        "wear": random.choice(("brushes", "belts", "blades")),
        "weight": random.choice((8, 10, 15)),
        "days": random.choice((9, 12, 16)),
        "tell": random.choice((20, 40, 60)),
    }
    top = {0: 149.0, 1: 149.0}
    for number, text in enumerate(_CONDITIONS):
        side = number // 3
        written = f"{number + 1}. {text.format(**values)}"
        bottom = sheet.paragraph(written, x=15 + 92 * side, y=top[side], width=88, size=7)
        top[side] = bottom + 1.8


def _service(sheet: Sheet, *, random: Random, maker: invented.Firm) -> None:
    sheet.box(x=15, y=205, width=180, height=32, fill=240)
    sheet.put("Service and repairs", x=20, y=208, size=11, style="B")
    sheet.lines([f"{maker.name}, Workshop", maker.street, maker.town], x=20, y=215, size=9)
    opening = f"Mon-Fri {random.randint(7, 9)}:30 - {random.randint(16, 18)}:00"
    sheet.beside("Hotline", maker.phone, x=110, y=215, gap=24)
    sheet.beside("E-mail", maker.mail(box="repairs"), x=110, y=221, gap=24)
    sheet.beside("Hours", opening, x=110, y=227, gap=24)
    sheet.put(
        f"Form W{random.randint(10, 99)}, rev. {random.choice('BCDE')}. Your statutory rights "
        "are not affected by this guarantee.",
        x=15,
        y=284,
        size=6,
        shade=80,
    )
