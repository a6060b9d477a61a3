"""A screenshot of a service desk's board: a sidebar, tiles with figures, a table of states."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import SERIF
from benchmarks.corpus.layouts.paper import Form, Paper

_JOBS = "mail-relay,invoice-sync,search-index,photo-resize,login-gate,tax-export,chat-bridge".split(
    ","
)
_STATES = ["running", "running", "running", "degraded", "stopped", "updating"]


def draw(random: Random) -> Form:
    """Draws the screen; 340 mm across stand for some 1,300 pixels."""
    paper = Paper(SERIF, width=340, height=200)
    paper.box(0, 0, 58, 200, fill=40, line=0)
    account = f"team-{names.firm(random).lower()}"
    paper.put(account, 6, 8, 12, bold=True, shade=255)
    for number, text in enumerate(["Overview", "Jobs", "Alerts", "Billing", "Members", "Help"]):
        paper.put(text, 6, 26 + number * 11, 10.5, shade=225)
    region = random.choice(["north-2", "west-1", "east-4"])
    paper.put("Region", 6, 160, 8, shade=200)
    spot = paper.put(region, 6, 165, 10.5, shade=255)
    paper.ask("columns", "page", "Which region is it?", region, at=spot)
    paper.put("Jobs", 68, 9, 18, bold=True)
    _tiles(paper, random)
    _table(paper, random)
    paper.without("columns", "What is the telephone number of the support desk?")
    return paper.done()


def _tiles(paper: Paper, random: Random) -> None:
    tiles = [
        ("Requests today", f"{random.randint(11, 98)},{random.randint(100, 999)}",
         "How often was the service called today?"),
        ("Error rate", f"{random.randint(1, 48) / 10} %", "Which share of calls failed?"),
        ("Median latency", f"{random.randint(18, 240)} ms", "How long does a typical call take?"),
        ("Cost this month", f"$ {random.randint(210, 980)}.{random.randint(10, 99)}",
         "What has to be paid so far this month?"),
    ]  # fmt: skip
    for number, (label, value, other) in enumerate(tiles):
        x = 68 + number * 66
        paper.box(x, 24, 61, 28)
        paper.put(label, x + 4, 27, 9, shade=90)
        spot = paper.put(value, x + 4, 35, 17, bold=True)
        if random.random() < 0.7:
            if random.random() < 0.5:
                paper.ask("key-value", "page", f"What is the {label.lower()}?", value, at=spot)
            else:
                paper.ask("key-value", "paraphrase", other, value, at=spot)


def _table(paper: Paper, random: Random) -> None:
    jobs = random.sample(_JOBS, 6)
    states = random.sample(_STATES, 6)
    rows = [["Job", "State", "Version", "Owner", "Last run", "Memory"]]
    for job, state in zip(jobs, states, strict=True):
        version = f"{random.randint(1, 6)}.{random.randint(0, 19)}.{random.randint(0, 9)}"
        clock = f"{random.randint(0, 23):02d}:{random.randint(0, 59):02d}"
        memory = f"{random.randint(90, 980)} MB"
        rows.append([job, state, version, names.person(random).split()[0], clock, memory])
    cells = paper.grid(
        rows, 68, 64, (52, 44, 34, 42, 40, 46), 10.5, height=13, banded=random.random() < 0.5,
        align="LLLLRR",
    )  # fmt: skip
    for state in ("degraded", "stopped", "updating"):
        at = states.index(state) + 1
        if random.random() < 0.7:
            paper.ask("reverse", "page", f"Which job is {state}?", jobs[at - 1], at=cells[at, 0])
    memories = {row[5] for row in rows[1:]}
    if len(memories) == 6:
        at = random.randint(1, 6)
        paper.ask(
            "reverse", "paraphrase", f"What takes up {rows[at][5]}?", jobs[at - 1], at=cells[at, 0]
        )
    asks = [
        ("page", "What is the version of {}?", 2), ("page", "Who is the owner of {}?", 3),
        ("paraphrase", "Who looks after {}?", 3), ("paraphrase", "When did {} run last?", 4),
        ("paraphrase", "How much memory is {} using?", 5),
    ]  # fmt: skip
    for wording, question, column in random.sample(asks, 3):
        at = random.randint(1, 6)
        paper.ask(
            "cell", wording, question.format(jobs[at - 1]), rows[at][column], at=cells[at, column]
        )
    missing = next(job for job in _JOBS if job not in jobs)
    paper.without("cell", f"What is the version of {missing}?")
    paper.without("reverse", "Which job is waiting for approval?")
