"""A wholesaler's invoice over several pages, its references in a row, the sums on the last page."""

from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, HELVETICA)
    draft.paper.put("FENWICK WHOLESALE", 20, 14, 16, bold=True)
    draft.paper.put("Station Parade 71, Kettering Moor", 20, 22, 9)
    y = 32.0
    left = [
        ("number", "Invoice number"),
        ("issued", "Date"),
        ("due", "Due date"),
    ]
    right = [
        ("customer", "Customer no."),
        ("order", "Order no."),
        ("delivered", "Delivery date"),
    ]
    ends = draft.pairs(left, 20, y, gap=35), draft.pairs(right, 115, y, gap=35)
    heads = [
        ("description", "Article", 75.0, "L"),
        ("quantity", "Qty", 20.0, "R"),
        ("price", "Unit price", 37.0, "R"),
        ("amount", "Line total", 38.0, "R"),
    ]
    y = draft.table(heads, 20, max(ends) + 6, path="lines", size=9.5, again=False)
    sums = [
        ("net", "Net total"),
        ("discount", "Discount"),
        ("tax", "VAT amount"),
        ("total", "Total to pay"),
    ]
    y = draft.pairs(sums, 115, y + 5, gap=73.5, align="R", bold="total", size=10.5)
    draft.pairs([("account", "Bank account number")], 20, y + 6, gap=45)
    return draft
