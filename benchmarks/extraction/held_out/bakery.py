"""A bakery's receipt: the sum large at the top, things below, the rest in two columns."""

from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, HELVETICA, width=100, height=170)
    draft.paper.put("Jarrow Bakery", 8, 8, 15, bold=True)
    draft.paper.put("Total", 8, 20, 10, shade=80)
    draft.value("total", 8, 25, 20, bold=True)
    draft.paper.line(8, 36, 92, 36)
    heads = [("item", "Item", 56.0, "L"), ("price", "Price", 28.0, "R")]
    y = draft.table(heads, 8, 39, path="bought", size=9.5, height=6) + 6
    rest = (
        ("cash", "Cash given"),
        ("change", "Change"),
        ("tax", "VAT"),
        ("tip", "Tip"),
        ("day", "Date"),
        ("at", "Time"),
        ("number", "Receipt number"),
        ("cashier", "Served by"),
    )
    shown = [pair for pair in rest if draft.has(pair[0])]
    for at, (name, label) in enumerate(shown):
        x, top = 8 + 44 * (at % 2), y + 12 * (at // 2)
        draft.paper.put(label, x, top, 8, shade=80)
        draft.value(name, x, top + 4, 10.5)
    return draft
