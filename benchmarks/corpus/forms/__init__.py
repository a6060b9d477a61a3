"""Generators of the pages that no package holds: bills, cards, letters, sheets and slips.

Every page follows from its template and seed alone, and all data on it is invented. The question
files hold values from these pages, so a change to what a template prints, or to the order in which
it draws random numbers, changes right answers into wrong ones; the tests tell which.
"""

from collections.abc import Callable, Mapping

from benchmarks.corpus.forms import (
    invoice,
    letter,
    measurements,
    receipt,
    registration,
    release_notes,
    spec_sheet,
    tariff,
    timetable,
    warranty,
)

TEMPLATES: Mapping[str, Callable[[int], bytes]] = {
    "invoice": invoice.draw,
    "letter": letter.draw,
    "measurements": measurements.draw,
    "receipt": receipt.draw,
    "registration": registration.draw,
    "release-notes": release_notes.draw,
    "spec-sheet": spec_sheet.draw,
    "tariff": tariff.draw,
    "timetable": timetable.draw,
    "warranty": warranty.draw,
}


def write_form(template: str, *, seed: int) -> bytes:
    """Gives the PDF of a generated page.

    Raises:
        KeyError: no template has this name.
    """
    return TEMPLATES[template](seed)


__all__ = ["TEMPLATES", "write_form"]
