"""A yearly report: a chapter for each branch, with tables of figures by year."""

from random import Random

from benchmarks.documents.book import Book
from benchmarks.documents.invented import filler, firm, person, place

__all__ = ["write"]

_YEARS = ("2021", "2022", "2023", "2024")
_FIGURES = ("Staff", "Orders", "Complaints", "Deliveries", "Accidents")


def write(random: Random, pages: int) -> Book:
    """Write a report."""
    book = Book(f"{firm(random)}: report for the year 2024", random=random)
    director, auditor = person(random), firm(random)
    book.fact(
        f"The board is led by {director}. The accounts were checked by {auditor}, who had no objection.",
        "Who checked the accounts?",
        auditor,
    )
    book.fill(filler, until=2)
    branches: list[str] = []
    while book.pages < pages - 1:
        town = place(random)
        if town in branches:
            if len(branches) >= 16:
                break
            continue
        branches.append(town)
        _branch(book, random, town)
        book.fill(filler, until=min(pages, book.pages + random.randint(0, max(0, pages // 14))))
    _long_table(book, random)
    book.fill(filler, until=pages)
    chosen = random.choice(branches)
    book.without(
        f"How many complaints were there in {chosen} in 2019?",
        f"What was the profit of the branch in {chosen}?",
        f"Who led the branch in {chosen} before?",
        "When does the general meeting take place?",
    )
    return book


def _branch(book: Book, random: Random, town: str) -> None:
    head, area = person(random), random.randint(8, 90) * 50
    book.section(f"The branch in {town}", new_page=True)
    book.fact(
        f"The branch in {town} is led by {head}. {filler(random)}",
        f"Who leads the branch in {town}?",
        head,
    )
    rows = [(figure, *(str(random.randint(11, 980)) for _ in _YEARS)) for figure in _FIGURES]
    book.say(f"The figures of {town} over four years:")
    pages = book.table(("", *_YEARS), rows, (0.36, 0.16, 0.16, 0.16, 0.16))
    at, year = random.randrange(len(rows)), random.randrange(len(_YEARS))
    book.ask(
        f"How many {_FIGURES[at].lower()} were there in {town} in {_YEARS[year]}?",
        rows[at][year + 1],
        pages=(pages[at],),
        task="table",
    )
    if random.random() < 0.5:
        book.fact(
            f"{filler(random)} The halls in {town} cover {area:,} square metres.",
            f"How large are the halls in {town}?",
            f"{area:,} square metres",
        )
    book.say(" ".join(filler(random) for _ in range(5)))


def _long_table(book: Book, random: Random) -> None:
    """One that goes on over the page break without its head."""
    book.section("Suppliers", new_page=True)
    rows: list[tuple[str, ...]] = []
    seen: set[str] = set()
    while len(rows) < 62:
        name = firm(random)
        if name not in seen:
            seen.add(name)
            rows.append(
                (name, place(random), str(random.randint(3, 95)), str(random.randint(100, 999)))
            )
    pages = book.table(("Supplier", "Town", "Deliveries", "Tonnes"), rows, (0.4, 0.28, 0.16, 0.16))
    late = [at for at, page in enumerate(pages) if page > pages[0]]
    for at in random.sample(late, 2):
        book.ask(
            f"How many tonnes came from {rows[at][0]}?",
            rows[at][3],
            pages=(pages[at], pages[0]),
            task="two pages",
        )
