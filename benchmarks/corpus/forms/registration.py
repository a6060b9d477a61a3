"""Filled-in registration forms: boxed fields, ticked choices and a part for office use."""

from datetime import timedelta
from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_COURSES = ["Pottery for beginners", "Bookbinding", "Sailing theory", "Conversational Italian"]
_CHOICES = {
    "Fee paid by": ["bank transfer", "direct debit", "cash at the desk"],
    "Meals": ["vegetarian", "vegan", "no meals"],
    "How did you hear of us?": ["newspaper", "a friend", "poster"],
}


def draw(seed: int) -> bytes:
    """Draws the registration for a course."""
    random = invented.source("registration", seed=seed)
    school = invented.firm(random)
    sheet = Sheet(title=f"Registration {seed}")
    sheet.put("Course registration", x=15, y=14, size=18, style="B")
    sheet.put(f"{school.name.split()[0]} Evening School", x=15, y=23, size=10)
    sheet.put("Form R-" + str(random.randint(11, 98)), x=165, y=14, size=8, width=30, align="R")
    _person(sheet, random=random)
    _course(sheet, random=random)
    _choices(sheet, random=random)
    _rules(sheet, random=random, school=school)
    _office(sheet, random=random)
    return sheet.to_bytes()


def _person(sheet: Sheet, *, random: Random) -> None:
    sheet.put("A. Participant", x=15, y=34, size=11, style="B")
    first, last = invented.person(random).split()
    born = invented.day(random, year=random.randint(1951, 2004))
    rows = [
        [
            ("Surname", last, 60),
            ("Given name", first, 60),
            ("Date of birth", f"{born:%d/%m/%Y}", 60),
        ],
        [
            ("Street and number", invented.street(random), 100),
            ("Post town", invented.town(random), 80),
        ],
        [
            ("Daytime telephone", invented.phone(random), 60),
            ("E-mail", f"{first.lower()}@post.example", 60),
            ("Occupation", random.choice(("joiner", "nurse", "bus driver", "archivist")), 60),
        ],
        [
            ("Contact in an emergency", invented.person(random), 100),
            ("Telephone of contact", invented.phone(random), 80),
        ],
    ]
    for line, row in enumerate(rows):
        left = 15.0
        for label, value, width in row:
            sheet.field(label, value, x=left, y=41 + 12 * line, width=width, height=12)
            left += width


def _course(sheet: Sheet, *, random: Random) -> None:
    sheet.put("B. Course", x=15, y=97, size=11, style="B")
    start = invented.day(random)
    end = start + timedelta(days=7 * random.randint(5, 14))
    fee = random.randint(60, 340) * 100
    fields = [
        ("Course title", random.choice(_COURSES), 70),
        ("Course no.", str(random.randint(1000, 9999)), 30),
        ("First evening", f"{start:%d/%m/%Y}", 40),
        ("Last evening", f"{end:%d/%m/%Y}", 40),
        ("Room", f"{random.choice('ABC')} {random.randint(101, 319)}", 30),
        ("Tutor", invented.person(random), 70),
        ("Fee (EUR)", invented.money(fee), 40),
        ("Reduced fee (EUR)", invented.money(fee * 3 // 4), 40),
    ]
    left, top = 15.0, 104.0
    for label, value, width in fields:
        if left + width > 196:
            left, top = 15.0, top + 12
        sheet.field(label, value, x=left, y=top, width=width, height=12)
        left += width


def _choices(sheet: Sheet, *, random: Random) -> None:
    sheet.put("C. Choices (tick one in each line)", x=15, y=136, size=11, style="B")
    for line, (question, answers) in enumerate(_CHOICES.items()):
        top = 144 + 8 * line
        ticked = random.choice(answers)
        sheet.put(question, x=15, y=top, size=9.5)
        for column, answer in enumerate(answers):
            left = 70 + 42 * column
            sheet.box(x=left, y=top - 0.3, width=4, height=4)
            if answer == ticked:
                sheet.put("X", x=left + 0.6, y=top - 0.4, size=11, style="B")
            sheet.put(answer, x=left + 6, y=top, size=9.5)


def _rules(sheet: Sheet, *, random: Random, school: invented.Firm) -> None:
    sheet.put("D. Terms", x=15, y=172, size=11, style="B")
    least, weeks = random.randint(5, 9), random.choice((2, 3, 4))
    texts = (
        f"A course takes place with {least} participants or more; otherwise the fee is returned in "
        f"full. Until {weeks} weeks before the first evening you may withdraw for a handling "
        f"charge of EUR {random.randint(8, 25)}.00. After that the whole fee is due unless a "
        "substitute is found.",
        "The reduced fee is for pupils, students, apprentices and the unemployed; a proof must be "
        "attached. Missed evenings are not refunded. Materials are paid to the tutor. Send the "
        f"form to {school.street}, {school.town} or to {school.mail(box='enrol')}.",
    )
    for number, text in enumerate(texts):
        sheet.paragraph(text, x=15 + 92 * number, y=179, width=87, size=7)


def _office(sheet: Sheet, *, random: Random) -> None:
    sheet.box(x=15, y=222, width=180, height=34, fill=235)
    sheet.put("For office use", x=18, y=224, size=8, style="B")
    received = invented.day(random)
    for number, (label, value) in enumerate(
        (
            ("Received", f"{received:%d/%m/%Y}"),
            ("Entered by", invented.person(random)),
            ("Participant no.", invented.code(random, prefix="P", digits=5)),
            ("Place on waiting list", str(random.randint(1, 9))),
        )
    ):
        column, line = divmod(number, 2)
        sheet.beside(label, value, x=20 + 88 * column, y=232 + 8 * line, gap=38)
