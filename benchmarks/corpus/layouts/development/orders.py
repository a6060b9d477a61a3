"""A very long screenshot of a shop's list of orders, with a sidebar of filters."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.corpus.layouts.paper import Form, Paper

_STATES = ["paid", "sent", "returned", "open"]


def draw(random: Random) -> Form:
    """Draws 60 to 90 orders below each other."""
    count = random.randint(60, 90)
    paper = Paper(HELVETICA, width=250, height=40 + count * 9 + 15)
    paper.box(0, 0, 45, paper.height, fill=235, line=0)
    for number, text in enumerate(["All orders", "Customers", "Stock", "Returns", "Settings"]):
        paper.put(text, 6, 12 + number * 10, 10)
    paper.put("Orders", 55, 10, 18, bold=True)
    first = random.randint(310, 880) * 100
    rows = [["Order", "Customer", "Town", "State", "Sum"]]
    for number in range(count):
        rows.append(
            [
                str(first + count - number),
                names.person(random),
                names.place(random),
                random.choice(_STATES),
                f"{random.randint(4, 890)}.{random.randint(10, 99)}",
            ]
        )
    cells = paper.grid(rows, 55, 25, (30, 55, 45, 28, 28), 10, height=9, align="LLLLR")
    asks = [
        ("page", "What is the sum of order {}?", 4), ("page", "Who is the customer of order {}?", 1),
        ("paraphrase", "How much was charged for order {}?", 4),
        ("paraphrase", "Who placed order {}?", 1), ("page", "What is the state of order {}?", 3),
        ("paraphrase", "Where does order {} go to?", 2),
    ]  # fmt: skip
    places = [random.randint(2, 8), *random.sample(range(9, count - 2), 4), count - 1]
    for at, (wording, question, column) in zip(places, random.sample(asks, 6), strict=True):
        paper.ask(
            "long", wording, question.format(rows[at][0]), rows[at][column], at=cells[at, column]
        )
    total = sum(float(row[4]) for row in rows[1:])
    foot = paper.put(f"Total of this page: {total:,.2f}", 55, 27 + (count + 1) * 9, 10, bold=True)
    paper.ask(
        "long", "paraphrase", "What do all orders add up to?", f"{total:,.2f}",
        at=(foot[0] + 33, *foot[1:]),
    )  # fmt: skip
    paper.without("long", f"What is the sum of order {first - random.randint(20, 90)}?")
    paper.without("long", f"Who placed order {first + count + random.randint(3, 40)}?")
    return paper.done()
