"""A receipt on a roll: things with prices, then what was paid."""

from benchmarks.corpus.layouts.faces import COURIER
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, COURIER, width=80, height=170)
    draft.paper.put("WHARFSIDE STORES", 40, 6, 13, bold=True, align="C")
    draft.paper.put("Ferry Road 9, Lindvik", 40, 13, 8, align="C")
    heads = [("item", "", 46.0, "L"), ("price", "", 26.0, "R")]
    y = draft.table(heads, 4, 22, path="bought", size=9, height=5)
    lines = [
        ("total", "TOTAL"),
        ("tip", "Tip"),
        ("cash", "Cash"),
        ("change", "Change"),
        ("tax", "incl. VAT"),
        ("number", "Receipt"),
        ("cashier", "Served by"),
        ("day", "Date"),
        ("at", "Time"),
    ]
    draft.pairs(lines, 5.5, y + 4, gap=69, align="R", size=9, bold="total", step=5)
    return draft
