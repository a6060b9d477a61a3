"""A volume of minutes: many meetings of one society, told apart by their dates and topics."""

from random import Random

from benchmarks.documents.book import Book
from benchmarks.documents.invented import date, filler, money, person, place

__all__ = ["write"]

_TOPICS = (
    *("the roof of the boathouse", "new curtains for the stage", "the summer fair"),
    *("a second projector", "the fence along the river", "the heating of the hall"),
    *("the footbridge", "a ramp at the entrance", "the library shelves", "the piano"),
    *("the well in the yard", "street lamps", "the playground", "the bell tower"),
    *("a notice board", "the car park", "the orchard", "the archive boxes"),
)


def write(random: Random, pages: int) -> Book:
    """Write the minutes of some years."""
    book = Book(f"Civic Society of {place(random)}: minutes", random=random)
    book.fill(filler, until=2)
    topics = list(_TOPICS)
    random.shuffle(topics)
    step = max(1, (pages - 2) // min(len(topics) - 2, max(4, pages // 2)))
    number = 0
    while book.pages < pages and len(topics) > 2:
        number += 1
        _meeting(book, random, number, topics.pop())
        book.fill(filler, until=min(pages, book.pages + step - 1))
    book.fill(filler, until=pages)
    book.without(
        f"How much was granted for {topics.pop()}?",
        "Who is the honorary president of the society?",
        "How high is the yearly fee of a member?",
        "Who won the raffle?",
    )
    return book


def _meeting(book: Book, random: Random, number: int, topic: str) -> None:
    year = 2015 + number // 6
    chair, treasurer, sum_ = person(random), person(random), money(random, 300, 9000)
    book.section(f"Meeting of {date(random, year=year)}", new_page=True)
    book.say(f"Present: {random.randint(9, 40)} members. {filler(random)} {filler(random)}")
    book.fact(
        f"On {topic}: after some talk {sum_} were granted, to be paid when the bill has been checked "
        f"by {treasurer}. {filler(random)}",
        f"How much was granted for {topic}?",
        sum_,
    )
    book.ask(f"Who checks the bill for {topic}?", treasurer, pages=(book.pages,), task="prose")
    votes, chosen = random.randint(5, 30), person(random)
    if random.random() < 0.3:
        book.parted(
            f"The motion to name a person who looks after {topic} from now on was put by {chair}. It "
            "was carried, and the one who was chosen is",
            f"{chosen}, who thanked the meeting. {filler(random)}",
            f"Who was chosen to look after {topic}?",
            chosen,
        )
        return
    book.fact(
        f"{chair} was in the chair when {topic} was voted on: {votes} in favour, "
        f"{random.randint(0, 4)} against. {filler(random)}",
        f"How many voted in favour of {topic}?",
        str(votes),
        f"{votes} in favour",
    )
