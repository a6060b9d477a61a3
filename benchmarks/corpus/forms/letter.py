"""Business letters: a letterhead, two columns of references, prose and a footer in small print."""

from datetime import date, timedelta
from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_WORKS = ["roof", "lift", "heating plant", "underground car park", "windows on the north side"]
_REASONS = ["the lining has worn thin", "the inspector found cracks", "the supplier went bankrupt"]


def draw(seed: int) -> bytes:
    """Draws a letter of a landlord about works in a building."""
    random = invented.source("letter", seed=seed)
    sender = invented.firm(random)
    sheet = Sheet(title=f"Letter {seed}", family="Times")
    sheet.put(sender.name, x=25, y=15, size=16, style="B")
    sheet.put("Property management since " + str(random.randint(1921, 1998)), x=25, y=22, size=8)
    reader = invented.person(random)
    sheet.put(f"{sender.name}, {sender.street}, {sender.town}", x=25, y=46, size=6.5, shade=90)
    block = [reader, invented.street(random), invented.town(random)]
    sheet.lines(block, x=25, y=50, size=11)
    written = _references(sheet, random=random, sender=sender)
    bottom = _prose(sheet, random=random, reader=reader, written=written)
    sheet.put("Yours sincerely,", x=25, y=bottom + 4, size=11)
    sheet.put(invented.person(random), x=25, y=bottom + 22, size=11, style="I")
    sheet.put("Head of building maintenance", x=25, y=bottom + 27, size=9)
    enclosed = f"Enclosures: floor plan, reply card ({random.randint(2, 6)} pages)"
    sheet.put(enclosed, x=25, y=bottom + 36, size=9)
    _footer(sheet, random=random, sender=sender)
    return sheet.to_bytes()


def _references(sheet: Sheet, *, random: Random, sender: invented.Firm) -> date:
    written = invented.day(random)
    top = 50.0
    for label, value in (
        ("Our reference", f"{random.choice('HKT')}/{random.randint(1000, 9999)}"),
        ("Your letter of", invented.long_date(written - timedelta(days=random.randint(9, 30)))),
        ("Extension", str(random.randint(110, 989))),
        ("E-mail", sender.mail(box=random.choice(("tenants", "estate", "upkeep")))),
        ("Date", invented.long_date(written)),
    ):
        top = sheet.beside(label, value, x=125, y=top, gap=26, size=9)
    return written


def _prose(sheet: Sheet, *, random: Random, reader: str, written: date) -> float:
    works, reason = random.choice(_WORKS), random.choice(_REASONS)
    start = written + timedelta(days=random.randint(25, 60))
    end = start + timedelta(days=random.randint(12, 50))
    first, last = random.randint(7, 9), random.randint(15, 18)
    bottom = sheet.put(f"Repair of the {works}", x=25, y=92, size=12, style="B") + 3
    rise, share = random.randint(8, 40), random.choice((10, 15, 20))
    for text in (
        f"Dear {reader},",
        f"As announced at the meeting of residents, the {works} must be repaired because {reason}. "
        f"The contractor, {invented.firm(random).name}, will begin on {invented.long_date(start)} "
        f"and expects to finish by {invented.long_date(end)}. Work is noisy between {first} a.m. "
        f"and {last - 12} p.m.; nothing is done on Saturdays and Sundays.",
        f"While the work lasts, your rent is reduced by {share} per cent. You need not apply: the "
        "amount is taken off the debit automatically. After completion the monthly service charge "
        f"rises by EUR {rise}.00, which covers the loan of {random.randint(8, 20)} years.",
        f"Please clear the basement by {invented.long_date(start - timedelta(days=3))}. Bicycles "
        f"that are left there are stored for {random.choice((30, 60, 90))} days and then given to "
        "charity. If you cannot let the workers in yourself, leave a key with the caretaker, "
        f"{invented.person(random)}, ground floor left.",
        "Return the enclosed card within "
        f"{random.choice(('ten', 'fourteen', 'twenty'))} days to tell us your choice of colour. "
        "Whoever does not answer gets white.",
    ):
        bottom = sheet.paragraph(text, x=25, y=bottom, width=160, size=11) + 2.5
    return bottom


def _footer(sheet: Sheet, *, random: Random, sender: invented.Firm) -> None:
    sheet.rule(x=25, y=270, width=160)
    columns = (
        [sender.name, sender.street, sender.town],
        [f"Tel. {sender.phone}", sender.domain, f"Emergencies {invented.phone(random)}"],
        [
            f"Register no. HRB {random.randint(1000, 99999)}",
            f"Director {invented.person(random)}",
            f"VAT ID XY{random.randint(10**8, 10**9 - 1)}",
        ],
    )
    for number, texts in enumerate(columns):
        sheet.lines(texts, x=25 + 55 * number, y=272, size=7)
