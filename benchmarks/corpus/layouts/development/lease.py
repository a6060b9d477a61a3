"""A contract in clauses: values in running text, many of them over the end of a line."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import SERIF
from benchmarks.corpus.layouts.paper import Form, Paper

_Question = tuple[str, str, tuple[str, ...], str]


def draw(random: Random) -> Form:
    """Draws the lease of a workshop."""
    paper = Paper(SERIF)
    paper.put("Lease of a workshop", 30, 24, 16, bold=True)
    y = 36.0
    clauses = [_parties, _premises, _rent, _term, _keys, _disputes]
    first, rest = clauses[0], random.sample(clauses[1:], 5)
    for number, clause in enumerate([first, *rest], start=1):
        title, text, asks = clause(random)
        paper.put(f"{number}. {title}", 30, y, 11, bold=True)
        target = asks[0][3]
        run = paper.wrap(text, 30, y + 6, 148, random.choice([9.5, 10]), across=target)
        for wording, question, gold, place in [asks[0], *random.sample(asks[1:], 1)]:
            spots = run.find(place)
            kind = "line-end" if len(spots) > 1 else "statement"
            paper.ask(kind, wording, question, *gold, at=spots)  # type: ignore[arg-type]
        y = run.bottom + 5
    paper.without("statement", "Who pays for the chimney sweep?")
    paper.without("statement", "What is the fax number of the landlord?")
    paper.without("statement", "How often may the rent be raised?")
    paper.without("beyond-reading", "How many words does the contract have?")
    return paper.done()


def _parties(random: Random) -> tuple[str, str, list[_Question]]:
    landlord = f"{names.firm(random)} Estates Limited"
    tenant, town = names.person(random), f"{names.street(random)}, {names.place(random)}"
    text = (
        f"This agreement is made between {landlord}, hereinafter called the landlord, and {tenant}, "
        f"now living at {town}, hereinafter called the tenant, who signs for the workshop alone."
    )
    return "Parties", text, [
        ("page", "Who is called the landlord?", (landlord,), landlord),
        ("paraphrase", "Who rents the workshop?", (tenant,), tenant),
        ("paraphrase", "What is the address of the renter?", (town,), town),
    ]  # fmt: skip


def _premises(random: Random) -> tuple[str, str, list[_Question]]:
    area, door = f"{random.randint(48, 190)} square metres", f"unit {random.randint(2, 40)}"
    load = f"{random.randint(3, 9) * 100} kilograms"
    text = (
        f"Let is {door} on the ground floor with a net area of {area}, two parking spaces and the "
        f"shared loading ramp. The floor carries {load} a square metre; heavier machines need the "
        "landlord's consent in writing."
    )
    return "Premises", text, [
        ("paraphrase", "How large is the workshop?", (area,), area),
        ("page", "What does the floor carry?", (load, f"{load} a square metre"), load),
        ("paraphrase", "Which part of the building is let?", (door,), door),
    ]  # fmt: skip


def _rent(random: Random) -> tuple[str, str, list[_Question]]:
    iban = (
        f"GB{random.randint(10, 98)} NWBK {random.randint(1000, 9999)} {random.randint(10, 99)}00"
    )
    rent, day = f"{random.randint(6, 19) * 100:,} pounds", f"{random.choice(['third', 'fifth'])}"
    text = (
        f"The rent is {rent} a month, without heating. It is due on the {day} working day and paid "
        f"to the account {iban} of the landlord; for each reminder the tenant owes "
        f"{random.randint(5, 15)} pounds."
    )
    fee = text.split("owes ")[1].removesuffix(".")
    return "Rent", text, [
        ("page", "Which account is the rent paid to?", (iban,), iban),
        ("page", "How much is the rent?", (rent, f"{rent} a month"), rent),
        ("paraphrase", "What does a letter about late payment cost?", (fee,), fee),
    ]  # fmt: skip


def _term(random: Random) -> tuple[str, str, list[_Question]]:
    start, months = names.day(random, year=2026), random.choice(["three", "six", "nine"])
    text = (
        f"The lease begins on {start} and runs for {random.randint(2, 6)} years. Either side may "
        f"end it by giving notice of {months} months to the end of a quarter. If nobody gives "
        "notice, it goes on from year to year."
    )
    years = text.split("runs for ")[1].split(".")[0]
    return "Term", text, [
        ("paraphrase", "How long before leaving must one say so?", (f"{months} months",),
         f"{months} months"),
        ("page", "When does the lease begin?", (start,), start),
        ("paraphrase", "What is the duration of the contract?", (years,), years),
    ]  # fmt: skip


def _keys(random: Random) -> tuple[str, str, list[_Question]]:
    count, person = random.choice(["four", "five", "seven"]), names.person(random)
    cost = f"{random.randint(35, 180)} pounds"
    text = (
        f"The tenant receives {count} keys. A lost key is reported at once to the caretaker, "
        f"{person}, and replaced at {cost} apiece, the lock included where the landlord thinks it "
        "needful."
    )
    return "Keys", text, [
        ("paraphrase", "Whom do I tell when I have lost a key?", (person, f"the caretaker, {person}"),
         f"{person},"),
        ("page", "How many keys does the tenant receive?", (count, f"{count} keys"), f"{count} keys."),
        ("paraphrase", "What must be paid for a missing key?", (cost,), cost),
    ]  # fmt: skip


def _disputes(random: Random) -> tuple[str, str, list[_Question]]:
    court, value = f"County Court of {names.place(random)}", f"{random.randint(2, 9)},000 pounds"
    text = (
        f"Disputes go first to the arbitrator whom both sides have named, and then to the {court}. "
        f"Claims below {value} are settled without a hearing. Changes to this agreement are made in "
        "writing or not at all."
    )
    return "Disputes", text, [
        ("page", "Which court do disputes go to?", (court,), court),
        ("paraphrase", "Up to which sum is there no hearing?", (value, f"below {value}"), value),
    ]  # fmt: skip
