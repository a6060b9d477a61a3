"""Timetables: a wide table of stops and times, signs for the days and what they mean."""

from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_STOPS = [
    "Central Station",
    "Town Hall",
    "Museum Quay",
    "Botanical Garden",
    "Hospital",
    "University",
    "Brewery",
    "Stadium",
    "Hillcrest",
    "Lakeside Terminal",
]
_RUNS = 7


def draw(seed: int) -> bytes:
    """Draws the timetable of a bus line."""
    random = invented.source("timetable", seed=seed)
    operator = invented.firm(random)
    sheet = Sheet(title=f"Timetable {seed}")
    line = random.randint(10, 98)
    stops = _STOPS[: random.randint(8, 10)]
    sheet.box(x=15, y=12, width=22, height=14, fill=40)
    sheet.put(str(line), x=15, y=14, size=22, style="B", shade=255, width=22, align="C")
    sheet.put(f"{stops[0]} - {stops[-1]}", x=42, y=13, size=15, style="B")
    valid = f"Valid from {invented.long_date(invented.day(random))} until further notice"
    sheet.put(valid, x=42, y=21, size=9)
    bottom = _times(sheet, random=random, stops=stops)
    bottom = _signs(sheet, random=random, y=bottom + 3)
    _fares(sheet, random=random, y=bottom + 8)
    _operator(sheet, random=random, operator=operator)
    return sheet.to_bytes()


def _times(sheet: Sheet, *, random: Random, stops: list[str]) -> float:
    signs = ["", "", "a", "", "b", "", "c"]
    columns = []
    start = random.randint(5, 6) * 60 + random.randint(0, 50)
    for _ in range(_RUNS):
        clock = start
        times = []
        for _ in stops:
            times.append(f"{clock // 60 % 24:02d}:{clock % 60:02d}")
            clock += random.randint(3, 9)
        columns.append(times)
        start += random.randint(35, 170)
    skipped = random.randint(2, len(stops) - 3)
    columns[4][skipped] = "|"
    rows = [[stop, *(column[number] for column in columns)] for number, stop in enumerate(stops)]
    return sheet.table(
        ["Stop", *(f"Bus {run + 1}{' ' + sign if sign else ''}" for run, sign in enumerate(signs))],
        rows,
        x=15,
        y=36,
        widths=(47, *([19] * _RUNS)),
        align="L" + "C" * _RUNS,
        size=8.5,
        ruled=True,
    )


def _signs(sheet: Sheet, *, random: Random, y: float) -> float:
    months = random.choice(("May to September", "April to October", "June to August"))
    for text in (
        "a  Mondays to Fridays only, not on public holidays",
        f"b  express: does not call at the stop marked |. Runs from {months}",
        "c  Saturdays, and the nights before public holidays",
        "Wheelchairs: all buses but number 6 have a ramp. Bicycles are carried after "
        f"{random.randint(8, 9)} a.m. for the price of a child's ticket.",
    ):
        y = sheet.put(text, x=15, y=y, size=7.5)
    return y


def _fares(sheet: Sheet, *, random: Random, y: float) -> None:
    sheet.put("Tickets", x=15, y=y, size=12, style="B")
    rows, adult = [], random.randint(210, 340)
    for name, factor in (
        ("Single", 1),
        ("Return", 1.8),
        ("Day pass", 2.6),
        ("Weekly pass", 8.5),
        ("Group of five", 4.1),
    ):
        price = round(adult * factor / 10) * 10
        rows.append(
            [
                name,
                invented.money(price),
                invented.money(round(price * 0.6 / 10) * 10),
                random.choice(("on the bus", "machine, app", "office only")),
            ]
        )
    bottom = sheet.table(
        ["Ticket", "Adult", "Child", "Sold"],
        rows,
        x=15,
        y=y + 8,
        widths=(40, 22, 22, 36),
        align="LRRL",
    )
    text = (
        f"Children are passengers of 6 to {random.randint(13, 15)} years. Dogs travel free on a "
        f"lead. Riding without a ticket costs EUR {random.choice((60, 70, 80))}.00, payable within "
        f"{random.choice((7, 10, 14))} days."
    )
    sheet.paragraph(text, x=142, y=y + 8, width=53, size=8)
    sheet.put("Prices in EUR.", x=15, y=bottom + 1.5, size=6.5)


def _operator(sheet: Sheet, *, random: Random, operator: invented.Firm) -> None:
    sheet.rule(x=15, y=262, width=180)
    name = operator.name.split()[0]
    columns = (
        ("Operator", [f"{name} Bus Company", operator.street, operator.town]),
        ("Lost property", [invented.phone(random), f"Tue and Thu {random.randint(9, 11)}-16"]),
        ("Customer service", [operator.phone, operator.mail(box="bus"), "daily 6-22"]),
    )
    for number, (title, texts) in enumerate(columns):
        top = sheet.put(title, x=15 + 62 * number, y=265, size=7.5, style="B")
        sheet.lines(texts, x=15 + 62 * number, y=top + 0.5, size=7.5)
