"""A library's form: a grid of numbered boxes, each with a small label and what was typed in."""

from benchmarks.corpus.layouts.faces import COURIER, HELVETICA
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]

_BOXES = (
    ("name", "Surname and first name", 2),
    ("born", "Date of birth", 1),
    ("town", "Place of residence", 1),
    ("phone", "Telephone", 1),
    ("mail", "E-mail address", 2),
    ("employer", "Employed at", 1),
    ("people", "Number of people in household", 1),
    ("reference", "Member number", 1),
    ("since", "Member from", 1),
    ("fee", "Fee per year", 1),
)


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, HELVETICA)
    draft.paper.put("Ravnsund Lending Library", 20, 15, 16, bold=True)
    draft.paper.put("Form L-7: new reader", 20, 24, 11)
    x, y, number = 20.0, 38.0, 1
    for name, label, share in _BOXES:
        width = 85.0 * share
        if x + width > 191:
            x, y = 20.0, y + 17
        draft.paper.box(x, y, width, 17)
        draft.paper.put(f"{number}. {label}", x + 1.5, y + 1.2, 7.5)
        if draft.has(name):
            draft.value(name, x + 4, y + 7.5, 11, face=COURIER)
        x, number = x + width, number + 1
    draft.paper.put("Leave empty what does not apply.", 20, y + 25, 9, shade=80)
    return draft
