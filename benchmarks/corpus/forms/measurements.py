"""Laboratory reports: sample details, measured values against limits, remarks, signatures."""

from datetime import date, timedelta
from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_VALUES = [
    ("pH", "-", 65, 95, 10, "ISO 10523"),
    ("Conductivity", "\xb5S/cm", 1500, 27900, 10, "EN 27888"),
    ("Nitrate", "mg/l", 10, 620, 10, "ISO 10304-1"),
    ("Lead", "\xb5g/l", 2, 140, 10, "ISO 17294-2"),
    ("Copper", "mg/l", 1, 26, 10, "ISO 17294-2"),
    ("Iron", "mg/l", 2, 35, 100, "ISO 11885"),
    ("Turbidity", "NTU", 5, 120, 100, "ISO 7027"),
    ("E. coli", "/100 ml", 0, 4, 1, "ISO 9308-1"),
    ("Hardness", "\xb0dH", 40, 260, 10, "DIN 38409-6"),
]
_LIMITS = ["6.5 - 9.5", "2790", "50", "10", "2.0", "0.20", "1.0", "0", "none"]
_PLACES = ["kitchen tap", "garden well", "cellar pipe", "rooftop tank"]


def draw(seed: int) -> bytes:
    """Draws the report on a sample of water."""
    random = invented.source("measurements", seed=seed)
    lab = invented.firm(random)
    sheet = Sheet(title=f"Report {seed}", family="Times" if seed % 2 else "Helvetica")
    sheet.put("Test report: drinking water", x=20, y=15, size=16, style="B")
    sheet.put(f"{lab.name.split()[0]} Laboratories, {lab.street}, {lab.town}", x=20, y=23, size=8)
    drawn = _details(sheet, random=random)
    _values(sheet, random=random)
    _remarks(sheet, random=random)
    _signatures(sheet, random=random, lab=lab, drawn=drawn)
    return sheet.to_bytes()


def _details(sheet: Sheet, *, random: Random) -> date:
    drawn = invented.day(random)
    left = [
        ("Report no.", invented.code(random, prefix="W", digits=5)),
        ("Client", invented.person(random)),
        ("Sampled at", invented.street(random)),
        ("Point of sampling", random.choice(_PLACES)),
    ]
    right = [
        ("Sampled on", f"{drawn:%Y-%m-%d}"),
        ("Received on", f"{drawn + timedelta(days=random.randint(1, 3)):%Y-%m-%d}"),
        ("Sampled by", invented.person(random)),
        ("Temperature on arrival", f"{random.randint(31, 89) / 10} \xb0C"),
    ]
    sheet.box(x=20, y=31, width=170, height=29)
    for column, (pairs, gap) in enumerate(((left, 32), (right, 40))):
        top = 34.0
        for label, value in pairs:
            top = sheet.beside(label, value, x=23 + 84 * column, y=top, gap=gap) + 0.7
    return drawn


def _values(sheet: Sheet, *, random: Random) -> None:
    sheet.put("Results", x=20, y=68, size=12, style="B")
    rows = []
    for (name, unit, low, high, part, method), limit in zip(_VALUES, _LIMITS, strict=True):
        value = f"{random.randint(low, high) / part:g}"
        rows.append([name, value, limit, unit, method, f"{random.randint(2, 18)} %"])
    sheet.table(
        ["Parameter", "Result", "Limit", "Unit", "Method", "Uncertainty"],
        rows,
        x=20,
        y=76,
        widths=(40, 22, 26, 24, 34, 24),
        align="LRRLLR",
    )


def _remarks(sheet: Sheet, *, random: Random) -> None:
    sheet.put("Assessment", x=20, y=146, size=12, style="B")
    minutes = random.choice((2, 4, 5))
    sheet.paragraph(
        "Results above the limit are not rounded down. Water that has stood in the pipe for more "
        f"than {random.choice((4, 6, 8))} hours should be run off for {minutes} minutes before "
        "it is drunk. For babies, use bottled water until a second sample has been tested. The "
        f"next routine test is due in {random.choice((6, 12, 18, 24))} months.",
        x=20,
        y=153,
        width=170,
        size=10,
    )
    sheet.put("Definitions", x=20, y=180, size=12, style="B")
    sheet.paragraph(
        "Limit: the highest amount that the drinking water ordinance allows at the tap. "
        "Uncertainty: the range, in per cent of the result, within which the true value lies with "
        "a probability of 95 per cent. Hardness: the sum of calcium and magnesium; below 8.4 "
        "water is called soft, above 14 hard.",
        x=20,
        y=187,
        width=170,
        size=8.5,
    )


def _signatures(sheet: Sheet, *, random: Random, lab: invented.Firm, drawn: date) -> None:
    issued = drawn + timedelta(days=random.randint(6, 15))
    sheet.put(f"Issued {issued:%Y-%m-%d}", x=20, y=222, size=9.5)
    for left, title in ((75, "Head of chemistry"), (135, "Head of microbiology")):
        sheet.put(invented.person(random), x=left, y=222, size=11, style="I")
        sheet.rule(x=left, y=228, width=50)
        sheet.put(title, x=left, y=229, size=7)
    sheet.paragraph(
        f"This report may be copied only in full. Samples are kept for {random.randint(4, 12)} "
        f"weeks. Objections: {lab.mail(box='quality')} within {random.choice((14, 30))} days. "
        f"Accredited under no. D-PL-{random.randint(10000, 99999)}. Fee EUR "
        f"{random.randint(70, 240)}.00, see separate bill.",
        x=20,
        y=278,
        width=170,
        size=6.5,
        shade=60,
    )
