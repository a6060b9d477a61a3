"""A kiosk's receipt: dotted leaders, everything in small capitals, the day at the top."""

from benchmarks.corpus.layouts.faces import COURIER
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, COURIER, width=72, height=165)
    draft.paper.put("GULLANE KIOSK", 36, 5, 12, bold=True, align="C")
    draft.paper.put("PLATFORM 2, TYNE ABBEY", 36, 11, 7.5, align="C")
    y = 19.0
    x = 5.0
    for name in ("day", "at"):
        if draft.has(name):
            draft.value(name, x, y, 9)
            x += 42
    y += 8
    heads = [("item", "ITEM", 42.0, "L"), ("price", "PRICE", 24.0, "R")]
    y = draft.table(heads, 3, y, path="bought", size=8.5, height=5)
    y += 4
    lines = (
        ("total", "TOTAL"),
        ("cash", "CASH GIVEN"),
        ("change", "CHANGE"),
        ("tax", "VAT"),
        ("tip", "TIP"),
        ("number", "RECEIPT NO"),
        ("cashier", "SERVED BY"),
    )
    for name, label in lines:
        if draft.has(name):
            draft.paper.put(f"{label} {'.' * (22 - len(label))}", 4.5, y, 8.5)
            draft.value(name, 4.5, y, 8.5, align="R", width=61, bold=name == "total")
            y += 5
    return draft
