"""A label of food: values a 100 g and a portion, a list of ingredients in small print."""

from random import Random

from benchmarks.corpus.layouts.faces import LATO
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper

_ROWS = [
    ("Energy", "kcal", "How many calories has"), ("Fat", "g", "How greasy is"),
    ("Carbohydrate", "g", "How much starch and sugar together is in"),
    ("Sugars", "g", "How much sweet stuff is in"), ("Fibre", "g", "How much roughage is in"),
    ("Protein", "g", "How much egg white is in"), ("Salt", "g", "How salty is"),
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws the back of a packet."""
    paper = Paper(LATO, width=140, height=150)
    food = random.choice(["Oat biscuits", "Lentil soup", "Fruit muesli", "Rye crackers"])
    paper.put(food, 12, 10, 17, bold=True)
    portion = random.choice([30, 45, 60, 250])
    heads = ["per 100 g", f"per portion ({portion} g)", "% RI"]
    rows = [["Nutrition", *heads]]
    figures = random.sample(range(15, 480), 6)
    for (label, unit, _), figure in zip(random.sample(_ROWS, 6), figures, strict=True):
        whole = figure if unit == "kcal" else figure / 10
        part = whole * portion / 100
        shown = f"{part:.0f}" if unit == "kcal" else f"{part:.1f}"
        rows.append([label, f"{whole} {unit}", f"{shown} {unit}", f"{random.randint(1, 39)} %"])
    cells = paper.grid(rows, 12, 22, (34, 26, 38, 18), 9, height=7.5, align="LRRR", ruled=True)
    names = {label: other for label, _, other in _ROWS}
    for number, at in enumerate(random.sample(range(1, 7), 5)):
        column = random.randint(1, 3)
        label, value = rows[at][0], rows[at][column]
        head = ["100 g", f"a portion of {portion} g", "the reference intake in per cent"][
            column - 1
        ]
        if number % 2 and column < 3:
            paper.ask("cell", "paraphrase", f"{names[label]} {head}?", value, value.split()[0],
                      at=cells[at, column])  # fmt: skip
        elif column == 3:
            paper.ask("cell", "page", f"What % RI does {label.lower()} have?", value, value.split()[0],
                      at=cells[at, column])  # fmt: skip
        else:
            asked = f"What is the {label.lower()} per {head.removeprefix('a ')}?"
            paper.ask("cell", "page", asked, value, value.split()[0], at=cells[at, column])
    missing = next(label for label, _, _ in _ROWS if label not in {row[0] for row in rows})
    paper.without("cell", f"What is the {missing.lower()} per 100 g?")
    paper.without("cell", f"What is the {rows[2][0].lower()} per {portion + 15} g?")
    _text(paper, random, food)
    return paper.done()


def _text(paper: Paper, random: Random, food: str) -> None:
    keep, weight = f"{random.randint(2, 8)} days", f"{random.randint(2, 9) * 50} g"
    maker = f"{people.house(random)} Mills, {people.town(random)}"
    lot, share = f"L{random.randint(10000, 99999)}", f"{random.randint(4, 38)} %"
    before = people.date(random, year=2027)
    grain = random.choice(["wheat", "barley", "spelt"])
    run = paper.wrap(
        f"Ingredients: oats {share}, water, lentils, cane sugar, sunflower oil, raisins, {grain} flour, "
        f"sea salt. May contain traces of nuts. Store in a dry place; once opened use within {keep}. "
        f"Net weight {weight}. Best before {before}. Lot {lot}. Made by {maker}.",
        12, 80, 112, 6.3, leading=1.4,
    )  # fmt: skip
    small = [
        ("page", "What is the net weight?", (weight,), f"{weight}."),
        ("paraphrase", "Who produces the food?", (maker, maker.split(",")[0]), f"{maker}."),
        ("paraphrase", "How long does it last in an open packet?", (keep, f"within {keep}"), f"{keep}."),
        ("page", "What is the lot?", (lot, f"Lot {lot}"), f"{lot}."),
        ("page", "What is the best before date?", (before,), f"{before}."),
        ("paraphrase", "Which share of it is oats?", (share,), f"{share},"),
    ]  # fmt: skip
    for wording, question, gold, place in random.sample(small, 4):
        paper.ask("small-print", wording, question, *gold, at=run.find(place))
    paper.without("small-print", "Which emulsifier is in it?")
    paper.without(
        "beyond-reading", f"Would you give me a summary of the label of the {food.lower()}?"
    )
