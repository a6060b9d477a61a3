"""An invoice whose table goes over the page, with references in a strip of columns."""

from benchmarks.corpus.layouts.faces import TIMES
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, TIMES)
    draft.paper.put("Oakhanger Timber Yard", 105, 15, 20, bold=True, align="C")
    draft.paper.put("Invoice for goods supplied", 20, 32, 13, bold=True)
    x = 20.0
    for name, label in (
        ("number", "Number"),
        ("issued", "Date"),
        ("customer", "Account"),
        ("order", "Order no."),
        ("due", "Due"),
    ):
        if draft.has(name):
            draft.paper.put(label, x, 42, 8, shade=90)
            draft.value(name, x, 46, 10.5)
            x += 35
    heads = [
        ("quantity", "Quantity", 22.0, "L"),
        ("description", "Article", 78.0, "L"),
        ("price", "Each", 33.0, "R"),
        ("amount", "Total", 35.0, "R"),
    ]
    y = draft.table(heads, 20, 60, path="lines", size=9.5, ruled=True)
    rest = [
        ("net", "Goods, net"),
        ("tax", "Value added tax"),
        ("discount", "Less discount"),
        ("total", "To pay"),
        ("account", "Bank account"),
        ("delivered", "Date of delivery"),
    ]
    draft.pairs(rest, 20, y + 6, gap=60, size=10.5)
    return draft
