"""A long contract: numbered clauses, each with one thing that is agreed."""

from random import Random

from benchmarks.documents.book import Book
from benchmarks.documents.invented import date, filler, firm, money, person, place

__all__ = ["write"]


def write(random: Random, pages: int) -> Book:
    """Write a contract for the lease of a building."""
    lessor, lessee = firm(random), firm(random)
    book = Book(f"Contract between {lessor} and {lessee}", random=random)
    book.fact(
        f"This contract, made on {date(random, year=2025)}, is between {lessor} of {place(random)}, "
        f"called the lessor, and {lessee}, called the lessee.",
        "Who is the lessor?",
        lessor,
    )
    clauses = [_rent, _deposit, _notice, _repairs, _use, _insurance, _court, _keys, _heating]
    random.shuffle(clauses)
    step = max(1, (pages - 1) // len(clauses))
    for number, clause in enumerate(clauses, start=1):
        clause(book, random, number)
        book.fill(filler, until=min(pages, 1 + step * number))
    book.fill(filler, until=pages)
    book.without(
        "How many parking spaces go with the building?",
        "Which bank holds the account of the lessor?",
        "May the lessee keep animals in the building?",
        "Who pays for the lift?",
    )
    return book


def _rent(book: Book, random: Random, number: int) -> None:
    rent = money(random, 1200, 9000)
    book.section(f"{number}. Rent")
    book.fact(
        f"The rent is {rent} a month and falls due on the first working day. {filler(random)}",
        "How high is the monthly rent?",
        rent,
    )


def _deposit(book: Book, random: Random, number: int) -> None:
    sum_ = money(random, 4000, 24000)
    book.section(f"{number}. Security")
    book.parted(
        "Before the building is handed over the lessee pays a deposit, which bears no interest and is "
        "given back when the contract ends. The deposit amounts to",
        f"{sum_}. It may be paid in three parts. {filler(random)}",
        "How large is the deposit?",
        sum_,
    )


def _notice(book: Book, random: Random, number: int) -> None:
    months = random.choice(("three", "four", "six", "nine"))
    book.section(f"{number}. End of the contract")
    book.fact(
        f"Either side may end the contract by giving notice of {months} months, in writing, to the end "
        f"of a calendar year. {filler(random)}",
        "How many months of notice have to be given?",
        f"{months} months",
        months,
    )


def _repairs(book: Book, random: Random, number: int) -> None:
    limit = money(random, 100, 900)
    book.section(f"{number}. Repairs")
    book.fact(
        f"Small repairs are paid by the lessee as long as a single one costs no more than {limit}. All "
        f"others are the lessor's. {filler(random)}",
        "Up to which sum does the lessee pay for a repair?",
        limit,
    )


def _use(book: Book, random: Random, number: int) -> None:
    use = random.choice(("a bakery", "a print shop", "a bicycle workshop", "a dance school"))
    book.section(f"{number}. Use")
    book.fact(
        f"The building is let for {use} and for nothing else. {filler(random)}",
        "What may the building be used for?",
        use,
        use[2:],
    )


def _insurance(book: Book, random: Random, number: int) -> None:
    insurer = f"{firm(random)} Mutual"
    book.section(f"{number}. Insurance")
    book.fact(
        f"The building is insured against fire and water with {insurer}. {filler(random)}",
        "With whom is the building insured?",
        insurer,
    )


def _court(book: Book, random: Random, number: int) -> None:
    town = place(random)
    book.section(f"{number}. Disputes")
    book.fact(
        f"Any dispute over this contract is brought before the courts of {town}. {filler(random)}",
        "Which town's courts decide disputes?",
        town,
    )


def _keys(book: Book, random: Random, number: int) -> None:
    count, keeper = random.randint(4, 19), person(random)
    book.section(f"{number}. Keys")
    book.fact(
        f"The lessee receives {count} keys from {keeper}, and signs for them. {filler(random)}",
        "How many keys does the lessee receive?",
        str(count),
        f"{count} keys",
    )


def _heating(book: Book, random: Random, number: int) -> None:
    degrees = random.randint(17, 21)
    book.section(f"{number}. Heating")
    book.fact(
        f"From October to April the lessor keeps the rooms at {degrees} degrees between seven and six "
        f"o'clock. {filler(random)}",
        "How warm are the rooms kept in winter?",
        f"{degrees} degrees",
    )
