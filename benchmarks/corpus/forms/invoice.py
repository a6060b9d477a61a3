"""Invoices: address blocks, a block of references, a table with totals and small print."""

from datetime import timedelta
from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_GOODS = [
    ("Cable drum, 25 m", 3890),
    ("Label printer", 14900),
    ("Bench vice 120 mm", 8450),
    ("Desk lamp, dimmable", 5600),
    ("Torque wrench", 11275),
    ("Paper, A4, 500 sheets", 595),
    ("Shelf bracket (pair)", 1240),
    ("Cordless drill", 13999),
    ("Safety goggles", 980),
    ("Toner cartridge black", 7420),
    ("Archive box", 415),
    ("Extension lead 5 m", 1690),
]


def draw(seed: int) -> bytes:
    """Draws an invoice; odd seeds set the references beside, even ones below their labels."""
    random = invented.source("invoice", seed=seed)
    seller = invented.firm(random)
    sheet = Sheet(title=f"Invoice {seed}", family="Helvetica" if seed % 3 else "Times")
    sheet.put(seller.name, x=20, y=16, size=15, style="B")
    sheet.put(f"{seller.street}, {seller.town}", x=20, y=23, size=8)
    sheet.put("INVOICE", x=140, y=16, size=18, style="B", width=50, align="R")
    _addresses(sheet, random=random)
    _references(sheet, random=random, beside=bool(seed % 2))
    bottom = _goods(sheet, random=random)
    _payment(sheet, random=random, seller=seller, y=bottom + 12)
    return sheet.to_bytes()


def _addresses(sheet: Sheet, *, random: Random) -> None:
    for left, label in ((20, "BILL TO"), (75, "SHIP TO")):
        top = sheet.put(label, x=left, y=40, size=7, style="B")
        block = [invented.person(random), invented.street(random), invented.town(random)]
        sheet.lines(block, x=left, y=top + 1, size=9.5)


def _references(sheet: Sheet, *, random: Random, beside: bool) -> None:
    issued = invented.day(random)
    due = issued + timedelta(days=random.choice((14, 21, 30, 45)))
    pairs = [
        ("Invoice number", invented.code(random, prefix="INV")),
        ("Invoice date", invented.long_date(issued)),
        ("Due date", invented.long_date(due)),
        ("Customer no.", invented.code(random, prefix="C", digits=5)),
        ("Order reference", invented.code(random, prefix="PO")),
    ]
    top = 40.0
    if beside:
        for label, value in pairs:
            top = sheet.beside(label, value, x=128, y=top, gap=32, bold=True)
        return
    for number, (label, value) in enumerate(pairs):
        sheet.below(label, value, x=20 + 35 * number, y=70)


def _goods(sheet: Sheet, *, random: Random) -> float:
    rows, net = [], 0
    for number, (name, price) in enumerate(random.sample(_GOODS, random.randint(4, 7)), 1):
        count = random.randint(1, 12)
        net += count * price
        rows.append(
            [str(number), name, str(count), invented.money(price), invented.money(count * price)]
        )
    bottom = sheet.table(
        ["Pos.", "Description", "Qty", "Unit price", "Amount"],
        rows,
        x=20,
        y=88,
        widths=(12, 83, 17, 29, 29),
        align="LLRRR",
    )
    freight, rate = random.choice((0, 750, 1290)), random.choice((19, 20, 21))
    tax = round((net + freight) * rate / 100)
    for label, amount in (
        ("Subtotal", net),
        ("Freight", freight),
        (f"VAT {rate}%", tax),
        ("Total due (EUR)", net + freight + tax),
    ):
        bottom += 1.5
        style = "B" if label.startswith("Total") else ""
        sheet.put(label, x=122.8, y=bottom, size=9, style=style)
        bottom = sheet.put(
            invented.money(amount), x=160, y=bottom, size=9, style=style, align="R", width=28.2
        )
    return bottom


def _payment(sheet: Sheet, *, random: Random, seller: invented.Firm, y: float) -> None:
    sheet.box(x=20, y=y, width=170, height=24)
    discount, late = random.choice((2, 3)), random.choice(("1.5", "2", "4.5"))
    sheet.beside("Account holder", seller.name, x=23, y=y + 3, gap=30)
    sheet.beside("Account no.", f"{random.randint(10**9, 10**10 - 1)}", x=23, y=y + 9, gap=30)
    sheet.beside("Bank", f"{random.choice(('Corvid', 'Tidewater'))} Bank", x=23, y=y + 15, gap=30)
    sheet.below("Queries about this bill", seller.mail(box="accounts"), x=120, y=y + 3)
    sheet.below("Telephone", seller.phone, x=120, y=y + 13)
    sheet.paragraph(
        f"{discount}% discount may be deducted if payment is received within 7 days. Overdue "
        f"amounts bear interest at {late}% per month. Goods remain the property of the seller "
        "until paid for in full. Complaints about missing or damaged goods must be made in "
        f"writing within {random.choice((5, 8, 10))} working days of delivery.",
        x=20,
        y=277,
        width=170,
        size=6.5,
        shade=60,
    )
