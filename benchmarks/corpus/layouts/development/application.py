"""An application form: labels in the corners of boxes, one letter a comb cell, tick boxes."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import COURIER, HELVETICA
from benchmarks.corpus.layouts.paper import Form, Paper, Spot

_FIELDS = [
    ("Surname", "What is the applicant's family name?"),
    ("Date of birth", "When was the applicant born?"),
    ("Occupation", "What does the applicant do for a living?"),
    ("Plot wanted", "Which piece of ground is asked for?"),
    ("Size of plot", "How large is the piece of ground?"),
    ("Former tenant", "Who had the ground before?"),
    ("Telephone", "How can the applicant be rung?"),
    ("Start of lease", "From when is the ground wanted?"),
    ("Yearly rent", "What will it cost a year?"),
    ("Number of persons", "How many people will use it?"),
]


def draw(random: Random) -> Form:
    """Draws an application for an allotment garden."""
    paper = Paper(HELVETICA)
    paper.put("Application for an allotment garden", 20, 18, 16, bold=True)
    paper.put("Please use block letters. Fields in grey are filled in by the office.", 20, 26, 8)
    values = _values(random)
    order = random.sample(_FIELDS, len(_FIELDS))
    spots: dict[str, Spot] = {}
    for number, (label, _) in enumerate(order):
        x, y = 20 + number % 2 * 86, 34 + number // 2 * 16
        paper.box(x, y, 84, 14)
        paper.put(label, x + 1.5, y + 1, 6.5, shade=70)
        spots[label] = paper.put(values[label], x + 3, y + 6.5, 11, face=COURIER)
    for label, other in random.sample(_FIELDS, 6):
        wording = random.choice(["page", "paraphrase"])
        asked = other if wording == "paraphrase" else f"What does the form say for {label.lower()}?"
        paper.ask("form", wording, asked, values[label], at=spots[label])
    _ticks(paper, random)
    _office(paper, random)
    paper.without("form", "What is the e-mail address of the applicant?")
    paper.without("form", "What is the account number of the applicant?")
    return paper.done()


def _values(random: Random) -> dict[str, str]:
    name = names.person(random)
    return {
        "Surname": name.split()[1].upper(),
        "Date of birth": names.day(random, year=random.randint(1950, 1999)),
        "Occupation": random.choice(["Bus driver", "Nurse", "Joiner", "Pharmacist", "Teacher"]),
        "Plot wanted": f"{random.choice('BCDF')}{random.randint(3, 68)}",
        "Size of plot": f"{random.randint(120, 390)} m2",
        "Former tenant": names.person(random),
        "Telephone": names.phone(random),
        "Start of lease": names.day(random, year=2026),
        "Yearly rent": f"{random.randint(60, 190)}.00 pounds",
        "Number of persons": str(random.randint(2, 6)),
    }


def _ticks(paper: Paper, random: Random) -> None:
    """Boxes of which some are crossed: reading alone does not tell which."""
    paper.put("Water supply", 20, 120, 9, bold=True)
    for number, text in enumerate(["own well", "mains", "rain butt only"]):
        x = 50 + number * 42
        paper.box(x, 120, 4, 4)
        if number == random.randrange(3):
            paper.line(x, 120, x + 4, 124, weight=0.5)
            paper.line(x, 124, x + 4, 120, weight=0.5)
        paper.put(text, x + 6, 120, 9)
    paper.without("beyond-reading", "Which kind of water supply is ticked?")


def _office(paper: Paper, random: Random) -> None:
    paper.box(20, 134, 170, 24, fill=225)
    number, clerk = f"AG/{random.randint(100, 999)}/25", names.person(random)
    paper.put("File number", 23, 137, 7.5)
    first = paper.put(number, 60, 137, 9, face=COURIER)
    paper.put("Received by", 23, 145, 7.5)
    second = paper.put(clerk, 60, 145, 9, face=COURIER)
    paper.ask("form", "page", "What is the file number?", number, at=first)
    paper.ask("form", "paraphrase", "Which clerk took the form?", clerk, at=second)
    text = (
        f"The deposit of {random.randint(4, 12) * 10} pounds is paid back when the lease ends. "
        f"Dogs are kept on a lead. Fires are allowed from {random.choice(['October', 'November'])} "
        "to March. The committee decides within six weeks; its decision cannot be appealed against."
    )
    run = paper.wrap(text, 20, 164, 170, 7)
    deposit = text.split("deposit of ")[1].split(" pounds")[0]
    paper.ask(
        "small-print", "page", "How much is the deposit?", f"{deposit} pounds", deposit,
        at=run.find(f"{deposit} pounds"),
    )  # fmt: skip
    paper.ask(
        "small-print", "paraphrase", "How soon will I hear back?", "six weeks", "within six weeks",
        at=run.find("six weeks;"),
    )  # fmt: skip
    paper.without("beyond-reading", "Can you summarise the form?")
