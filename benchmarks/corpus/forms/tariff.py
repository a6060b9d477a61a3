"""Tariff sheets: two tables of prices, footnotes and an address for complaints."""

from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_ZONES = ["Local", "Regional", "National", "Islands", "Abroad"]
_WEIGHTS = ["up to 1 kg", "up to 3 kg", "up to 5 kg", "up to 10 kg", "up to 20 kg", "up to 31.5 kg"]
_EXTRAS = [
    "Delivery by 10 a.m. (1)",
    "Signature of the addressee",
    "Cash on delivery (2)",
    "Bulky goods",
    "Second attempt",
    "Storage, per day (3)",
    "Insurance above EUR 500",
]


def draw(seed: int) -> bytes:
    """Draws the price list of a parcel carrier."""
    random = invented.source("tariff", seed=seed)
    carrier = invented.firm(random)
    sheet = Sheet(title=f"Tariff {seed}", family="Helvetica" if seed % 2 else "Times")
    year = random.randint(2021, 2026)
    name = f"{carrier.name.split()[0]} Parcels"
    sheet.put(f"{name}: prices {year}", x=15, y=14, size=18, style="B")
    sheet.put(
        f"Valid from 1 {random.choice(('February', 'April', 'July'))} {year}. All prices in EUR, "
        f"including {random.choice((19, 20, 21))}% VAT.",
        x=15,
        y=24,
        size=9,
    )
    _weights(sheet, random=random)
    _extras(sheet, random=random)
    _limits(sheet, random=random)
    _notes(sheet, random=random, carrier=carrier)
    return sheet.to_bytes()


def _weights(sheet: Sheet, *, random: Random) -> None:
    sheet.put("1. Parcels by weight and zone", x=15, y=34, size=12, style="B")
    steps = [random.randint(90, 400) for _ in _ZONES]
    price = random.randint(290, 410)
    rows = []
    for weight in _WEIGHTS:
        price += random.randint(60, 140)
        fares = [price + sum(steps[:zone]) for zone in range(len(_ZONES))]
        rows.append([weight, *map(invented.money, fares)])
    sheet.table(
        ["Weight", *_ZONES],
        rows,
        x=15,
        y=42,
        widths=(40, 28, 28, 28, 28, 28),
        align="LRRRRR",
    )


def _extras(sheet: Sheet, *, random: Random) -> None:
    sheet.put("2. Extra services", x=15, y=94, size=12, style="B")
    rows = [
        [name, invented.money(random.randint(80, 1900)), random.choice(("yes", "yes", "no"))]
        for name in _EXTRAS
    ]
    sheet.table(
        ["Service", "Price", "Abroad"],
        rows,
        x=15,
        y=102,
        widths=(55, 20, 20),
        align="LRL",
        size=8.5,
        ruled=True,
    )


def _limits(sheet: Sheet, *, random: Random) -> None:
    sheet.put("3. Size and delivery", x=120, y=94, size=12, style="B")
    top = 102.0
    for label, value in (
        ("Longest side", f"{random.randint(100, 150)} cm"),
        ("Girth plus length", f"{random.randint(260, 360)} cm"),
        ("Smallest parcel", f"{random.randint(12, 17)} x {random.randint(8, 11)} x 1 cm"),
        ("Delivery time, local", "next working day"),
        ("Delivery time, abroad", f"{random.randint(3, 5)} to {random.randint(6, 9)} days"),
        ("Last collection", f"{random.randint(15, 18)}:{random.choice((15, 30, 45))}"),
    ):
        top = sheet.beside(label, value, x=120, y=top, gap=42, size=9) + 1.5
    sheet.put("Never accepted", x=120, y=top + 3, size=9, style="B")
    sheet.paragraph(
        "live animals, fireworks, loose batteries, cash, perishable food without cooling",
        x=120,
        y=top + 8,
        width=75,
        size=8.5,
    )


def _notes(sheet: Sheet, *, random: Random, carrier: invented.Firm) -> None:
    bottom = 168.0
    for text in (
        "(1) Not on Mondays after a public holiday.",
        f"(2) Up to EUR {random.choice((1000, 1500, 2500))} for each parcel; the money is "
        f"transferred within {random.randint(3, 8)} working days.",
        f"(3) The first {random.randint(4, 9)} days are free. What is not collected after "
        f"{random.choice((14, 21, 28))} days is sent back at the sender's cost.",
    ):
        bottom = sheet.paragraph(text, x=15, y=bottom, width=180, size=7) + 0.8
    sheet.box(x=15, y=bottom + 6, width=180, height=26, fill=240)
    sheet.put("Lost or damaged parcels", x=19, y=bottom + 8, size=10, style="B")
    sheet.paragraph(
        f"Report damage within {random.randint(5, 14)} days to {carrier.mail(box='claims')} and "
        f"keep the wrapping. We are liable up to EUR {random.choice((400, 500, 750))} for each "
        f"parcel. Enquiries are free up to {random.randint(20, 60)} days after posting.",
        x=19,
        y=bottom + 14,
        width=172,
        size=8.5,
    )
    sheet.put(
        f"{carrier.name}, {carrier.street}, {carrier.town} - tel. {carrier.phone}",
        x=15,
        y=285,
        size=6.5,
        shade=70,
    )
