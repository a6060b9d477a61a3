"""A catalogue: a product a page, all with the same fields, so that the name alone tells them apart."""

from random import Random

from benchmarks.documents.book import Book
from benchmarks.documents.invented import code, filler, firm, person

__all__ = ["write"]

_GOODS = (
    *("work bench", "tool chest", "hand lamp", "step ladder", "belt grinder", "band saw"),
    *("drill stand", "vice", "air pump", "chain hoist", "glue gun", "heat blower"),
    *("floor jack", "paint sprayer", "planer", "bench scale", "shelf unit", "parts washer"),
)
_NAMES = [
    "Altair",
    "Bellatrix",
    "Capella",
    "Deneb",
    "Electra",
    "Furud",
    "Gienah",
    "Hadar",
    "Izar",
    "Kochab",
    "Lesath",
    "Mirach",
    "Naos",
    "Procyon",
    "Rigel",
    "Sabik",
    "Tarazed",
    "Vega",
    "Wezen",
    "Zaurak",
]
_OAK = ("beech", "steel", "aluminium", "ash", "cast iron", "birch plywood")


def write(random: Random, pages: int) -> Book:
    """Write a catalogue."""
    book = Book(f"{firm(random)}: catalogue for workshops", random=random)
    book.say(f"We are glad that you have opened our catalogue. Yours, {person(random)}.")
    book.fill(filler, until=1)
    names = [(name, good) for name in _NAMES for good in _GOODS]
    random.shuffle(names)
    shown = ""
    while book.pages < pages:
        name, good = names.pop()
        _product(book, random, name, good)
        shown = f"{good} {name}" if not shown or random.random() < 0.1 else shown
    absent_name, absent = names.pop()
    book.without(
        f"How heavy is the {absent} {absent_name}?",
        f"What does delivery of the {shown} cost?",
        f"Who designed the {shown}?",
        f"How many of the {shown} are in stock?",
    )
    return book


def _product(book: Book, random: Random, name: str, good: str) -> None:
    rows = [
        ("Order number", code(random)),
        ("Price", f"{random.randint(19, 2400)}.{random.choice(('00', '50', '90'))} EUR"),
        ("Weight", f"{random.randint(8, 990) / 10} kg"),
        ("Made of", random.choice(_OAK)),
        ("Guarantee", f"{random.choice((12, 24, 36, 60))} months"),
    ]
    asked = [
        f"What is the order number of the {good} {name}?",
        f"How much does the {good} {name} cost?",
        f"How heavy is the {good} {name}?",
        f"What is the material of the {good} {name}?",
        f"How many months of guarantee come with the {good} {name}?",
    ]
    book.section(f"{good.capitalize()} {name}", new_page=True)
    book.say(" ".join(filler(random) for _ in range(3)))
    pages = book.table(("", name), rows, (0.4, 0.6))
    at = random.randrange(len(rows))
    book.ask(asked[at], rows[at][1], pages=(pages[at],), task="table")
    load = random.randint(2, 60) * 10
    text = f"The {good} {name} carries {load} kilograms without bending."
    if random.random() < 0.5:
        book.fact(
            f"{filler(random)} {text}",
            f"What load can the {good} {name} carry?",
            f"{load} kilograms",
            f"{load} kg",
        )
    book.say(" ".join(filler(random) for _ in range(4)))
