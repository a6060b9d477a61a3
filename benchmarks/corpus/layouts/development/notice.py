"""A public notice, shown turned or slanted by its document's look."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.corpus.layouts.paper import Form, Paper

_FACTS = [
    ("Ship", "Which vessel is it about?"), ("Berth", "Where does it lie?"),
    ("Gross weight", "How heavy is the load?"), ("Container", "Which box is it?"),
    ("Consignee", "Who gets the goods?"), ("Arrival", "When does it come in?"),
    ("Customs number", "Under which number is it declared?"), ("Storage fee", "What is charged a day?"),
]  # fmt: skip
_ASKED = {"Ship": "What is the name of the ship?", "Arrival": "What is the arrival date?"}


def draw(random: Random) -> Form:
    """Draws a notice of arrival; its kind is set by the writer, who knows the look."""
    paper = Paper(HELVETICA, width=180, height=150)
    paper.put("NOTICE OF ARRIVAL", 18, 14, 20, bold=True)
    harbour = f"Port of {names.place(random)}"
    spot = paper.put(harbour, 18, 25, 11, shade=60)
    values = {
        "Ship": f"MV {names.firm(random)} {random.choice(['Star', 'Trader', 'Spirit'])}",
        "Berth": f"{random.randint(2, 19)}{random.choice('ABC')}",
        "Gross weight": f"{random.randint(3, 24)},{random.randint(100, 999)} kg",
        "Container": f"{names.firm(random)[:3].upper()}U {random.randint(100000, 999999)}",
        "Consignee": f"{names.firm(random)} Trading",
        "Arrival": names.day(random, year=2026),
        "Customs number": f"{random.randint(10, 99)}-GB-{random.randint(10000, 99999)}",
        "Storage fee": f"{random.randint(12, 90)}.50 pounds",
    }
    facts = random.sample(_FACTS, 7)
    spots = {}
    for number, (label, _) in enumerate(facts):
        paper.put(f"{label}:", 18, 38 + number * 9, 12)
        spots[label] = paper.put(values[label], 68, 38 + number * 9, 12, bold=True)
    for number, (label, other) in enumerate(random.sample(facts, 5)):
        wording = "page" if number % 2 else "paraphrase"
        asked = _ASKED.get(label, f"What is the {label.lower()}?") if number % 2 else other
        paper.ask("turned", wording, asked, values[label], at=spots[label])
    officer = names.person(random)
    run = paper.wrap(
        f"Goods that are not collected within {random.randint(4, 12)} days are moved to the bonded "
        f"warehouse at the cost of the consignee. Questions go to the duty officer, {officer}.",
        18, 106, 140, 10,
    )  # fmt: skip
    paper.ask("turned", "page", "Who is the duty officer?", officer, at=run.find(officer))
    paper.ask("turned", "paraphrase", "In which harbour is this?", harbour, harbour[8:], at=spot)
    missing = next(label for label, _ in _FACTS if label not in values or label not in spots)
    paper.without("turned", f"What is the {missing.lower()}?")
    paper.without("turned", "What is the number of the lorry?")
    return paper.done()
