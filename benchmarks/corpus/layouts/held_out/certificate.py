"""A certificate of an inspection, shown turned or slanted by its document's look."""

from random import Random

from benchmarks.corpus.layouts.faces import CALADEA
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper

_FACTS = [
    ("Certificate", "Under which number is it filed?"), ("Lift type", "What sort of lift is it?"),
    ("Rated load", "How much may it carry?"), ("Persons", "How many people may ride at once?"),
    ("Year built", "How old is the lift?"), ("Next test", "When is it due again?"),
    ("Rope", "What does the car hang on?"), ("Owner", "Whose lift is it?"),
    ("Speed", "How fast does it go?"),
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws a certificate of a lift."""
    paper = Paper(CALADEA, width=200, height=140)
    paper.box(6, 6, 188, 128, line=0.8)
    paper.put("Certificate of inspection", 0, 13, 21, bold=True, align="C", width=200)
    building = f"{people.street(random)}, {people.town(random)}"
    place = paper.put(building, 0, 25, 12, align="C", width=200)
    values = {
        "Certificate": f"L-{random.randint(2000, 9999)}/{random.choice('XYZ')}",
        "Lift type": random.choice(["hydraulic", "traction", "goods only"]),
        "Rated load": f"{random.randint(3, 25) * 75} kg",
        "Persons": str(random.randint(4, 24)),
        "Year built": str(random.randint(1974, 2021)),
        "Next test": people.date(random, year=2027),
        "Rope": f"{random.randint(3, 8)} x {random.randint(8, 13)} mm",
        "Owner": f"{people.house(random)} Housing",
        "Speed": f"{random.choice(['0.63', '1.0', '1.6'])} m/s",
    }
    facts = random.sample(_FACTS, 8)
    spots = {}
    for number, (label, _) in enumerate(facts):
        x, y = 18 + number % 2 * 88, 40 + number // 2 * 15
        paper.put(label.upper(), x, y, 8, shade=80)
        spots[label] = paper.put(values[label], x, y + 4.5, 13)
    for number, (label, other) in enumerate(random.sample(facts, 5)):
        asked = f"What does the certificate state as {label.lower()}?" if number % 2 else other
        paper.ask("skewed", "page" if number % 2 else "paraphrase", asked, values[label],
                  at=spots[label])  # fmt: skip
    inspector = people.full_name(random)
    run = paper.wrap(
        f"Tested without fault by {inspector}. The emergency call was answered after "
        f"{random.randint(9, 48)} seconds. This sheet hangs in the car.",
        18, 106, 160, 11,
    )  # fmt: skip
    paper.ask("skewed", "paraphrase", "Who did the inspection?", inspector,
              at=run.find(f"{inspector}."))  # fmt: skip
    paper.ask("skewed", "paraphrase", "In which building is the lift?", building, at=place)
    missing = next(label for label, _ in _FACTS if label not in spots)
    paper.without("skewed", f"What does the certificate state as {missing.lower()}?")
    paper.without("skewed", "What did the inspection cost?")
    return paper.done()
