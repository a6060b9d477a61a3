"""The manual of a machine: chapters of instructions, facts in prose, two tables."""

from random import Random

from benchmarks.documents.book import Book
from benchmarks.documents.invented import code, filler, firm, place

__all__ = ["write"]

_THINGS = ("dough mixer", "label printer", "floor polisher", "bottle washer", "plate press")
_CAUSES = (
    ("The lid is not shut", "Press it down until it clicks"),
    ("The filter is blocked", "Rinse it under warm water"),
    ("The belt has slipped", "Hang it over the wheel again"),
    ("The motor is too hot", "Let it cool down for half an hour"),
    ("A fuse has blown", "Have it replaced by an electrician"),
    ("The tank is empty", "Fill it up to the mark"),
)


def write(random: Random, pages: int) -> Book:
    """Write a manual."""
    thing, maker = random.choice(_THINGS), firm(random)
    book = Book(f"{thing.capitalize()} {code(random)}: instructions for use", random=random)
    book.fill(filler, until=2)
    chapters = [_guarantee, _cleaning, _setting_up, _faults, _data, _storage, _service, _transport]
    random.shuffle(chapters)
    step = max(1, (pages - 2) // len(chapters))
    for number, chapter in enumerate(chapters, start=1):
        chapter(book, random, thing, maker)
        book.fill(filler, until=2 + step * number)
    book.fill(filler, until=pages)
    book.without(
        f"How loud is the {thing} in decibels?",
        f"In which country is the {thing} made?",
        "What does a new filter cost?",
        f"How old must the person be who uses the {thing}?",
        "Which colour does the warning lamp have?",
    )
    return book


def _guarantee(book: Book, random: Random, thing: str, maker: str) -> None:
    years, days = random.choice(("two", "three", "five", "seven")), random.choice((8, 10, 14, 21))
    book.section("Guarantee")
    book.fact(
        f"{maker} guarantees that the {thing} is free of defects for {years} years from the day of "
        "delivery. Parts that wear out are not covered.",
        f"How long does the guarantee on the {thing} last?",
        f"{years} years",
    )
    book.parted(
        "Damage that happened on the way has to be told to the haulier and to us in writing. The time "
        "in which this claim can be made ends",
        f"{days} days after the machine was handed over; later claims cannot be taken into account.",
        "Within how many days must damage that happened on the way be reported?",
        f"{days} days",
        str(days),
    )


def _cleaning(book: Book, random: Random, thing: str, maker: str) -> None:
    del maker
    hours, part = random.randint(3, 9) * 10, code(random)
    book.section("Cleaning and care")
    book.say(f"Switch the {thing} off and pull the plug before you clean it.")
    book.fact(
        f"Grease the bearings after every {hours} hours of work, using nothing but the grease that "
        f"can be ordered under number {part}.",
        "How often must the bearings be greased?",
        f"every {hours} hours",
        f"{hours} hours",
        f"after every {hours} hours of work",
    )
    book.ask(
        "Under which number can the grease be ordered?", part, pages=(book.pages,), task="prose"
    )


def _setting_up(book: Book, random: Random, thing: str, maker: str) -> None:
    del maker
    gap, tilt = random.randint(4, 19) * 5, random.randint(2, 6)
    book.section("Setting up")
    book.fact(
        f"Leave a gap of at least {gap} centimetres between the {thing} and any wall, so that air can "
        f"pass. The floor may slope by no more than {tilt} degrees.",
        f"How far from the wall must the {thing} stand?",
        f"{gap} centimetres",
        f"at least {gap} centimetres",
        f"{gap} cm",
    )


def _faults(book: Book, random: Random, thing: str, maker: str) -> None:
    del thing, maker
    book.section("What to do when something goes wrong", new_page=True)
    numbers = random.sample(range(10, 99), len(_CAUSES))
    rows = [(f"E{number}", *row) for number, row in zip(sorted(numbers), _CAUSES, strict=True)]
    pages = book.table(("Code", "Cause", "Remedy"), rows, (0.14, 0.38, 0.48))
    for at in random.sample(range(len(rows)), 2):
        code_, cause, _ = rows[at]
        book.ask(f"What does error code {code_} mean?", cause, pages=(pages[at],), task="table")


def _data(book: Book, random: Random, thing: str, maker: str) -> None:
    del maker
    rows = [
        ("Rated power", f"{random.randint(4, 28) * 50} W"),
        ("Weight", f"{random.randint(90, 880) / 10} kg"),
        ("Length of the mains lead", f"{random.randint(12, 48) / 10} m"),
        ("Fuse", f"{random.choice((10, 13, 16, 20))} A"),
        ("Speed", f"{random.randint(6, 90) * 10} turns a minute"),
    ]
    asked = [
        f"What is the rated power of the {thing}?",
        f"How heavy is the {thing}?",
        "How long is the mains lead?",
        "Which fuse is needed?",
        f"How fast does the {thing} turn?",
    ]
    book.section("Technical data", new_page=True)
    pages = book.table(("", f"{thing.capitalize()}"), rows, (0.5, 0.5))
    for at in random.sample(range(len(rows)), 3):
        book.ask(asked[at], rows[at][1], pages=(pages[at],), task="table")


def _storage(book: Book, random: Random, thing: str, maker: str) -> None:
    del maker
    low, high = random.randint(2, 8), random.randint(28, 42)
    book.section("Storing the machine")
    book.fact(
        f"When the {thing} is not used for a while, empty the tank, cover it, and store it in a dry "
        f"room at {low} to {high} degrees.",
        f"At which temperatures should the {thing} be stored?",
        f"{low} to {high} degrees",
    )


def _service(book: Book, random: Random, thing: str, maker: str) -> None:
    del thing
    number, town = f"0{random.randint(300, 899)} {random.randint(20000, 99999)}", place(random)
    book.section("Service")
    book.fact(
        f"The workshop of {maker} in {town} repairs machines of any age. It answers calls from eight "
        f"to five on {number}.",
        "Under which telephone number can the workshop be reached?",
        number,
    )


def _transport(book: Book, random: Random, thing: str, maker: str) -> None:
    del maker
    people = random.choice(("two", "three", "four"))
    book.section("Moving the machine")
    book.fact(
        f"It takes {people} persons to lift the {thing}. Never carry it by its handle, which is made "
        "for the lid alone.",
        f"How many people are needed to lift the {thing}?",
        people,
        f"{people} persons",
    )
