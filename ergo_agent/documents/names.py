"""Names and numbers of a question: what a page has to hold to be about what is asked.

A page of a catalogue says how heavy the band saw Vega is in the very words in which it says so of
the band saw Rigel. A name is a word that is written with a capital within the question and stands
on few of the document's pages; a number, or a code, is one wherever it stands.
"""

import re
from collections.abc import Mapping

from rapidfuzz import fuzz, process

from ergo_agent.documents.words import terms_of

__all__ = ["missing_names"]

_WORD = re.compile(r"\w+")
_FEW = 0.2
"""Share of the pages on which a name stands at most: German gives capitals to every noun, and those
of a manual's subject stand everywhere. A guess, still to be measured."""
_ALIKE = 80
"""Of `rapidfuzz.fuzz.ratio`, from which a word of a scan may be the name, misread. A guess."""


def missing_names(question: str, pages: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """The names and numbers of a question that each page does not hold; pages with all left out.

    Args:
        question: What is asked.
        pages: The texts of the pages that have one, by their number.
    """
    held = {number: set(terms_of(text)) for number, text in pages.items()}
    missing: dict[int, tuple[str, ...]] = {}
    for at, word in enumerate(_WORD.findall(question)):
        number = any(letter.isdecimal() for letter in word)
        if not number and (at == 0 or not word[0].isupper()):
            continue
        (term, *_) = terms_of(word) or [""]
        holding = {page for page, terms in held.items() if _holds(term, terms, exact=number)}
        if number or 0 < len(holding) <= _FEW * len(held):
            for page in held.keys() - holding:
                missing[page] = (*missing.get(page, ()), word)
    return missing


def _holds(term: str, terms: set[str], *, exact: bool) -> bool:
    if term in terms or exact:
        return term in terms
    return process.extractOne(term, terms, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None
