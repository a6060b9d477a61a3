"""A plan of a building site: an upright title strip at the right edge, a legend, room stamps."""

from random import Random

from benchmarks.corpus.layouts.faces import LATO
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper

_STRIP = [
    ("Project", "What is being built?"), ("Client", "For whom is it built?"),
    ("Architect", "Who designed it?"), ("Plan", "Under which number is the plan kept?"),
    ("Index", "Which version of the plan is it?"), ("Scale 1 :", "At which ratio is it drawn?"),
    ("Height datum", "What does zero stand for?"), ("Status", "How far along is the planning?"),
    ("Plot", "Which piece of land is it?"),
]  # fmt: skip
_ROOMS = ["Hall", "Workshop", "Office", "Archive", "Kitchenette", "Plant room"]


def draw(random: Random) -> Form:
    """Draws a sheet of A1, lying."""
    paper = Paper(LATO, width=841, height=594)
    paper.box(12, 12, 817, 570, line=0.8)
    paper.line(679, 12, 679, 582, weight=0.6)
    _strip(paper, random)
    _rooms(paper, random)
    note = f"Fire brigade access {random.choice(['3.0', '3.5', '4.0'])} m"
    spot = paper.upwards(note, 40, 420, 16)
    paper.ask("drawing", "page", "How wide is the fire brigade access?", note.split("access ")[1],
              at=(spot[0], spot[1], spot[2], spot[1] + (spot[3] - spot[1]) * 0.2))  # fmt: skip
    _legend(paper, random)
    paper.without("drawing", "What is the telephone number of the architect?")
    paper.without("drawing", "How many square metres does the canteen have?")
    return paper.done()


def _strip(paper: Paper, random: Random) -> None:
    values = {
        "Project": f"{random.choice(['Depot', 'Fire station', 'Nursery'])} {people.town(random)}",
        "Client": f"{people.house(random)} Holding",
        "Architect": people.full_name(random),
        "Plan": f"{random.randint(100, 999)}-A-{random.randint(10, 99)}",
        "Index": random.choice("bcdef"),
        "Scale 1 :": random.choice(["100", "200", "250"]),
        "Height datum": f"{random.randint(30, 480)}.{random.randint(10, 99)} m",
        "Status": random.choice(["permit", "tender", "preliminary"]),
        "Plot": f"{random.randint(10, 99)}/{random.randint(2, 9)}",
    }
    fields = random.sample(_STRIP, 8)
    for number, (label, _) in enumerate(fields):
        y = 250 + number * 40
        paper.line(679, y, 829, y)
        paper.put(label, 685, y + 4, 12, shade=70)
    spots = {
        label: paper.put(values[label], 685, 250 + number * 40 + 15, 19, bold=number < 2)
        for number, (label, _) in enumerate(fields)
    }
    for number, (label, other) in enumerate(random.sample(fields, 5)):
        asked = f"What stands in the title strip under {label.removesuffix(' 1 :')}?"
        paper.ask("drawing", "page" if number % 2 else "paraphrase", asked if number % 2 else other,
                  values[label], at=spots[label])  # fmt: skip
    missing = next(label for label, _ in _STRIP if label not in spots)
    asked = f"What stands in the title strip under {missing.removesuffix(' 1 :')}?"
    paper.without("drawing", asked)


def _rooms(paper: Paper, random: Random) -> None:
    rooms = random.sample(_ROOMS, 6)
    areas = [f"{random.randint(9, 240)}.{random.randint(0, 9)} m2" for _ in rooms]
    ask = random.sample(range(6), 2)
    for number, (room, area) in enumerate(zip(rooms, areas, strict=True)):
        x, y = 100 + number % 3 * 180, 90 + number // 3 * 170
        paper.box(x, y, 180, 170, line=0.9)
        name = paper.put(room, x, y + 70, 16, bold=True, align="C", width=180)
        spot = paper.put(area, x, y + 80, 14, align="C", width=180)
        if number == ask[0]:
            paper.ask("drawing", "paraphrase", f"How large is the {room.lower()}?", area,
                      at=spot)  # fmt: skip
        elif number == ask[1] and areas.count(area) == 1:
            paper.ask("reverse", "page", f"Which room has {area}?", room, at=name)


def _legend(paper: Paper, random: Random) -> None:
    items = [
        ("W", random.choice(["reinforced concrete 24 cm", "brick 36.5 cm"]), "the walls"),
        ("D", random.choice(["fire door T30", "steel door T90"]), "the doors"),
        ("F", random.choice(["screed with epoxy", "tiles 30 x 30"]), "the floors"),
    ]
    paper.put("Legend", 100, 450, 16, bold=True)
    chosen = random.randrange(3)
    for number, (sign, text, other) in enumerate(items):
        paper.put(sign, 100, 462 + number * 11, 13, bold=True)
        spot = paper.put(text, 116, 462 + number * 11, 13)
        if number == chosen:
            paper.ask("drawing", "paraphrase", f"What are {other} made of?", text, at=spot)
