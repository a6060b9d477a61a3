"""A receipt of a filling station or a car park: few goods, a card payment with its numbers."""

from random import Random

from benchmarks.corpus.layouts.faces import COURIER, LATO
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper, Spot

_QUESTIONS = [
    ("Pump", "page", "Which pump was it?"), ("Litres", "page", "How many litres were bought?"),
    ("Litres", "paraphrase", "How much fuel went into the tank?"),
    ("EUR/litre", "paraphrase", "What did one litre cost?"),
    ("Net", "page", "What is the net amount?"), ("VAT 19.00%", "page", "What is the VAT at 19.00%?"),
    ("VAT 19.00%", "paraphrase", "How much of it is tax?"),
    ("SUM EUR", "paraphrase", "What had to be paid altogether?"),
    ("SUM EUR", "page", "What is the sum in EUR?"), ("Terminal", "page", "What is the terminal number?"),
    ("Trace no.", "page", "What is the trace no.?"),
    ("Auth. code", "paraphrase", "Which code did the bank give to approve it?"),
    ("Receipt", "page", "What is the receipt number?"),
    ("Mileage", "paraphrase", "What did the odometer show?"),
]  # fmt: skip
_MISSING = [
    "What is the registration number of the car?", "What did the coffee cost?",
    "How many points were collected?", "What is the VAT at 7.00%?", "How much change was given?",
    "What is the name of the cashier?",
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws a receipt."""
    paper = Paper(LATO, width=72, height=155)
    paper.put(f"{people.house(random)} Oil", 0, 6, 15, bold=True, align="C", width=72)
    address = people.street(random)
    paper.put(address, 0, 14, 8, align="C", width=72)
    paper.put(people.town(random), 0, 18, 8, align="C", width=72)
    litres, price = random.randint(1200, 6400), random.randint(1450, 2090)
    wash = random.choice([0, 899, 1250])
    total = round(litres * price / 1000) + wash
    fuel = random.choice(["Diesel", "Super E10", "Super 95"])
    day = (
        f"{people.date(random, year=2025)} {random.randint(5, 22):02d}:{random.randint(0, 59):02d}"
    )
    lines = [
        ("Receipt", str(random.randint(10000, 99999))), ("Pump", str(random.randint(1, 12))),
        (fuel, ""), ("Litres", f"{litres / 100:.2f}"), ("EUR/litre", f"{price / 1000:.3f}"),
        *([("Car wash", f"{wash / 100:.2f}")] if wash else []), ("SUM EUR", f"{total / 100:.2f}"),
        ("Net", f"{total / 119:.2f}"), ("VAT 19.00%", f"{(total - total / 1.19) / 100:.2f}"),
        ("Mileage", f"{random.randint(12, 240)}{random.randint(100, 999)}"),
        ("Terminal", str(random.randint(60000000, 69999999))),
        ("Trace no.", f"{random.randint(1, 999):06d}"), ("Auth. code", str(random.randint(100000, 999999))),
    ]  # fmt: skip
    spots: dict[str, Spot] = {}
    y = 26.0
    for label, value in lines:
        size = 12 if label.startswith("SUM") else 9
        face = COURIER if label in {"Terminal", "Trace no.", "Auth. code"} else None
        paper.put(label, 5, y, size, bold=size > 9, face=face)
        if value:
            spots[label] = paper.put(
                value, 36, y, size, bold=size > 9, align="R", width=31, face=face
            )
        y += size * 0.58
    stamp = paper.put(day, 0, y + 3, 8.5, align="C", width=72)
    values = dict(lines)
    for label, wording, question in random.sample(_QUESTIONS, 7):
        paper.ask("receipt", wording, question, values[label], at=spots[label])
    paper.ask("receipt", "paraphrase", "When did this driver fill up?", day, day.rsplit(" ", 1)[0],
              at=stamp)  # fmt: skip
    for question in random.sample(_MISSING, 2):
        paper.without("receipt", question)
    paper.put("Card payment - please keep", 0, y + 12, 8, align="C", width=72)
    return paper.done()
