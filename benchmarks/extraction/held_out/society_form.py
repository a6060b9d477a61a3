"""A registration form: labels at the left, answers on lines, in three parts with headings."""

from benchmarks.corpus.layouts.faces import COURIER, TIMES
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]

_PARTS = (
    ("1  About you", (("name", "Name"), ("born", "Born on"), ("employer", "Employer"))),
    ("2  How to reach you", (("town", "Town"), ("phone", "Phone"), ("mail", "E-mail"))),
    (
        "3  Your membership",
        (
            ("reference", "Membership number"),
            ("since", "Starting on"),
            ("fee", "Yearly fee"),
            ("people", "Persons in household"),
        ),
    ),
)


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, TIMES)
    draft.paper.put("Elverton Garden Society", 20, 16, 21, bold=True)
    draft.paper.put("Registration of members", 20, 27, 13)
    y = 42.0
    for title, fields in _PARTS:
        draft.paper.box(20, y, 170, 8, fill=228, line=0)
        draft.paper.put(title, 22, y + 1.5, 11, bold=True)
        y += 13
        for name, label in fields:
            if draft.has(name):
                draft.paper.put(label, 22, y, 10.5)
                draft.value(name, 75, y - 0.5, 11.5, face=COURIER)
                draft.paper.line(73, y + 5.5, 188, y + 5.5)
                y += 11
        y += 5
    draft.paper.wrap(
        "The society keeps this form for as long as the membership lasts, and for two years after "
        "it has ended. Members may ask at any time what is kept about them.",
        20, y + 6, 170, 8.5,
    )  # fmt: skip
    return draft
