"""Yearly accounts: years as column heads, headings inside the table, a second table beside it."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import SERIF
from benchmarks.corpus.layouts.paper import Form, Paper, Spot

_INCOME = ["Subscriptions", "Hall hire", "Donations", "Bar takings", "Grants received"]
_COSTS = ["Rates and water", "Insurance", "Heating oil", "Repairs", "Cleaning", "Printing"]
_OTHER = {
    "Subscriptions": "members' fees",
    "Hall hire": "letting the hall",
    "Donations": "gifts",
    "Bar takings": "drinks sold",
    "Grants received": "public funding",
    "Rates and water": "local taxes and water",
    "Insurance": "cover against damage",
    "Heating oil": "fuel for the boiler",
    "Repairs": "mending things",
    "Cleaning": "keeping the place clean",
    "Printing": "leaflets and posters",
}


def draw(random: Random) -> Form:
    """Draws the accounts of a village hall or club."""
    paper = Paper(SERIF)
    name = (
        f"{names.place(random)} {random.choice(['Village Hall', 'Sailing Club', 'Reading Room'])}"
    )
    last = random.choice([2022, 2023, 2024])
    years = [last, last - 1, last - 2]
    paper.put(name, 22, 20, 19, bold=True)
    paper.put(
        f"Receipts and payments for the year ended 31 December {last}", 22, 29, 10.5, shade=60
    )
    income = random.sample(_INCOME, 4)
    costs = random.sample(_COSTS, 5)
    rows = _rows(random, income, costs, years)
    cells = paper.grid(rows, 22, 42, (52, 19, 19, 19), 9, align="LRRR", height=6.2)
    _members(paper, random, years)
    for label in random.sample(income + costs, 4):
        row = next(number for number, cells_ in enumerate(rows) if cells_[0] == label)
        _ask(paper, random, label, years, rows[row], [cells[row, at] for at in range(4)])
    _beyond(paper, random, costs, last)
    _notes(paper, random, last, y=42 + 6.2 * len(rows) + 8)
    return paper.done()


def _rows(random: Random, income: list[str], costs: list[str], years: list[int]) -> list[list[str]]:
    rows: list[list[str]] = [["in pounds", *map(str, years)]]
    totals = []
    for title, labels in (("Receipts", income), ("Payments", costs)):
        rows.append([title, "", "", ""])
        figures = [[random.randint(180, 6900) for _ in years] for _ in labels]
        rows += [
            [label, *(f"{one:,}" for one in line)]
            for label, line in zip(labels, figures, strict=True)
        ]
        sums = [sum(column) for column in zip(*figures, strict=True)]
        rows.append([f"Total {title.lower()}", *(f"{one:,}" for one in sums)])
        totals.append(sums)
    gains = [one - other for one, other in zip(*totals, strict=True)]
    rows.append(["Surplus / (deficit)", *(f"{g:,}" if g >= 0 else f"({-g:,})" for g in gains)])
    return rows


def _ask(
    paper: Paper, random: Random, label: str, years: list[int], row: list[str], spots: list[Spot]
) -> None:
    at = random.randrange(3)
    year, value, spot = years[at], row[at + 1], spots[at + 1]
    if random.random() < 0.5:
        asked = random.choice([f"{label} in {year}?", f"What was {label.lower()} in {year}?"])
        paper.ask("cell", "page", asked, value, at=spot)
    else:
        asked = random.choice(["How much money came from or went to", "What is the sum for"])
        paper.ask("cell", "paraphrase", f"{asked} {_OTHER[label]} in {year}?", value, at=spot)


def _members(paper: Paper, random: Random, years: list[int]) -> None:
    """The second table, to the right of the first."""
    kinds = ["Adult", "Family", "Junior", "Honorary"]
    counts = [[random.randint(5, 190) for _ in years[:2]] for _ in kinds]
    rows = [["Members", *map(str, years[:2])]]
    rows += [[kind, *map(str, line)] for kind, line in zip(kinds, counts, strict=True)]
    cells = paper.grid(rows, 140, 42, (24, 14, 14), 8, align="LRR", height=6.2)
    row, at = random.randint(1, 4), random.randint(1, 2)
    paper.ask(
        "columns", "page", f"How many {kinds[row - 1].lower()} members were there in "
        f"{years[at - 1]}?", rows[row][at], at=cells[row, at],
    )  # fmt: skip
    column = [line[0] for line in counts]
    if len(set(column)) == 4:
        most = column.index(max(column))
        paper.ask(
            "reverse", "paraphrase", f"Which kind of membership was the most common in {years[0]}?",
            kinds[most], at=cells[most + 1, 0],
        )  # fmt: skip


def _beyond(paper: Paper, random: Random, costs: list[str], last: int) -> None:
    missing = next(label for label in _COSTS if label not in costs)
    paper.without("cell", f"What was spent on {missing.lower()} in {last}?")
    paper.without("cell", f"What was {random.choice(costs).lower()} in {last - 4}?")


def _notes(paper: Paper, random: Random, last: int, *, y: float) -> None:
    treasurer, auditor = names.person(random), names.person(random)
    reserve, rate = f"{random.randint(40, 190) * 100:,}", f"{random.randint(11, 39) / 10} %"
    run = paper.wrap(
        f"Notes. The reserve fund stood at {reserve} pounds at the end of {last} and earned interest "
        f"at {rate}. The piano was valued at {random.randint(4, 14) * 100} pounds. These accounts "
        f"were prepared by {treasurer}, honorary treasurer, and examined by {auditor}.",
        22, y, 150, 6.6, shade=30,
    )  # fmt: skip
    paper.ask(
        "small-print", "paraphrase", "What interest did the savings set aside bring?", rate,
        at=run.find(rate),
    )  # fmt: skip
    paper.ask(
        "small-print", "page", "Who examined the accounts?", auditor, at=run.find(f"{auditor}.")
    )
    paper.ask("small-print", "page", "Who is the honorary treasurer?", treasurer,
              at=run.find(f"{treasurer},"))  # fmt: skip
    paper.without("small-print", "What is the value of the organ?")
