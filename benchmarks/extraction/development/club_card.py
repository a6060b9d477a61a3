"""A form of labels above ruled lines, in two columns."""

from benchmarks.corpus.layouts.faces import COURIER, LATO
from benchmarks.extraction.draft import Draft
from benchmarks.extraction.facts import Facts

__all__ = ["draw"]

_LABELS = (
    ("name", "Full name"),
    ("born", "Date of birth"),
    ("town", "Town"),
    ("phone", "Telephone"),
    ("mail", "E-mail"),
    ("employer", "Employer"),
    ("people", "People in household"),
    ("reference", "Member no."),
    ("since", "Member since"),
    ("fee", "Annual fee"),
)


def draw(facts: Facts) -> Draft:
    """Draws it."""
    draft = Draft(facts, LATO)
    draft.paper.put("Karsund Rowing Club", 20, 18, 20, bold=True)
    draft.paper.put("Please fill in every line that applies.", 20, 28, 9)
    shown = [pair for pair in _LABELS if draft.has(pair[0])]
    for at, (name, label) in enumerate(shown):
        x, y = 20 + 90 * (at % 2), 45 + 20 * (at // 2)
        draft.paper.put(label, x, y, 8.5, shade=80)
        draft.value(name, x, y + 5, 11, face=COURIER)
        draft.paper.line(x, y + 11, x + 80, y + 11)
    draft.paper.put("Signature of the applicant", 20, 250, 8.5, shade=80)
    return draft
