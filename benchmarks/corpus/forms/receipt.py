"""Till receipts: a narrow strip of typewriter text on the middle of the page."""

from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_WIDTH = 42
_GOODS = [
    ("RYE BREAD 750G", 345),
    ("OAT DRINK 1L", 189),
    ("COFFEE BEANS", 899),
    ("TOMATOES LOOSE", 267),
    ("EGGS FREE RANGE", 329),
    ("SOAP LAVENDER", 215),
    ("BATTERIES AA 4X", 549),
    ("PASTA 500G", 119),
    ("GOAT CHEESE", 412),
    ("ORANGE JUICE", 279),
    ("KITCHEN ROLL", 238),
    ("DARK CHOCOLATE", 195),
]
_LEFT = 52


def draw(seed: int) -> bytes:
    """Draws a receipt of a grocer's shop."""
    random = invented.source("receipt", seed=seed)
    shop = invented.firm(random)
    sheet = Sheet(title=f"Receipt {seed}", family="Courier")
    head = [shop.name.split()[0].upper() + " MARKET", shop.street, shop.town, shop.phone, ""]
    lines = [text.center(_WIDTH) for text in head] + _goods(random) + _foot(random, shop=shop)
    sheet.lines(lines, x=_LEFT, y=15, size=random.choice((9, 10)))
    return sheet.to_bytes()


def _line(left: str, right: str) -> str:
    return left + right.rjust(_WIDTH - len(left))


def _goods(random: Random) -> list[str]:
    bought = invented.day(random)
    clock = f"{random.randint(8, 20):02d}:{random.randint(0, 59):02d}"
    lines = [
        _line(f"{bought:%d.%m.%Y}", clock),
        _line(f"TILL {random.randint(1, 9)}", f"RECEIPT {random.randint(1000, 9999)}"),
        "=" * _WIDTH,
    ]
    total = 0
    for name, price in random.sample(_GOODS, random.randint(6, 9)):
        count = random.choice((1, 1, 1, 2, 3))
        if count > 1:
            lines.append(f"  {count} x {invented.money(price)}")
        lines.append(_line(name, invented.money(count * price) + random.choice(" AB")))
        total += count * price
    deposit, points = random.choice((25, 50, 75)), random.choice((100, 150, 250))
    paid = total + deposit - points
    given = (paid // 1000 + random.randint(1, 2)) * 1000
    return [
        *lines,
        _line("BOTTLE DEPOSIT", invented.money(deposit)),
        _line("LOYALTY DISCOUNT", "-" + invented.money(points)),
        "-" * _WIDTH,
        _line("TO PAY EUR", invented.money(paid)),
        _line("CASH", invented.money(given)),
        _line("CHANGE", invented.money(given - paid)),
        "",
        f"VAT A 7.0%   B 20.0%   NET {invented.money(round(paid / 1.12))}",
    ]


def _foot(random: Random, *, shop: invented.Firm) -> list[str]:
    served = invented.person(random).split()[0].upper()
    return [
        "=" * _WIDTH,
        _line("YOU WERE SERVED BY", served),
        _line("POINTS COLLECTED", str(random.randint(8, 64))),
        _line("POINTS BALANCE", str(random.randint(200, 1900))),
        "",
        f"Unopened goods may be exchanged within {random.choice((7, 10, 14))}",
        "days against this slip. No exchange of",
        "chilled food.",
        "",
        f"OPEN MON-SAT {random.randint(6, 8)}-{random.choice((20, 21, 22))}".center(_WIDTH),
        shop.mail(box="shop").center(_WIDTH),
        "Tell us what you think: win a hamper!".center(_WIDTH),
        f"survey.{shop.domain}".center(_WIDTH),
    ]
