"""A supplier's letter: references in a line, what is to be paid in running text and a list."""

from benchmarks.corpus.layouts.faces import CALADEA
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, CALADEA)
    paper = draft.paper
    paper.put("IRONBRIDGE POWER", 20, 16, 17, bold=True)
    paper.put("Mr Rurik Stanhope", 20, 40, 11)
    paper.put("Weavers Close 18, Dunmarsh", 20, 46, 11)
    refs = [
        ("number", "Invoice number:"),
        ("customer", "Customer number:"),
        ("order", "Order number:"),
        ("issued", "Invoice date:"),
    ]
    y = draft.pairs(refs, 120, 40, gap=36, step=6)
    paper.put("Your invoice", 20, max(72.0, y + 6), 14, bold=True)
    run = paper.wrap(
        "Thank you for your custom. Below you find what was supplied to you, and what is left to "
        "be paid. Should anything be unclear, our service is there for you on weekdays.",
        20, 82, 170, 11,
    )  # fmt: skip
    heads = [
        ("description", "Supplied", 80.0, "L"),
        ("quantity", "Number", 25.0, "R"),
        ("price", "Unit price", 32.0, "R"),
        ("amount", "Amount", 33.0, "R"),
    ]
    y = draft.table(heads, 20, run.bottom + 4, path="lines", size=10, height=7)
    sums = [
        ("net", "Sum before tax"),
        ("tax", "VAT on it"),
        ("discount", "Discount"),
        ("total", "To be paid"),
    ]
    y = draft.pairs(sums, 20, y + 5, gap=168.5, align="R", size=11, bold="total", step=6.5) + 6
    sentences = [
        ("due", "Please pay the amount by", "."),
        ("account", "Our account is", "; please name the invoice number."),
        ("delivered", "The delivery was made on", "."),
    ]
    for name, words, end in sentences:
        if draft.has(name):
            left = paper.put(f"{words} ", 20, y, 11)[2]
            right = draft.value(name, left, y, 11)[2]
            paper.put(end, right, y, 11)
            y += 6.5
    return draft
