"""Minutes of a meeting: decisions in running text, votes, and a table of what is to be done."""

from random import Random

from benchmarks.corpus.layouts.faces import CALADEA
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper

_TASKS = [
    "ask for three offers", "write to the members", "order new keys", "repair the fence",
    "book the hall", "renew the licence", "count the stock",
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws the minutes of a society."""
    paper = Paper(CALADEA)
    paper.put("Minutes of the annual meeting", 26, 20, 16, bold=True)
    day, keeper = people.date(random, year=2025), people.full_name(random)
    chair, here = people.full_name(random), str(random.randint(18, 96))
    run = paper.wrap(
        f"Held on {day} in the {random.choice(['boathouse', 'town hall', 'old mill'])}. In the chair: "
        f"{chair}. Minutes: {keeper}. Present: {here} members with a vote and four guests.",
        26, 30, 158, 10.5, across=random.choice([chair, keeper]),
    )  # fmt: skip
    asks = [
        ("paraphrase", "Who led the meeting?", chair, f"{chair}."),
        ("paraphrase", "Who took the notes?", keeper, f"{keeper}."),
        ("page", "How many members with a vote were present?", here, here),
        ("page", "When was the meeting held?", day, day),
    ]
    for wording, question, gold, place in random.sample(asks, 3):
        _ask(paper, run.find(place), wording, question, gold)
    y = run.bottom + 6
    for number, item in enumerate(random.sample([_fees, _boat, _roof, _election], 3), start=1):
        title, text, questions = item(random)
        paper.put(f"{number}  {title}", 26, y, 11.5, bold=True)
        run = paper.wrap(text, 26, y + 6, 158, 10.5, across=questions[0][3])
        for wording, question, gold, place in [questions[0], random.choice(questions[1:])]:
            _ask(paper, run.find(place), wording, question, gold)
        y = run.bottom + 5
    _table(paper, random, y + 2)
    paper.without("statement", "When did the meeting end?")
    paper.without("statement", "Who was made an honorary member?")
    paper.without("beyond-reading", "What is the mood of the meeting?")
    return paper.done()


def _ask(
    paper: Paper,
    spots: tuple[tuple[float, float, float, float], ...],
    wording: str,
    question: str,
    gold: str,
) -> None:
    paper.ask("line-end" if len(spots) > 1 else "statement", wording, question, gold, at=spots)


_Item = tuple[str, str, list[tuple[str, str, str, str]]]


def _fees(random: Random) -> _Item:
    fee, half = f"{random.randint(30, 90)} euros a year", f"{random.randint(14, 25)} euros"
    votes = f"{random.randint(20, 60)} to {random.randint(2, 15)}"
    text = (
        f"The treasurer moves to raise the fee. From next year on adults pay {fee}, pupils {half}. "
        f"Carried by {votes}. Whoever does not pay by March is reminded once."
    )
    return "Fees", text, [
        ("page", "What do adults pay?", fee, fee),
        ("paraphrase", "How did the vote on the contribution end?", votes, f"{votes}."),
        ("paraphrase", "What is the charge for schoolchildren?", half, f"{half}."),
    ]  # fmt: skip


def _boat(random: Random) -> _Item:
    boat, price = (
        random.choice(["Wagtail", "Old Henry", "Sea Pink"]),
        f"{random.randint(2, 9)},400 euros",
    )
    buyer = f"{people.town(random)} Rowing Club"
    text = (
        f"The four-oared boat {boat} lies unused since the flood. The {buyer} offers {price} for it, "
        "oars included. The meeting agrees, with the wish that the name be kept."
    )
    return "Sale of a boat", text, [
        ("page", "Who offers to buy the boat?", buyer, buyer),
        ("paraphrase", "How much money will the boat bring?", price, price),
        ("paraphrase", "What is the boat called?", boat, boat),
    ]  # fmt: skip


def _roof(random: Random) -> _Item:
    firm, cost = f"{people.house(random)} Roofing", f"{random.randint(11, 48)},900 euros"
    month = random.choice(["May", "June", "September"])
    text = (
        f"The roof leaks above the stairs. {firm} would cover it anew for {cost} and could begin in "
        f"{month}. A loan is not needed, since the reserve suffices. The committee is told to sign."
    )
    return "Roof", text, [
        ("page", "For how much would the roof be covered anew?", cost, cost),
        ("paraphrase", "Which company fixes the roof?", firm, firm),
        ("paraphrase", "When could the work start?", month, f"{month}."),
    ]  # fmt: skip


def _election(random: Random) -> _Item:
    winner, years = people.full_name(random), random.choice(["two years", "three years"])
    loser = people.full_name(random)
    text = (
        f"After eleven years the auditor stands down. Two members put themselves forward; {winner} is "
        f"elected for {years} with a clear majority, {loser} becomes the deputy."
    )
    return "Election", text, [
        ("page", "Who is elected?", winner, winner),
        ("paraphrase", "For how long is the auditor chosen?", years, years),
        ("paraphrase", "Who stands in for the auditor?", loser, loser),
    ]  # fmt: skip


def _table(paper: Paper, random: Random, y: float) -> None:
    tasks = random.sample(_TASKS, 5)
    rows = [["What", "Who", "By"]]
    for task in tasks:
        rows.append([task, people.full_name(random), people.date(random)])
    cells = paper.grid(rows, 26, y, (60, 50, 34), 10, height=7.5)
    one, two, three = random.sample(range(1, 6), 3)
    paper.ask("cell", "page", f"Who is to {tasks[one - 1]}?", rows[one][1], at=cells[one, 1])
    paper.ask("cell", "paraphrase", f"What is the deadline to {tasks[two - 1]}?", rows[two][2],
              at=cells[two, 2])  # fmt: skip
    paper.ask("reverse", "paraphrase", f"Which task is due on {rows[three][2]}?", rows[three][0],
              at=cells[three, 0])  # fmt: skip
    missing = next(task for task in _TASKS if task not in tasks)
    paper.without("cell", f"Who is to {missing}?")
