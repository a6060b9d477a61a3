"""Data sheets: a table of limits with columns for min, typical and max, and notes below."""

from random import Random

from benchmarks.corpus.forms import invented
from benchmarks.corpus.forms.sheet import Sheet

_KINDS = ["Pressure sensor", "Step-down converter", "Flow meter", "Stepper driver"]
_ROWS = [
    ("Supply voltage", "V", 27, 55),
    ("Quiescent current", "\xb5A", 30, 900),
    ("Output current", "mA", 100, 2500),
    ("Start-up time", "ms", 5, 90),
    ("Operating temperature", "\xb0C", 200, 850),
    ("Storage temperature", "\xb0C", 300, 1250),
    ("Switching frequency", "kHz", 2000, 9000),
    ("Leakage at standby", "nA", 20, 700),
]
_PINS = ["VIN", "GND", "EN", "FB", "SDA", "SCL", "ALERT", "VOUT"]
_USES = [
    "supply input",
    "ground",
    "enable, active high",
    "feedback input",
    "serial data",
    "serial clock",
    "alarm, open drain",
    "regulated output",
]


def draw(seed: int) -> bytes:
    """Draws the data sheet of an electronic part."""
    random = invented.source("spec-sheet", seed=seed)
    maker = invented.firm(random)
    part = f"{random.choice('BDQX')}{random.choice('FLN')}{random.randint(1000, 9799)}"
    sheet = Sheet(title=f"Data sheet {seed}")
    sheet.put(part, x=15, y=12, size=22, style="B")
    kind = random.choice(_KINDS)
    sheet.put(f"{kind} for industrial use", x=15, y=22, size=11)
    revision = f"Rev. {random.randint(1, 4)}.{random.randint(0, 9)}, {invented.day(random):%B %Y}"
    sheet.put(revision, x=145, y=14, size=8, width=50, align="R")
    sheet.put(maker.name, x=145, y=18, size=8, width=50, align="R")
    sheet.rule(x=15, y=29, width=180, weight=0.6)
    _overview(sheet, random=random, part=part)
    _limits(sheet, random=random)
    _pins(sheet, random=random)
    _ordering(sheet, random=random, part=part, maker=maker)
    return sheet.to_bytes()


def _overview(sheet: Sheet, *, random: Random, part: str) -> None:
    sheet.put("Features", x=15, y=33, size=11, style="B")
    for number, text in enumerate(
        (
            f"Accuracy {random.choice(('0.25', '0.5', '1.5'))} % over the full range",
            f"Interface: I2C, address 0x{random.randint(0x20, 0x6F):02X}",
            f"Protection against reverse polarity up to {random.randint(12, 40)} V",
            f"Housing {random.choice(('SOT-23', 'QFN-16', 'TSSOP-14'))}, "
            f"IP{random.choice((54, 67))}",
        )
    ):
        sheet.put(f"-  {text}", x=15, y=40 + 5 * number, size=9)
    sheet.put("Description", x=108, y=33, size=11, style="B")
    sheet.paragraph(
        f"The {part} measures and reports its own state. In sleep mode it draws next to nothing; "
        f"a falling edge on EN wakes it. After {random.randint(3, 9)} failed attempts to start it "
        "latches off and pulls ALERT low until the supply is removed.",
        x=108,
        y=40,
        width=87,
        size=9,
    )


def _limits(sheet: Sheet, *, random: Random) -> None:
    sheet.put("Table 1. Electrical characteristics", x=15, y=66, size=9, style="B")
    rows = []
    for name, unit, low, high in _ROWS:
        least, usual, most = sorted(random.sample(range(low, high), 3))
        if "temperature" in name:
            rows.append([name, f"-{least / 10:g}", "25", f"{most / 10:g}", unit])
        else:
            rows.append([name, f"{least / 10:g}", f"{usual / 10:g}", f"{most / 10:g}", unit])
    sheet.table(
        ["Parameter", "Min", "Typ", "Max", "Unit"],
        rows,
        x=15,
        y=72,
        widths=(80, 25, 25, 25, 25),
        align="LRRRL",
        size=8.5,
        ruled=True,
    )
    sheet.put(
        f"Measured at 25 \xb0C and a load of {random.randint(10, 95)} ohms unless noted.",
        x=15,
        y=128,
        size=6.5,
    )


def _pins(sheet: Sheet, *, random: Random) -> None:
    sheet.put("Table 2. Pin functions", x=15, y=138, size=9, style="B")
    order = random.sample(range(len(_PINS)), len(_PINS))
    rows = [[str(pin), _PINS[which], _USES[which]] for pin, which in enumerate(order, 1)]
    sheet.table(
        ["Pin", "Name", "Function"],
        rows,
        x=15,
        y=144,
        widths=(15, 25, 50),
        align="RLL",
        size=8,
        height=5,
    )
    sheet.put("Absolute limits", x=120, y=138, size=9, style="B")
    top = 145.0
    for label, value in (
        ("Input voltage", f"{random.randint(30, 60)} V"),
        ("Junction temperature", f"{random.choice((125, 150, 175))} \xb0C"),
        ("Soldering (10 s)", f"{random.choice((245, 260, 300))} \xb0C"),
        ("ESD, human body model", f"{random.randint(2, 8)} kV"),
    ):
        top = sheet.beside(label, value, x=120, y=top, gap=45, size=9)


def _ordering(sheet: Sheet, *, random: Random, part: str, maker: invented.Firm) -> None:
    sheet.put("Ordering information", x=15, y=200, size=9, style="B")
    rows = []
    for suffix, packing in (("T", "tape and reel"), ("U", "tube"), ("K", "evaluation kit")):
        rows.append(
            [
                f"{part}-{suffix}",
                packing,
                str(random.choice((1, 50, 250, 3000))),
                invented.money(random.randint(85, 9900)),
                f"{random.randint(2, 18)} weeks",
            ]
        )
    sheet.table(
        ["Order code", "Packing", "Pieces", "Price (EUR)", "Lead time"],
        rows,
        x=15,
        y=206,
        widths=(40, 45, 25, 35, 35),
        align="LLRRL",
    )
    sheet.paragraph(
        f"{maker.name} may change this document without notice. The part is not approved for "
        f"life support. Technical questions: {maker.mail(box='fae')}. Samples: "
        f"{maker.phone}. Conforms to RoHS; country of origin "
        f"{random.choice(('Portugal', 'Malaysia', 'Estonia'))}.",
        x=15,
        y=280,
        width=180,
        size=6,
        shade=60,
    )
