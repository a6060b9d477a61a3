"""A week's plan of a workshop: days down, times across, cells that go over several of them."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.corpus.layouts.paper import Form, Paper, Spot
from benchmarks.corpus.model import Kind

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
_TIMES = ["8 - 10", "10 - 12", "13 - 15", "15 - 17"]
_WORK = [
    "Lathe basics", "Stock taking", "Tool sharpening", "Safety briefing", "Pipe bending",
    "Soldering", "Blueprint reading", "Machine cleaning", "Drilling", "Threading", "Gear cutting",
    "Surface grinding", "Measuring", "Test piece", "First aid", "Brazing",
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws the plan."""
    paper = Paper(HELVETICA, width=297, height=210)
    week = random.randint(6, 47)
    paper.put(f"Workshop plan, calendar week {week}", 20, 16, 17, bold=True)
    leader = names.person(random)
    head = paper.wrap(f"Group leader: {leader}", 20, 25, 100, 10)
    for at, text in enumerate(["Day", *_TIMES, "Instructor"]):
        x, width = _column(at)
        paper.box(x, 38, width, 9, fill=210)
        paper.put(text, x, 41, 9.5, bold=True, align="C", width=width)
    work = random.sample(_WORK, len(_WORK))
    for number, name in enumerate(_DAYS):
        _day(paper, random, number, name, work)
    paper.ask(
        "key-value", "paraphrase", "Who is in charge of the group?", leader,
        at=head.find(leader),
    )  # fmt: skip
    paper.without("merged", "What is planned for Saturday from 8 to 10?")
    paper.without("merged", f"What does the group do on Monday in week {week + 3}?")
    room = random.choice(["Hall B", "Room 14", "Annex 2"])
    foot = paper.wrap(f"All lessons take place in {room}. Lunch from 12 to 13.", 20, 190, 200, 8)
    paper.ask(
        "small-print", "paraphrase", "Where are the lessons held?", room, f"in {room}",
        at=foot.find(f"{room}."),
    )  # fmt: skip
    return paper.done()


def _column(at: int) -> tuple[float, float]:
    """Left edge and width of a column."""
    if at == 0:
        return 20, 30
    return (50 + (at - 1) * 45, 45) if at <= 4 else (230, 47)


def _day(paper: Paper, random: Random, number: int, name: str, work: list[str]) -> None:
    top = 47 + number * 26
    paper.box(20, top, 30, 26)
    paper.put(name, 20, top + 11, 10, bold=True, align="C", width=30)
    cuts = random.choice([(2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2), (4,), (1, 1, 1, 1)])
    start, placed = 0, []
    for length in cuts:
        task = work.pop() if work else "Free practice"
        x = 50 + start * 45
        paper.box(x, top, 45 * length, 26)
        spot = paper.put(task, x, top + 11, 10, align="C", width=45 * length)
        placed.append((start, length, task, spot))
        start += length
    person = names.person(random)
    paper.box(230, top, 47, 26)
    at = paper.put(person, 230, top + 11, 10, align="C", width=47)
    _ask(paper, random, name, placed, (person, at))


def _ask(
    paper: Paper,
    random: Random,
    day: str,
    placed: list[tuple[int, int, str, Spot]],
    instructor: tuple[str, Spot],
) -> None:
    start, length, task, spot = max(placed, key=lambda one: one[1])
    if task == "Free practice":
        return
    time = _TIMES[start + length - 1].replace(" - ", " to ")
    kind: Kind = "merged" if length > 1 else "cell"
    if random.random() < 0.6:
        paper.ask(kind, "page", f"What is planned on {day} from {time}?", task, at=spot)
    else:
        asked = (
            f"What does the group do on {day} {['early', 'late'][start + length > 2]} in the day"
        )
        hour = _TIMES[start + length - 1].split(" - ")[0]
        paper.ask(kind, "paraphrase", f"{asked}, from {hour} o'clock?", task, at=spot)
    choice = random.random()
    if choice < 0.35:
        paper.ask(
            "cell", "page", f"Who is the instructor on {day}?", instructor[0], at=instructor[1]
        )
    elif choice < 0.6:
        asked = f"On which day is there {task.lower()}?"
        paper.ask("reverse", "page", asked, day, at=(20, spot[1], 50, spot[3]))
