"""An invoice with its references at the right and its totals below the table."""

from benchmarks.corpus.layouts.faces import HELVETICA
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, HELVETICA)
    draft.paper.put("Pennant & Daughters", 20, 18, 18, bold=True)
    draft.paper.put("Ropewalk 12, Great Pell", 20, 27, 9)
    draft.paper.put("INVOICE", 130, 18, 16, bold=True)
    labels = [
        ("number", "Invoice no."),
        ("issued", "Invoice date"),
        ("due", "Payable by"),
        ("delivered", "Delivered on"),
        ("customer", "Customer no."),
        ("order", "Your order"),
    ]
    draft.pairs(labels, 130, 32, gap=30, size=9.5, step=5.5)
    draft.paper.put("Silverdale Ltd", 20, 45, 10)
    draft.paper.put("Canal Row 4, Tarrow", 20, 50, 10)
    heads = [
        ("description", "Description", 80.0, "L"),
        ("quantity", "Qty", 20.0, "R"),
        ("price", "Unit price", 35.0, "R"),
        ("amount", "Amount", 35.0, "R"),
    ]
    y = draft.table(heads, 20, 80, path="lines")
    totals = [
        ("net", "Subtotal"),
        ("discount", "Discount"),
        ("tax", "VAT"),
        ("total", "Total due"),
    ]
    draft.pairs(totals, 120, y + 4, gap=68.5, align="R", bold="total")
    draft.pairs([("account", "Please pay to account")], 20, 270, gap=45, size=9)
    return draft
