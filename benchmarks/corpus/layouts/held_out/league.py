"""A league's table of results: rounds by number across, clubs down, best and worst to be found."""

from random import Random

from benchmarks.corpus.layouts.faces import LATO
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper, Spot

_GAMES = ["Bowling", "Archery", "Quiz", "Chess"]


def draw(random: Random) -> Form:
    """Draws the table of a season."""
    paper = Paper(LATO, width=250, height=190)
    game, season = random.choice(_GAMES), random.choice(["2024/25", "2025/26"])
    paper.put(f"{game} league, season {season}", 16, 14, 18, bold=True)
    clubs = random.sample(
        sorted(
            {
                f"{people.town(random)} {suffix}"
                for suffix in ("Rovers", "Arrows", "Bells", "Union")
                for _ in range(4)
            }
        ),
        7,
    )
    rows = [["Club", "1", "2", "3", "4", "5", "6", "Points", "Captain"]]
    for club in clubs:
        scores = [random.randint(11, 99) for _ in range(6)]
        rows.append([club, *map(str, scores), str(sum(scores)), people.full_name(random)])
    cells = paper.grid(
        rows, 16, 32, (56, 15, 15, 15, 15, 15, 15, 22, 48), 10, height=9, align="LCCCCCCRL",
        ruled=random.random() < 0.5, banded=True,
    )  # fmt: skip
    paper.put("Rounds are numbered; what is counted are points.", 16, 108, 8, shade=70)
    for at in random.sample(range(1, 8), 3):
        column = random.randint(1, 6)
        if random.random() < 0.6:
            asked = f"How many points did {rows[at][0]} get in round {column}?"
            paper.ask("cell", "page", asked, rows[at][column], at=cells[at, column])
        else:
            asked = f"What did {rows[at][0]} score the {_ORDINAL[column - 1]} time?"
            paper.ask("cell", "paraphrase", asked, rows[at][column], at=cells[at, column])
    _totals(paper, random, rows, cells)
    _rules(paper, random)
    paper.without("cell", f"How many points did {clubs[0]} get in round 8?")
    paper.without("cell", f"How many points did {people.house(random)} Wanderers get in round 2?")
    return paper.done()


_ORDINAL = ["first", "second", "third", "fourth", "fifth", "sixth"]


def _totals(
    paper: Paper, random: Random, rows: list[list[str]], cells: dict[tuple[int, int], Spot]
) -> None:
    totals = [int(row[7]) for row in rows[1:]]
    at = random.randint(1, 7)
    paper.ask("cell", "page", f"Who is the captain of {rows[at][0]}?", rows[at][8], at=cells[at, 8])
    if totals.count(max(totals)) == 1:
        best = totals.index(max(totals)) + 1
        paper.ask("reverse", "page", "Which club has the most points?", rows[best][0],
                  at=cells[best, 0])  # fmt: skip
    other = random.randint(1, 7)
    if totals.count(totals[other - 1]) == 1:
        paper.ask("reverse", "paraphrase", f"Who finished with {totals[other - 1]} in total?",
                  rows[other][0], at=cells[other, 0])  # fmt: skip
    lead = [row[8] for row in rows[1:]]
    third = random.randint(1, 7)
    if lead.count(lead[third - 1]) == 1:
        paper.ask("reverse", "paraphrase", f"Which team does {lead[third - 1]} lead?",
                  rows[third][0], at=cells[third, 0])  # fmt: skip


def _rules(paper: Paper, random: Random) -> None:
    fee, office = f"{random.randint(15, 60)} euros", people.full_name(random)
    run = paper.wrap(
        f"Clubs enter by the end of {random.choice(['August', 'September'])} and pay {fee}. A match "
        f"that is not played counts as lost with {random.randint(5, 10)} points. Protests are sent to "
        f"the secretary, {office}, within three days.",
        16, 118, 200, 8.5,
    )  # fmt: skip
    paper.ask("statement", "paraphrase", "What is the entrance fee?", fee, at=run.find(fee))
    paper.ask("statement", "paraphrase", "Who hears complaints?", office, f"the secretary, {office}",
              at=run.find(office))  # fmt: skip
    paper.ask("statement", "page", "Within how many days are protests sent?", "three days", "three",
              at=run.find("three days"))  # fmt: skip
