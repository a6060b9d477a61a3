"""Technical data: conditions with units as column heads, groups of rows, small print below."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.corpus.layouts.paper import Form, Paper

_ROWS = [
    ("Heating output", "kW", 21, 94, 10), ("Power input", "W", 600, 2900, 1),
    ("Air flow", "m3/h", 210, 980, 1), ("Noise level", "dB(A)", 31, 58, 1),
    ("Condensate", "l/h", 4, 39, 10), ("Water flow", "l/min", 40, 190, 10),
]  # fmt: skip
_OTHER = {
    "Heating output": "How much heat does it give",
    "Power input": "How much electricity does it draw",
    "Air flow": "How much air does it move",
    "Noise level": "How loud is it",
    "Condensate": "How much water drips off",
    "Water flow": "How much water passes through",
}
_MORE = [
    ("Weight", "kg", "How heavy is it?"), ("Refrigerant", "", "Which gas is inside?"),
    ("Fuse", "A", "How must the circuit be protected?"), ("Width", "mm", "How wide is it?"),
    ("Protection class", "", "How well is it sealed against dust and water?"),
    ("Tank", "l", "How much does the container hold?"),
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws a sheet of a heat pump."""
    paper = Paper(HELVETICA)
    model = f"{names.firm(random)[:3].upper()} {random.choice([120, 150, 180, 240])}"
    paper.put(f"Technical data {model}", 25, 20, 15, bold=True)
    heads = random.choice(
        [["7 °C / 35 °C", "2 °C / 35 °C", "-7 °C / 55 °C"], ["A7/W35", "A2/W35", "A-7/W55"],
         ["50 Hz", "60 Hz", "60 Hz, boost"]]
    )  # fmt: skip
    rows = [["", "Unit", *heads]]
    for label, unit, low, high, scale in random.sample(_ROWS, 5):
        figures = random.sample(range(low, high), 3)
        rows.append([label, unit, *(str(one / scale if scale > 1 else one) for one in figures)])
    cells = paper.grid(
        rows, 25, 34, (42, 20, 31, 31, 31), 9, align="LLRRR", ruled=random.random() < 0.5
    )
    for at in random.sample(range(1, 6), 4):
        column = random.randrange(3)
        label, value = rows[at][0], rows[at][column + 2]
        spot, gold = cells[at, column + 2], (value, f"{value} {rows[at][1]}")
        if random.random() < 0.5:
            asked = f"What is the {label.lower()} at {heads[column]}?"
            paper.ask("cell", "page", asked, *gold, at=spot)
        else:
            paper.ask("cell", "paraphrase", f"{_OTHER[label]} at {heads[column]}?", *gold, at=spot)
    missing = next(row[0] for row in _ROWS if row[0] not in {line[0] for line in rows})
    paper.without("cell", f"What is the {missing.lower()} at {heads[0]}?")
    paper.without("cell", f"What is the {rows[1][0].lower()} at 400 V?")
    _more(paper, random)
    _small(paper, random, model)
    return paper.done()


def _more(paper: Paper, random: Random) -> None:
    values = {
        "Weight": f"{random.randint(41, 160)}.{random.randint(1, 9)} kg",
        "Refrigerant": random.choice(["R290", "R32", "R744"]),
        "Fuse": random.choice(["T 6.3 A", "B 16 A", "C 10 A"]),
        "Width": f"{random.randint(480, 1190)} mm",
        "Protection class": random.choice(["IP24", "IPX4", "IP54"]),
        "Tank": f"{random.randint(30, 95) / 10} l",
    }
    paper.put("General", 25, 80, 11, bold=True)
    for number, (label, _, other) in enumerate(random.sample(_MORE, 5)):
        y = 87 + number * 6
        paper.put(label, 25, y, 9)
        spot = paper.put(values[label], 75, y, 9)
        paper.line(25, y + 5, 140, y + 5)
        if random.random() < 0.35:
            paper.ask("key-value", "page", f"What is the {label.lower()}?", values[label], at=spot)
        elif random.random() < 0.6:
            paper.ask("key-value", "paraphrase", other, values[label], at=spot)
    paper.without("key-value", "How long is the supply cable?")


def _small(paper: Paper, random: Random, model: str) -> None:
    years, number = random.randint(2, 7), f"{random.randint(100, 999)}-{random.randint(1000, 9999)}"
    altitude, month = f"{random.randint(8, 24) * 100} m", names.day(random)
    run = paper.wrap(
        f"Figures for {model} by EN 14511; they hold up to {altitude} above sea level. Subject to "
        f"change. Spare parts are kept for {years + 8} years after the last unit was sold. Document "
        f"{number}, as of {month}. The warranty of {years} years begins with the first start by a "
        "fitter who was trained by us.",
        25, 126, 120, 5.6, leading=1.3, shade=60,
    )  # fmt: skip
    small = [
        ("page", "What is the number of the document?", (number,), f"{number},"),
        ("paraphrase", "How long can I get replacement pieces?",
         (f"{years + 8} years", f"for {years + 8} years"), f"{years + 8} years"),
        ("page", "How long is the warranty?", (f"{years} years",), f"of {years} years"),
        ("paraphrase", "How high up may it be installed?", (altitude, f"up to {altitude}"), altitude),
    ]  # fmt: skip
    for wording, question, gold, place in random.sample(small, 3):
        paper.ask("small-print", wording, question, *gold, at=run.find(place))
