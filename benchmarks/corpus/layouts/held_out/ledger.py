"""A very long screenshot of an account: day, purpose, amount and balance, newest last."""

from random import Random

from benchmarks.corpus.layouts.faces import LATO
from benchmarks.corpus.layouts.held_out import people
from benchmarks.corpus.layouts.paper import Form, Paper

_PURPOSES = ["Rent", "Salary", "Power", "Groceries", "Dentist", "Refund", "Train pass", "Books"]


def draw(random: Random) -> Form:
    """Draws 55 to 80 bookings below each other."""
    count = random.randint(55, 80)
    paper = Paper(LATO, width=210, height=48 + count * 11)
    paper.put("Account activity", 14, 9, 19, bold=True)
    holder = people.full_name(random)
    top = paper.put(f"Holder {holder}", 14, 19, 10.5, shade=70)
    balance = random.randint(200000, 800000)
    rows = [["Ref.", "Purpose", "Amount", "Balance"]]
    first = random.randint(1000, 8000)
    for number in range(count):
        amount = random.choice([-1, -1, -1, 1]) * random.randint(300, 98000)
        balance += amount
        purpose = f"{random.choice(_PURPOSES)} {people.house(random)}"
        rows.append(
            [f"T{first + number * 3}", purpose, f"{amount / 100:,.2f}", f"{balance / 100:,.2f}"]
        )
    cells = paper.grid(rows, 14, 29, (30, 80, 36, 36), 10.5, height=11, align="LLRR", banded=True)
    asks = [
        ("page", "What is the amount of {}?", 2), ("page", "What is the balance after {}?", 3),
        ("paraphrase", "How much money was moved with {}?", 2), ("page", "What is the purpose of {}?", 1),
        ("paraphrase", "What was left on the account after {}?", 3),
        ("paraphrase", "What was {} for?", 1),
    ]  # fmt: skip
    places = [random.randint(2, 7), *random.sample(range(8, count - 1), 4), count]
    for at, (wording, question, column) in zip(places, random.sample(asks, 6), strict=True):
        paper.ask(
            "long", wording, question.format(rows[at][0]), rows[at][column], at=cells[at, column]
        )
    paper.ask("long", "paraphrase", "Whose account is it?", holder,
              at=(top[0] + 12, *top[1:]))  # fmt: skip
    paper.without("long", f"What is the amount of T{first - 30}?")
    paper.without("long", f"What was T{first + 3 * random.randint(5, 40) + 1} for?")
    return paper.done()
