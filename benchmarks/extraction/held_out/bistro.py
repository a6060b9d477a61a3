"""A bistro's bill: centred head, dishes with prices, what was paid in two columns."""

from benchmarks.corpus.layouts.faces import CALADEA
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, CALADEA, width=90, height=180)
    draft.paper.put("Bistro Lochinver", 45, 7, 16, bold=True, align="C")
    draft.paper.put("Sexton Lane 3, Ostwick", 45, 15, 8.5, align="C")
    top = [("number", "Bill no."), ("day", "Date"), ("at", "Time"), ("cashier", "Your waiter")]
    y = draft.pairs(top, 8, 23, gap=26, step=5, size=9.5)
    draft.paper.line(8, y, 82, y)
    heads = [("item", "", 46.0, "L"), ("price", "", 26.0, "R")]
    y = draft.table(heads, 6.5, y + 2, path="bought", size=10, height=6)
    draft.paper.line(8, y + 1, 82, y + 1)
    paid = [
        ("total", "Total"),
        ("tax", "VAT included"),
        ("tip", "Tip"),
        ("cash", "Cash received"),
        ("change", "Change given"),
    ]
    draft.pairs(paid, 8, y + 4, gap=69, align="R", size=10, bold="total", step=6)
    draft.paper.put("Come again!", 45, 165, 9, align="C")
    return draft
