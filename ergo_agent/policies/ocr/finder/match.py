"""How well the words of a page match the terms of a question."""

import math
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import Levenshtein

from ergo_agent.policies.ocr.finder.lexicon import related_stems
from ergo_agent.policies.ocr.finder.terms import Term, stems_in
from ergo_agent.policies.ocr.finder.units import Unit
from ergo_agent.policies.ocr.models import SentenceEncoder

__all__ = ["EXACT", "TermMatcher"]

EXACT = 0.9
"""From here on a match is the same word, give or take its ending or a misread letter."""
_MISREAD, _BEGINS = 0.85, 0.75
_WEIGHT = {"word": 1.0, "name": 1.4, "code": 1.5}
_RELATED = 0.6


class TermMatcher:
    """How well the words of one page match the terms of one question.

    A term matches a stem of the page when they are the same, are spelled nearly alike (the reader
    misreads letters), are in one group of the lexicon, or have similar word embeddings.
    """

    def __init__(
        self, terms: Sequence[Term], units: Sequence[Unit], encoder: SentenceEncoder
    ) -> None:
        """Compare every term with every stem of the page once."""
        self.terms = tuple(terms)
        said = [stems_in(f"{unit.key} {unit.text}") for unit in units]
        stems = sorted({stem for each in said for stem in each})
        self._tables = [_similarities(term, stems, encoder) for term in terms]
        self.weights = [
            _rarity(table, said) * _WEIGHT[term.kind]
            for term, table in zip(self.terms, self._tables, strict=True)
        ]

    def matches(self, text: str) -> list[float]:
        """For each term, how well its best counterpart in `text` matches, 0 to 1."""
        stems = stems_in(text)
        return [
            max((table.get(stem, 0.0) for stem in stems), default=0.0) for table in self._tables
        ]

    def best(self) -> list[float]:
        """For each term, how well anything on the page matches."""
        return [max(table.values(), default=0.0) for table in self._tables]

    def covered(self, matches: Sequence[float]) -> float:
        """The share of the terms matched, weighted by rarity, 0 to 1."""
        total = sum(self.weights)
        if total <= 0:
            return 0.0
        return sum(w * m for w, m in zip(self.weights, matches, strict=True)) / total

    def spoken_of(self, stems: Iterable[str]) -> float:
        """The share of some stems of the page that match any term, 0 to 1."""
        best = [
            max((table.get(stem, 0.0) for table in self._tables), default=0.0) for stem in stems
        ]
        return min(1.0, sum(best) / len(best)) if best else 0.0


def _similarities(term: Term, stems: Sequence[str], encoder: SentenceEncoder) -> dict[str, float]:
    """The stems of the page that match a term, with how well they do."""
    related = related_stems(term.stem) if term.kind == "word" else frozenset()
    found: dict[str, float] = {}
    for stem in stems:
        likeness = 1.0 if stem == term.stem else _spelled_alike(term, stem)
        likeness = max(likeness, _RELATED if stem in related else 0.0)
        if likeness:
            found[stem] = likeness
    words = [stem for stem in stems if stem.isalpha() and len(stem) > 2]
    if term.kind == "word" and words:
        near = encoder.encode(words) @ encoder.encode([term.text.lower()])[0]
        for stem, cosine in zip(words, near, strict=True):
            soft = min(0.85, (float(cosine) - 0.42) / 0.4)
            if soft > 0.1:
                found[stem] = max(found.get(stem, 0.0), soft)
    return found


def _spelled_alike(term: Term, stem: str) -> float:
    """How nearly a stem is spelled like a term, as misread letters and endings leave it.

    One letter may differ in a word of five to eight, two in a longer one; shorter words must agree.
    """
    shorter = min(len(term.stem), len(stem))
    if shorter < 5:
        return 0.0
    allowed = 1 if shorter < 9 else 2
    if Levenshtein.distance(term.stem, stem, score_cutoff=allowed) <= allowed:
        return _MISREAD
    begins = stem.startswith(term.stem) or term.stem.startswith(stem)
    return _BEGINS if term.kind == "word" and begins else 0.0


def _rarity(table: dict[str, float], said: Sequence[frozenset[str]]) -> float:
    """Inverse document frequency over the page's units: rare words say more."""
    strong = {stem for stem, likeness in table.items() if likeness > 0.7}
    holding = sum(not strong.isdisjoint(stems) for stems in said)
    return math.log((len(said) + 1) / (holding + 1)) / math.log(len(said) + 2) + 0.15
