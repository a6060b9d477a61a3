"""An engineering drawing with a title block, numbered parts and text that is read upwards."""

from random import Random

from benchmarks.corpus.layouts.development import names
from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.corpus.layouts.paper import Form, Paper, Spot

_PARTS = [
    ("Base plate", "S235"), ("Bearing", "6204-2RS"), ("Shaft", "C45"), ("Cover", "AlMg3"),
    ("Seal ring", "NBR 70"), ("Hex screw", "M8 x 30"), ("Key", "6 x 6 x 20"), ("Spacer", "PA 66"),
]  # fmt: skip
_BLOCK = [
    ("Drawing no.", "Which number does the drawing have?"), ("Scale", "How much smaller is it drawn?"),
    ("Material", "What is it made of?"), ("Drawn by", "Who made the drawing?"),
    ("Checked", "Who looked it over?"), ("Date", "When was it drawn?"),
    ("Revision", "Which issue is this?"), ("Weight", "How heavy is the assembly?"),
    ("Tolerance", "How exact must it be?"),
]  # fmt: skip


def draw(random: Random) -> Form:
    """Draws a sheet of A2, lying."""
    paper = Paper(HELVETICA, width=594, height=420)
    paper.box(10, 10, 574, 400, line=0.7)
    _shapes(paper, random)
    _block(paper, random)
    _parts(paper, random)
    paper.without("drawing", "Which colour is the part painted in?")
    paper.without("drawing", "What is the price of the assembly?")
    return paper.done()


def _shapes(paper: Paper, random: Random) -> None:
    width, height = random.randint(150, 220), random.randint(90, 140)
    paper.box(70, 70, width, height, line=0.6)
    paper.box(95, 95, width - 50, height - 50, line=0.35)
    paper.pdf.circle(70 + width / 2, 70 + height / 2, 18)
    size, tall = f"{width * 2} mm", f"{height * 2} mm"
    paper.line(70, 60, 70 + width, 60)
    paper.put(size, 70, 54, 11, align="C", width=width)
    paper.line(60, 70, 60, 70 + height)
    paper.upwards(tall, 53, 70 + height / 2 + 12, 11)
    note = f"Deburr all edges {random.choice(['0.3', '0.5', '1.0'])} mm"
    spot = paper.upwards(note, 30, 260, 12)
    paper.ask("drawing", "paraphrase", "How far are sharp corners taken off?", note.split("es ")[1],
              at=(spot[0], spot[1], spot[2], spot[1] + (spot[3] - spot[1]) * 0.36))  # fmt: skip
    drill = f"{random.randint(4, 12)} x {random.choice(['M6', 'M10', 'M12'])}"
    paper.put(drill, 90 + width, 110, 11)


def _block(paper: Paper, random: Random) -> None:
    values = {
        "Drawing no.": f"{names.firm(random)[:2].upper()}-{random.randint(1000, 9999)}-"
        f"{random.choice('ABC')}",
        "Scale": random.choice(["1:2", "1:5", "1:10", "1:20"]),
        "Material": random.choice(["EN-GJL-250", "S355J2", "1.4301"]),
        "Drawn by": names.person(random),
        "Checked": names.person(random),
        "Date": f"{random.randint(1, 28):02d}.{random.randint(1, 12):02d}.2025",
        "Revision": random.choice("DEFG"),
        "Weight": f"{random.randint(12, 84)}.{random.randint(1, 9)} kg",
        "Tolerance": random.choice(["ISO 2768-mK", "ISO 2768-fH"]),
    }
    fields = random.sample(_BLOCK, 8)
    spots: dict[str, Spot] = {}
    for number, (label, _) in enumerate(fields):
        x, y = 424 + number % 2 * 80, 346 + number // 2 * 16
        paper.box(x, y, 80, 16)
        paper.put(label, x + 2, y + 1.5, 7)
        spots[label] = paper.put(values[label], x + 4, y + 7, 11, bold=number == 0)
    for number, (label, other) in enumerate(random.sample(fields, 5)):
        asked = other if number % 2 else f"What does the title block say for {label.lower()}"
        paper.ask(
            "drawing", "paraphrase" if number % 2 else "page", asked.rstrip("?.") + "?",
            values[label], at=spots[label],
        )  # fmt: skip
    missing = next(label for label, _ in _BLOCK if label not in spots)
    paper.without("drawing", f"What does the title block say for {missing.lower().rstrip('.')}?")


def _parts(paper: Paper, random: Random) -> None:
    parts = random.sample(_PARTS, 6)
    rows = [["Pos.", "Qty", "Name", "Material / norm"]]
    rows += [[str(at), str(random.randint(1, 12)), *part] for at, part in enumerate(parts, start=1)]
    cells = paper.grid(rows, 424, 280, (18, 18, 58, 66), 9, height=8.5, ruled=True)
    at, other = random.sample(range(1, 7), 2)
    paper.ask("drawing", "page", f"What is the quantity of the {rows[at][2].lower()}?", rows[at][1],
              at=cells[at, 1])  # fmt: skip
    paper.ask("reverse", "paraphrase", f"Which part is position {rows[other][0]}?", rows[other][2],
              at=cells[other, 2])  # fmt: skip
