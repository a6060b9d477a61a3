"""A supermarket's receipt on a narrow roll: name, weight, price; cards, points and tax below."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import COURIER
from benchmarks.corpus.layouts.paper import Form, Paper, Spot

_GOODS = [
    ("Leeks loose", "the vegetables sold by weight"), ("Butter salted", "the fat for the bread"),
    ("Porridge oats", "the breakfast cereal"), ("Plum jam", "the fruit spread"),
    ("Dish soap", "the washing-up liquid"), ("Trout fillet", "the fish"),
    ("Candles 12x", "the lights"), ("Cat food", "what the pet eats"), ("Pears", "the fruit"),
    ("Stamps 2nd", "the postage"),
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws a receipt."""
    goods = random.sample(_GOODS, 6)
    paper = Paper(COURIER, width=76, height=150)
    shop = names.firm(random).upper()
    paper.put(f"{shop} STORES", 0, 6, 13, bold=True, align="C", width=76)
    paper.put(f"{names.street(random)}, {names.place(random)}", 0, 13, 7.5, align="C", width=76)
    y, total, prices = 22.0, 0, []
    for name, _ in goods:
        price = random.randint(65, 1290)
        count = random.choice([1, 1, 2, 3])
        if count > 1:
            paper.put(f"{count} @ {price / 100:.2f}", 10, y, 8)
            y += 4.2
        paper.put(name, 5, y, 9)
        spot = paper.put(f"{count * price / 100:.2f}", 40, y, 9, align="R", width=31)
        prices.append((f"{count * price / 100:.2f}", spot))
        total += count * price
        y += 4.8
    paper.line(5, y, 71, y)
    lines = _foot(random, total)
    spots = {label: _line(paper, label, value, y + 3 + 5 * at)
             for at, (label, value) in enumerate(lines)}  # fmt: skip
    _ask(paper, random, goods, prices)
    values = dict(lines)
    for label, wording, question in random.sample(_QUESTIONS, 5):
        if label in values:
            paper.ask("receipt", wording, question, values[label], at=spots[label])
    for question in random.sample(_MISSING, 2):
        paper.without("receipt", question)
    paper.put("Thank you for shopping local", 0, 140, 8, align="C", width=76)
    return paper.done()


_QUESTIONS = [
    ("TO PAY", "page", "How much was there to pay?"),
    ("TO PAY", "paraphrase", "What did the shopping come to in all?"),
    ("CASH", "paraphrase", "How much did the customer hand over?"),
    ("CHANGE", "page", "How much change was given?"),
    ("CHANGE", "paraphrase", "What did the customer get back?"),
    ("VAT 5 %", "page", "What is the VAT at 5 %?"),
    ("Date", "paraphrase", "When was this bought?"),
    ("Time", "page", "At what time was it?"),
    ("Points total", "page", "What is the points total?"),
    ("Points total", "paraphrase", "How many bonus points are on the account now?"),
    ("Till", "page", "Which till was it?"),
    ("Served by", "paraphrase", "Which cashier was it?"),
]
_MISSING = [
    "What is the number of the credit card?",
    "How much was the bread?",
    "What is the VAT at 20 %?",
    "How much was saved by vouchers?",
    "What are the opening hours on Sunday?",
]


def _foot(random: Random, total: int) -> list[tuple[str, str]]:
    given = (total // 1000 + random.randint(1, 3)) * 1000
    return [
        ("TO PAY", f"{total / 100:.2f}"),
        ("CASH", f"{given / 100:.2f}"),
        ("CHANGE", f"{(given - total) / 100:.2f}"),
        ("VAT 5 %", f"{total / 2100:.2f}"),
        ("Points today", str(total // 100)),
        ("Points total", f"{random.randint(1, 4)},{random.randint(100, 999)}"),
        ("Till", f"0{random.randint(1, 9)}"),
        ("Served by", names.person(random).split()[0]),
        ("Date", f"{random.randint(1, 28):02d}/{random.randint(1, 12):02d}/2025"),
        ("Time", f"{random.randint(8, 19):02d}:{random.randint(0, 59):02d}"),
    ]


def _line(paper: Paper, label: str, value: str, y: float) -> Spot:
    paper.put(label, 5, y, 9, bold=label.isupper())
    return paper.put(value, 40, y, 9, bold=label.isupper(), align="R", width=31)


def _ask(
    paper: Paper,
    random: Random,
    goods: list[tuple[str, str]],
    prices: list[tuple[str, Spot]],
) -> None:
    chosen = random.sample(range(len(goods)), 3)
    for at, wording in zip(chosen, ("page", "page", "paraphrase"), strict=True):
        name, other = goods[at]
        value, spot = prices[at]
        asked = (
            f"What did {other} cost?" if wording == "paraphrase" else f"Price of {name.lower()}?"
        )
        paper.ask("receipt", wording, asked, value, at=spot)
