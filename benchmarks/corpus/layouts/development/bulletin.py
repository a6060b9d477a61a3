"""A newsletter: two columns of text, a box beside them with facts, small type."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import SERIF
from benchmarks.corpus.layouts.paper import Form, Paper


def draw(random: Random) -> Form:
    """Draws one page of a newsletter."""
    paper = Paper(SERIF)
    town = names.place(random)
    title = random.choice(["Neighbours' News", "The Beacon", "Parish Letter"])
    paper.put(f"{title} - {town}", 18, 16, 22, bold=True)
    issue = f"No. {random.randint(31, 240)}"
    spot = paper.put(issue, 160, 20, 9, align="R", width=32)
    paper.line(18, 28, 192, 28, weight=0.5)
    paper.ask("key-value", "paraphrase", "Which issue is it?", issue, issue[4:], at=spot)
    size = random.choice([8, 8.5, 9])
    _library(paper, random, size)
    _bridge(paper, random, size)
    _box(paper, random)
    paper.without("columns", "What does the swimming pool cost?")
    paper.without("columns", "When is the library open on Sunday?")
    paper.without("statement", "Who painted the mural?")
    return paper.done()


def _library(paper: Paper, random: Random, size: float) -> None:
    count, volunteer = f"{random.randint(11, 38) * 100:,}", names.person(random)
    day, hours = random.choice(["Thursday", "Wednesday"]), random.randint(4, 9)
    fee, weeks = f"{random.randint(2, 6)}.50", random.choice(["three", "four", "six"])
    paper.put("Library has moved", 18, 34, 12, bold=True)
    run = paper.wrap(
        f"After a winter in boxes the library has moved into the old school. Its {count} books were "
        f"carried over by a chain of children, and not one was lost. The reading room is heated "
        f"from nine in the morning; on {day} it stays open until {hours + 12}.30. Books may be kept "
        f"for {weeks} weeks. Whoever brings them back late pays a fine of {fee} pounds, whatever "
        f"the number of books. New readers sign up with {volunteer}, who also takes in gifts of "
        "books as long as they are dry and younger than ten years. Dictionaries are not wanted.",
        18, 42, 54, size, across=f"{weeks} weeks",
    )  # fmt: skip
    asks = [
        ("page", "How many books does the library have?", (count,), count),
        ("paraphrase", "What must I pay when I return a book too late?", (f"{fee} pounds", fee),
         f"{fee} pounds"),
        ("page", "Who do new readers sign up with?", (volunteer,), volunteer),
        ("paraphrase", "On which day is the reading room open in the evening?", (day,), day),
    ]  # fmt: skip
    for wording, question, gold, place in random.sample(asks, 3):
        kind = "line-end" if len(run.find(place)) > 1 else "columns"
        paper.ask(kind, wording, question, *gold, at=run.find(place))  # type: ignore[arg-type]
    weeks_at = run.find(f"{weeks} weeks")
    kind = "line-end" if len(weeks_at) > 1 else "columns"
    paper.ask(kind, "page", "For how long may books be kept?", f"{weeks} weeks", at=weeks_at)  # type: ignore[arg-type]


def _bridge(paper: Paper, random: Random, size: float) -> None:
    cost, until = f"{random.randint(120, 480)},000 pounds", names.day(random, year=2026)
    tons, firm = random.choice(["7.5", "12", "3.5"]), f"{names.firm(random)} Civil Works"
    detour = f"{random.randint(3, 11)} miles"
    paper.put("Footbridge closes", 76, 34, 12, bold=True)
    run = paper.wrap(
        f"The council has given the repair of the mill bridge to {firm}. The work costs {cost} and "
        f"is to be done by {until}. Until then walkers go round by the weir, a detour of {detour}. "
        f"Vehicles up to {tons} tonnes may use the ford at low water. The planks that are taken out "
        "can be had for firewood. Fishing from the bridge was never allowed and will not be "
        "afterwards.",
        76, 42, 54, size, across=until,
    )  # fmt: skip
    done_at = run.find(until)
    kind = "line-end" if len(done_at) > 1 else "columns"
    paper.ask(kind, "paraphrase", "When will the bridge be ready?", until, at=done_at)  # type: ignore[arg-type]
    for wording, question, gold in random.sample(
        [
            ("page", "How long is the detour?", detour),
            ("page", "What does the work on the bridge cost?", cost),
            ("paraphrase", "Which company mends the bridge?", firm),
            ("paraphrase", "How heavy may a car be that crosses the water?", f"{tons} tonnes"),
        ],
        3,
    ):
        kind = "line-end" if len(run.find(gold)) > 1 else "columns"
        paper.ask(kind, wording, question, gold, at=run.find(gold))  # type: ignore[arg-type]


def _box(paper: Paper, random: Random) -> None:
    """The box at the right edge, which reads on its own."""
    paper.box(138, 34, 54, 74, fill=236, line=0)
    paper.put("At a glance", 142, 38, 10, bold=True)
    facts = [
        ("Refuse", random.choice(["Mondays", "Tuesdays", "Fridays"]), "When is the bin emptied?"),
        ("Paper", f"every {random.randint(2, 4)} weeks", "How often is paper collected?"),
        ("Doctor", names.phone(random), "Which number do I ring when I am ill?"),
        (
            "Ferry",
            f"{random.randint(5, 6)}.{random.randint(10, 50)} a.m.",
            "When is the first boat?",
        ),
        ("Market", f"{names.street(random)}", "Where are the stalls put up?"),
    ]
    for number, (label, value, other) in enumerate(facts):
        paper.put(label, 142, 46 + number * 12, 7.5, shade=80)
        spot = paper.put(value, 142, 50 + number * 12, 9)
        if random.random() < 0.45:
            paper.ask("columns", "paraphrase", other, value, at=spot)
        elif random.random() < 0.4:
            paper.ask("columns", "page", f"What does the box say for {label}?", value, at=spot)
