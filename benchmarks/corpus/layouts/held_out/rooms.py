"""Bookings of rooms: hours down, rooms across, bookings that go over several hours or rooms."""

from random import Random

from benchmarks.corpus.layouts.faces import CALADEA
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper, Spot
from benchmarks.corpus.model import Kind

_ROOMS = ["Atrium", "Gallery", "Studio", "Cellar"]
_USES = [
    "Choir practice", "Yoga for seniors", "Board meeting", "Book fair", "Sewing circle", "Tax advice",
    "Spanish course", "Blood donation", "Chess evening", "Puppet show", "Job interviews", "Film club",
    "Model railway", "Repair cafe", "Debating society", "Pottery",
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws one day's bookings."""
    paper = Paper(CALADEA)
    day = f"{random.choice(['Saturday', 'Sunday', 'Friday'])} {people.date(random)}"
    paper.put("Community centre - room bookings", 18, 18, 17, bold=True)
    spot = paper.put(day, 18, 27, 12)
    rooms = random.sample(_ROOMS, 4)
    heads: dict[str, Spot] = {}
    for at, room in enumerate(rooms):
        paper.box(42 + at * 37, 38, 37, 9, fill=205)
        left = 42 + at * 37
        heads[room] = paper.put(room, left, 40.5, 11, bold=True, align="C", width=37)
    uses = random.sample(_USES, len(_USES))
    start = random.choice([8, 9])
    for hour in range(8):
        paper.box(18, 47 + hour * 20, 24, 20)
        paper.put(f"{start + hour}:00", 18, 54 + hour * 20, 10, align="C", width=24)
    _fill(paper, random, heads, uses, start)
    paper.ask("key-value", "paraphrase", "For which date are these bookings?", day, day.split(" ", 1)[1],
              at=spot)  # fmt: skip
    keeper = people.full_name(random)
    text = f"Keys are with {keeper}, extension {random.randint(110, 480)}."
    foot = paper.wrap(text, 18, 215, 150, 9)
    paper.ask("small-print", "paraphrase", "Who unlocks the rooms?", keeper,
              at=foot.find(f"{keeper},"))  # fmt: skip
    paper.without("merged", f"What is in the {rooms[1]} at {start + 10}:00?")
    paper.without("merged", f"What takes place in the Kitchen at {start + 1}:00?")
    return paper.done()


def _fill(
    paper: Paper, random: Random, heads: dict[str, Spot], uses: list[str], start: int
) -> None:
    rooms = list(heads)
    free = {(hour, at) for hour in range(8) for at in range(4)}
    made = []
    for hour in range(8):
        for at in range(4):
            if (hour, at) not in free:
                continue
            tall, wide = random.choice([(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (1, 1)])
            cells = {(hour + down, at + right) for down in range(tall) for right in range(wide)}
            if not cells <= free or (random.random() < 0.25 and len(uses) < 10):
                tall, wide, cells = 1, 1, {(hour, at)}
            free -= cells
            x, y = 42 + at * 37, 47 + hour * 20
            paper.box(x, y, 37 * wide, 20 * tall)
            if not uses or ((tall, wide) == (1, 1) and random.random() < 0.5):
                continue
            use = uses.pop()
            spot = paper.put(use, x, y + 10 * tall - 2, 9.5, align="C", width=37 * wide)
            made.append((hour, at, tall, wide, use, spot))
    for number, (hour, at, tall, wide, use, spot) in enumerate(
        random.sample(made, min(6, len(made)))
    ):
        last, room = start + hour + tall - 1, rooms[at + wide - 1]
        kind: Kind = "merged" if tall * wide > 1 else "cell"
        if number % 3 == 0:
            paper.ask(kind, "page", f"What is in the {room} at {last}:00?", use, at=spot)
        elif number % 3 == 1:
            asked = f"Who or what has the {room} from {last} o'clock?"
            paper.ask(kind, "paraphrase", asked, use, at=spot)
        elif wide == 1:
            asked = f"In which room is the {use.lower()}?"
            paper.ask("reverse", "page", asked, room, at=heads[room])
