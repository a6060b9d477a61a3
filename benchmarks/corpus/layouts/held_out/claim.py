"""A claim to an insurer: labels before lines, numbered sections, boxes to tick, small print."""

from random import Random

from benchmarks.corpus.layouts.faces import COURIER, LATO
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper, Spot

_SECTIONS = {
    "A  Policyholder": [
        ("Name", "Who is insured?"), ("Policy number", "Under which contract is the claim made?"),
        ("Address", "Where does the insured person live?"), ("E-mail", "How can one write online?"),
    ],
    "B  What happened": [
        ("Date of loss", "When did it happen?"), ("Place", "Where did it happen?"),
        ("Cause", "What brought the damage about?"), ("Item damaged", "Which thing was broken?"),
        ("Witness", "Who saw it?"),
    ],
    "C  Amount": [
        ("Price when new", "What did the thing cost originally?"),
        ("Year of purchase", "When was the thing bought?"),
        ("Repair estimate", "What would mending it cost?"), ("Bank", "Which bank does the money go to?"),
    ],
}  # fmt: skip


def draw(random: Random) -> Form:
    """Draws a claim."""
    paper = Paper(LATO)
    firm = f"{people.house(random)} Mutual"
    paper.put(firm, 20, 15, 12, bold=True, shade=70)
    paper.put("Notice of claim - household contents", 20, 23, 17, bold=True)
    values = _values(random)
    y, spots, asked = 38.0, {}, []
    for title, fields in _SECTIONS.items():
        paper.box(20, y, 170, 7, fill=215, line=0)
        paper.put(title, 22, y + 1.2, 10.5, bold=True)
        y += 11
        for label, other in random.sample(fields, len(fields)):
            paper.put(f"{label} ", 22, y, 9)
            paper.line(62, y + 5, 190, y + 5)
            spots[label] = paper.put(values[label], 64, y, 11, face=COURIER)
            asked.append((label, other))
            y += 9.5
        y += 3
    _ask(paper, random, asked, values, spots)
    _ticks(paper, random, y)
    _print(paper, random, y + 14)
    paper.without("form", "What is the telephone number of the policyholder?")
    paper.without("form", "What is the police reference number?")
    return paper.done()


def _values(random: Random) -> dict[str, str]:
    name = people.full_name(random)
    price = random.randint(3, 19) * 50
    return {
        "Name": name,
        "Policy number": f"HC {random.randint(10, 99)}.{random.randint(100, 999)}."
        f"{random.randint(100, 999)}",
        "Address": f"{people.street(random)}, {people.town(random)}",
        "E-mail": f"{name.split()[1].lower()}{random.randint(2, 88)}@post.example",
        "Date of loss": people.date(random, year=2025),
        "Place": random.choice(["at home, kitchen", "garage", "on the balcony", "cellar"]),
        "Cause": random.choice(["burst hose", "lightning", "fall from a shelf", "hail"]),
        "Item damaged": random.choice(
            ["dishwasher", "television set", "sewing machine", "bicycle"]
        ),
        "Witness": people.full_name(random),
        "Price when new": f"{price}.00 euros",
        "Year of purchase": str(random.randint(2014, 2024)),
        "Repair estimate": f"{price // 3}.50 euros",
        "Bank": f"{people.house(random)} Savings Bank",
    }


def _ask(
    paper: Paper,
    random: Random,
    asked: list[tuple[str, str]],
    values: dict[str, str],
    spots: dict[str, Spot],
) -> None:
    for number, (label, other) in enumerate(random.sample(asked, 8)):
        if number % 2:
            paper.ask("form", "paraphrase", other, values[label], at=spots[label])
        else:
            question = f"What is entered under {label}?"
            paper.ask("form", "page", question, values[label], at=spots[label])


def _ticks(paper: Paper, random: Random, y: float) -> None:
    crossed = random.randrange(2)
    paper.put("Was the item insured elsewhere?", 22, y, 9)
    for number, text in enumerate(["yes", "no"]):
        x = 90 + number * 25
        paper.box(x, y, 4, 4)
        if number == crossed:
            paper.put("x", x + 0.8, y - 0.5, 11, face=COURIER)
        paper.put(text, x + 6, y, 9)
    paper.without("beyond-reading", "Which answer is crossed, yes or no?")


def _print(paper: Paper, random: Random, y: float) -> None:
    days, line = f"{random.choice([7, 10, 14])} days", f"0800 {random.randint(100, 999)} 444"
    own = f"{random.randint(5, 30) * 10} euros"
    run = paper.wrap(
        f"Damage is reported within {days}. The insured bears the first {own} of every loss. Photographs "
        f"help; parts that were replaced are kept until the claim is settled. Questions: {line}, "
        "weekdays 8 to 18. False statements may cost the cover.",
        20, y, 150, 6.2, shade=50,
    )  # fmt: skip
    paper.ask("small-print", "paraphrase", "What is the excess?", own, at=run.find(own))
    paper.ask("small-print", "page", "Within how many days is damage reported?", days,
              days.split()[0], at=run.find(days))  # fmt: skip
    paper.without("beyond-reading", "Is this claim justified?")
