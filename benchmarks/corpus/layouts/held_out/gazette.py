"""A bulletin in three narrow columns with short notes, and a strip of figures across the foot."""

from random import Random

from benchmarks.corpus.layouts.faces import CALADEA
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper

_Question = tuple[str, str, tuple[str, ...], str]


def draw(random: Random) -> Form:
    """Draws one page."""
    paper = Paper(CALADEA, width=215.9, height=279.4)
    town = people.town(random)
    paper.put(f"The {town} Gazette", 0, 14, 24, bold=True, align="C", width=215.9)
    paper.line(15, 27, 201, 27, weight=0.4)
    notes = random.sample([_theatre, _road, _school, _museum, _water], 5)
    tops = [33.0, 33.0, 33.0]
    for number, note in enumerate(notes):
        column = number % 3
        title, text, asks = note(random)
        x = 15 + column * 63
        paper.put(title, x, tops[column], 10.5, bold=True)
        run = paper.wrap(text, x, tops[column] + 6, 56, 8.8, across=asks[0][3])
        for wording, question, gold, place in [asks[0], random.choice(asks[1:])]:
            spots = run.find(place)
            kind = "line-end" if len(spots) > 1 else "columns"
            paper.ask(kind, wording, question, *gold, at=spots)  # type: ignore[arg-type]
        tops[column] = run.bottom + 7
    _strip(paper, random)
    paper.without("columns", "What is the price of a season ticket for the zoo?")
    paper.without("columns", "Who is the new mayor?")
    paper.without("statement", "How many people were at the concert?")
    return paper.done()


def _theatre(random: Random) -> tuple[str, str, list[_Question]]:
    play, price = (
        random.choice(["The Salt Merchant", "Nine Lanterns", "A Door in March"]),
        (f"{random.randint(9, 24)} euros"),
    )
    first, seats = people.date(random), str(random.randint(110, 420))
    text = (
        f"The amateur players open on {first} with {play}, a comedy in two acts. The hall has "
        f"{seats} seats. Tickets are {price} in advance and a third more at the door; whoever wears "
        "a costume is let in for nothing."
    )
    return "On the stage", text, [
        ("page", "On which date do the players open?", (first,), first),
        ("paraphrase", "What does it cost to see the play?", (price,), price),
        ("paraphrase", "Which piece is performed?", (play,), f"{play},"),
        ("page", "How many seats does the hall have?", (seats,), seats),
    ]  # fmt: skip


def _road(random: Random) -> tuple[str, str, list[_Question]]:
    road, cause = (
        people.street(random).rsplit(" ", 1)[0],
        random.choice(["a gas leak", "a new drain"]),
    )
    weeks = f"{random.randint(2, 9)} weeks"
    text = (
        f"Because of {cause} no car gets through {road} for the next {weeks}. Buses stop at the "
        f"corner of {people.street(random).rsplit(' ', 1)[0]} instead. Residents may park behind the "
        "fire station without a permit."
    )
    return "Road closed", text, [
        ("paraphrase", "How long will the street stay shut?", (weeks,), weeks),
        ("paraphrase", "Why can nobody drive there?", (cause, f"Because of {cause}"), cause),
        ("page", "Where may residents park?", ("behind the fire station",), "behind the fire station"),
    ]  # fmt: skip


def _school(random: Random) -> tuple[str, str, list[_Question]]:
    head, pupils = people.full_name(random), str(random.randint(140, 890))
    sum_ = f"{random.randint(2, 9)}.{random.randint(1, 9)} million euros"
    text = (
        f"From autumn {head} will be head of the grammar school with its {pupils} pupils. The new "
        f"wing, for which the county has set aside {sum_}, holds six laboratories and a kitchen."
    )
    return "School", text, [
        ("page", "What has the county set aside for the new wing?", (sum_,), sum_),
        ("paraphrase", "Who will run the grammar school?", (head,), head),
        ("page", "How many pupils does the grammar school have?", (pupils,), pupils),
    ]  # fmt: skip


def _museum(random: Random) -> tuple[str, str, list[_Question]]:
    lender, number = f"{people.house(random)} Foundation", str(random.randint(21, 96))
    until = people.date(random)
    text = (
        f"The museum shows {number} clocks on loan from the {lender}. The oldest runs with water. The "
        f"show can be seen until {until}, daily but Mondays; guided tours start at eleven."
    )
    return "Clocks", text, [
        ("page", "Until when can the show be seen?", (until,), until),
        ("paraphrase", "Who owns the clocks?", (lender, f"the {lender}"), f"{lender}."),
        ("paraphrase", "On which day is the museum shut?", ("Mondays", "Monday"), "Mondays;"),
        ("page", "When do guided tours start?", ("eleven", "at eleven"), "eleven."),
    ]  # fmt: skip


def _water(random: Random) -> tuple[str, str, list[_Question]]:
    rise, cubic = f"{random.randint(3, 14)} per cent", f"{random.randint(150, 390) / 100:.2f} euros"
    firm = f"{people.house(random)} Waterworks"
    text = (
        f"The {firm} ask {rise} more from New Year. A cubic metre will then cost {cubic}. Gardens with "
        "a meter of their own pay half. The last rise was four years ago."
    )
    return "Water dearer", text, [
        ("page", "What will a cubic metre cost?", (cubic,), cubic),
        ("paraphrase", "By how much does the price of water go up?", (rise,), rise),
        ("paraphrase", "Who supplies the water?", (firm, f"The {firm}"), firm),
    ]  # fmt: skip


def _strip(paper: Paper, random: Random) -> None:
    """Figures of the month, label above value."""
    figures = [
        ("Born", str(random.randint(8, 60)), "How many babies were there?"),
        ("Wed", str(random.randint(3, 30)), "How many couples married?"),
        ("Rain", f"{random.randint(18, 120)} mm", "How wet was the month?"),
        ("Sun", f"{random.randint(60, 290)} h", "How long did it shine?"),
        ("River", f"{random.randint(120, 480)} cm", "How high did the water stand?"),
    ]
    paper.box(15, 240, 186, 22, fill=232, line=0)
    chosen = random.sample(range(5), 2)
    for number, (label, value, other) in enumerate(figures):
        x = 20 + number * 37
        paper.put(label, x, 243, 8.5, shade=60)
        spot = paper.put(value, x, 250, 13, bold=True)
        if number == chosen[0]:
            paper.ask("columns", "paraphrase", other, value, at=spot)
        elif number == chosen[1]:
            paper.ask(
                "columns", "page", f"Which figure is given for {label.lower()}?", value, at=spot
            )
