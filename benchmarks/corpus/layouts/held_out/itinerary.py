"""A traveller's papers: legs of a journey as blocks, details in two columns, a sidebar."""

from random import Random

from benchmarks.corpus.layouts.faces import LATO
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper
from benchmarks.corpus.model import Kind


def draw(random: Random) -> Form:
    """Draws an itinerary of three legs."""
    paper = Paper(LATO)
    traveller, reference = (
        people.full_name(random),
        f"{random.choice('QRW')}{random.randint(10**4, 10**5)}",
    )
    paper.box(0, 0, 52, 297, fill=228, line=0)
    paper.put("Traveller", 8, 20, 8, shade=80)
    first = paper.put(traveller, 8, 25, 10.5, bold=True)
    paper.put("Booking", 8, 38, 8, shade=80)
    second = paper.put(reference, 8, 43, 10.5, bold=True)
    paper.put("Paid", 8, 56, 8, shade=80)
    price = f"{random.randint(3, 18) * 100 + random.randint(1, 99)}.00 EUR"
    third = paper.put(price, 8, 61, 10.5, bold=True)
    asks = [
        ("page", "What is the booking?", reference, second),
        ("paraphrase", "Who goes on this journey?", traveller, first),
        ("paraphrase", "What did the trip cost?", price, third),
    ]
    for wording, question, gold, spot in random.sample(asks, 2):
        paper.ask("columns", wording, question, gold, at=spot)
    paper.put("Your journey", 62, 18, 18, bold=True)
    towns = random.sample(sorted({people.town(random) for _ in range(30)}), 4)
    for number in range(3):
        _leg(paper, random, number, towns[number], towns[number + 1])
    _terms(paper, random)
    paper.without("key-value", "In which hotel is a room booked?")
    paper.without("key-value", f"What is the seat from {towns[3]} to {towns[0]}?")
    paper.without("columns", "What is the passport number?")
    return paper.done()


def _leg(paper: Paper, random: Random, number: int, start: str, end: str) -> None:
    y = 32 + number * 52
    paper.box(62, y, 136, 44)
    kind = random.choice(["Train", "Coach", "Ferry"])
    name = f"{kind} {random.randint(100, 990)}"
    paper.put(f"{number + 1}   {start} to {end}", 66, y + 3, 12, bold=True)
    minutes = random.randint(300, 1000)
    details = [
        ("Service", name, f"Which {kind.lower()} goes from {start} to {end}?"),
        ("Departs", _clock(minutes), f"When do I leave {start}?"),
        ("Arrives", _clock(minutes + random.randint(40, 300)), f"When do I get to {end}?"),
        ("Platform", f"{random.randint(1, 14)}{random.choice('ab')}", f"Where do I board in {start}?"),
        ("Seat", f"{random.randint(11, 98)}{random.choice('CDF')}", f"Where do I sit on {name}?"),
        ("Luggage", f"{random.randint(1, 3)} x {random.randint(15, 30)} kg",
         f"How much may I take along to {end}?"),
    ]  # fmt: skip
    chosen = random.sample(range(6), 2)
    for at, (label, value, other) in enumerate(details):
        x, top = 66 + at % 2 * 66, y + 12 + at // 2 * 10
        paper.put(label, x, top, 9, shade=70)
        spot = paper.put(value, x + 22, top, 10)
        if at == chosen[0]:
            paper.ask("key-value", "paraphrase", other, value, at=spot)
        elif at == chosen[1] and at:
            asked = f"What is given for {label.lower()} from {start} to {end}?"
            paper.ask("key-value", "page", asked, value, at=spot)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _terms(paper: Paper, random: Random) -> None:
    fee, line = f"{random.randint(12, 60)} euros", f"+49 30 {random.randint(100, 999)} 8800"
    club = f"{people.house(random)} Travel Club"
    run = paper.wrap(
        f"Changes are possible until the day before for a fee of {fee}. Whoever misses a connection "
        f"through our fault is carried by the next one; the service desk answers day and night under "
        f"{line}. Members of the {club} get a meal. Pets travel in boxes.",
        62, 196, 130, 9.5, across=line,
    )  # fmt: skip
    kind: Kind = "line-end" if len(run.find(line)) > 1 else "statement"
    paper.ask(kind, "page", "Under which number does the service desk answer?", line,
              at=run.find(line))  # fmt: skip
    paper.ask("statement", "paraphrase", "What does it cost to travel on another day?", fee,
              at=run.find(f"{fee}."))  # fmt: skip
    paper.ask("statement", "paraphrase", "Who is fed on the way?", f"Members of the {club}", club,
              at=run.find(f"Members of the {club}"))  # fmt: skip
