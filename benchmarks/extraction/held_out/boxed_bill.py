"""An invoice of boxes, each with its label small inside, and a framed table."""

from benchmarks.corpus.layouts.faces import LATO
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]

_BOXES = (
    ("number", "Invoice number"),
    ("issued", "Date of invoice"),
    ("due", "Due date"),
    ("customer", "Customer number"),
    ("order", "Purchase order"),
    ("delivered", "Delivery date"),
)


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, LATO)
    paper = draft.paper
    paper.box(15, 12, 180, 16, fill=225, line=0)
    paper.put("KNARESBY FREIGHT & SUPPLY", 20, 16, 15, bold=True)
    shown = [pair for pair in _BOXES if draft.has(pair[0])]
    for at, (name, label) in enumerate(shown):
        x, top = 15 + 60 * (at % 3), 34 + 15 * (at // 3)
        paper.box(x, top, 60, 15)
        paper.put(label, x + 2, top + 1.5, 7.5, shade=70)
        draft.value(name, x + 2, top + 6.5, 11)
    heads = [
        ("description", "Goods", 84.0, "L"),
        ("quantity", "Quantity", 26.0, "R"),
        ("price", "Price per unit", 35.0, "R"),
        ("amount", "Amount", 35.0, "R"),
    ]
    y = draft.table(heads, 15, 72, path="lines", ruled=True, size=9.5)
    sums = [
        ("net", "Net amount"),
        ("discount", "Discount"),
        ("tax", "VAT"),
        ("total", "Total amount"),
    ]
    for name, label in sums:
        if draft.has(name):
            y += 1
            paper.box(125, y, 70, 8)
            paper.put(label, 127, y + 2, 9)
            draft.value(name, 127, y + 2, 10, align="R", width=66, bold=name == "total")
            y += 8
    draft.pairs([("account", "Bank account:")], 15, 275, gap=30)
    return draft
