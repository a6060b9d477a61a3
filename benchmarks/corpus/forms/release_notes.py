"""Release notes: two columns of changes, a table of versions and where to get help."""

from datetime import date, timedelta
from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_NEW = [
    "Search now finds words inside attached files. Scanned files are read once a night.",
    "Dark colours can be switched on under Settings > Appearance.",
    "Invoices may be sent in the background; a bell shows when the last one has left.",
    "Maps load up to {speed} times faster on slow connections.",
    "Two-step sign-in accepts hardware keys next to codes sent by text message.",
]
_FIXED = [
    "#{n}: Leap days were missing in yearly overviews.",
    "#{n}: The printer dialogue forgot the paper size.",
    "#{n}: Names with an apostrophe could not be saved.",
    "#{n}: Memory was lost when a window was closed during an upload.",
    "#{n}: Totals were rounded before they were added up.",
]
_KNOWN = [
    "Exports of more than {rows} rows stop without a message. "
    "Until this is mended, export by year.",
    "Fonts may look thin on screens with 96 dots per inch.",
]


def draw(seed: int) -> bytes:
    """Draws the release notes of an office program."""
    random = invented.source("release-notes", seed=seed)
    firm = invented.firm(random)
    product = f"{firm.name.split()[0]} Desk"
    major, minor = random.randint(2, 9), random.randint(1, 9)
    released = invented.day(random, year=random.randint(2019, 2025))
    sheet = Sheet(title=f"Release notes {seed}", family="Times" if seed % 2 else "Helvetica")
    sheet.put(f"{product} {major}.{minor}", x=20, y=14, size=22, style="B")
    sheet.put(f"Release notes, {invented.long_date(released)}", x=20, y=25, size=11)
    sheet.rule(x=20, y=32, width=170, weight=0.5)
    _changes(sheet, random=random)
    _requirements(sheet, random=random)
    _versions(sheet, random=random, major=major, minor=minor, released=released)
    _help(sheet, random=random, firm=firm)
    return sheet.to_bytes()


def _changes(sheet: Sheet, *, random: Random) -> None:
    values = {"speed": random.randint(2, 9), "rows": f"{random.randint(12, 96)},000"}
    bottom = sheet.put("New", x=20, y=36, size=12, style="B") + 1
    for text in random.sample(_NEW, 4):
        bottom = sheet.paragraph("* " + text.format(**values), x=20, y=bottom, width=80) + 1
    bottom = sheet.put("Known problems", x=20, y=bottom + 3, size=12, style="B") + 1
    for text in _KNOWN:
        bottom = sheet.paragraph("* " + text.format(**values), x=20, y=bottom, width=80) + 1
    bottom = sheet.put("Fixed", x=110, y=36, size=12, style="B") + 1
    for text in random.sample(_FIXED, 4):
        written = text.format(n=random.randint(1200, 9800))
        bottom = sheet.paragraph(written, x=110, y=bottom, width=80) + 1
    bottom = sheet.put("Removed", x=110, y=bottom + 3, size=12, style="B") + 1
    sheet.paragraph(
        f"The fax module is gone. The old file format (.{random.choice(('nvd', 'qdf', 'tsx'))}) "
        "can still be opened but no longer written.",
        x=110,
        y=bottom,
        width=80,
    )


def _requirements(sheet: Sheet, *, random: Random) -> None:
    sheet.put("What your computer needs", x=20, y=124, size=12, style="B")
    rows = [
        ["Memory", f"{random.choice((2, 4))} GB", f"{random.choice((8, 16))} GB"],
        ["Free disk space", f"{random.randint(600, 950)} MB", f"{random.randint(2, 6)} GB"],
        ["Screen", "1280 x 800", "1920 x 1080"],
        [
            "Database",
            f"PostgreSQL {random.randint(11, 13)}",
            f"PostgreSQL {random.randint(14, 16)}",
        ],
    ]
    sheet.table(["", "Minimum", "Recommended"], rows, x=20, y=131, widths=(50, 60, 60), ruled=True)


def _versions(sheet: Sheet, *, random: Random, major: int, minor: int, released: date) -> None:
    sheet.put("Support calendar", x=20, y=172, size=12, style="B")
    rows = []
    for back in range(4):
        day = released - timedelta(days=back * random.randint(150, 260))
        end = day + timedelta(days=random.choice((540, 730, 1095)))
        kind = random.choice(("standard", "long term", "standard"))
        rows.append(
            [
                f"{major}.{minor}" if not back else f"{major - back}.{random.randint(0, 9)}",
                f"{day:%Y-%m-%d}",
                f"{end:%Y-%m-%d}",
                kind,
            ]
        )
    sheet.table(
        ["Version", "Released", "Security updates until", "Kind"],
        rows,
        x=20,
        y=179,
        widths=(30, 40, 60, 40),
    )


def _help(sheet: Sheet, *, random: Random, firm: invented.Firm) -> None:
    sheet.put("Upgrading and help", x=20, y=216, size=12, style="B")
    sheet.paragraph(
        f"Back up the database first: the upgrade takes about {random.randint(6, 45)} minutes and "
        f"cannot be undone. Licences bought after {invented.long_date(invented.day(random))} are "
        f"valid for this version; others cost EUR {random.randint(30, 190)}.00 for each seat. "
        f"Report faults to {firm.mail(box='bugs')}, security holes to "
        f"{firm.mail(box='security')}. Customers with a contract call {firm.phone}.",
        x=20,
        y=223,
        width=170,
    )
    sheet.put(
        f"Made by {firm.name}, {firm.town}. Contains components under the MIT and Apache 2.0 "
        "licences; see Help > About.",
        x=20,
        y=285,
        size=6.5,
        shade=70,
    )
