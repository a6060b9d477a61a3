"""A studio's bill: references in a column at the left, a shaded table, sums under a rule."""

from benchmarks.corpus.layouts.faces import SERIF
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, SERIF)
    draft.paper.put("hathersage studio", 190, 16, 22, align="R")
    draft.paper.put("Lime Walk 40, Port Sable", 190, 27, 9, align="R", shade=90)
    draft.paper.put("Invoice", 20, 38, 24, bold=True)
    labels = [
        ("issued", "Issued:"),
        ("number", "No.:"),
        ("due", "Pay before:"),
        ("order", "Order ref.:"),
        ("customer", "Client no.:"),
        ("delivered", "Delivered:"),
    ]
    y = draft.pairs(labels, 20, 54, gap=30, size=10, step=6)
    heads = [
        ("description", "Item", 90.0, "L"),
        ("price", "Rate", 30.0, "R"),
        ("quantity", "Units", 20.0, "R"),
        ("amount", "Sum", 30.0, "R"),
    ]
    y = draft.table(heads, 20, y + 8, path="lines", banded=True, size=9.5, height=7)
    draft.paper.line(110, y + 3, 190, y + 3, weight=0.5)
    sums = [
        ("net", "Net"),
        ("tax", "VAT"),
        ("discount", "Rebate"),
        ("total", "Amount payable"),
    ]
    draft.pairs(sums, 110, y + 6, gap=78.5, align="R", bold="total", size=10.5, step=6.5)
    draft.pairs([("account", "Account:")], 20, 280, gap=20, size=9)
    return draft
