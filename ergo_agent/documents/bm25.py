"""BM25: how well the words of a text fit those of a question, rare words counting most.

Formula and constants: S. Robertson and H. Zaragoza, The Probabilistic Relevance Framework: BM25 and
Beyond (2009), with the inverse document frequency that is never negative,
ln(1 + (N - n + 0.5) / (n + 0.5)).
"""

import math
from collections import Counter
from collections.abc import Collection, Sequence

__all__ = ["Bm25"]

_K1, _B = 1.2, 0.75


class Bm25:
    """The texts of one collection, counted once."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """Count.

        Args:
            texts: Each as its terms.
        """
        self._counts = [Counter(terms) for terms in texts]
        self._lengths = [len(terms) for terms in texts]
        self._mean = sum(self._lengths) / max(1, len(texts)) or 1.0
        self._holding: Counter[str] = Counter()
        for counts in self._counts:
            self._holding.update(counts.keys())

    def weight(self, term: str) -> float:
        """How much a term says: the rarer, the more."""
        holding = self._holding[term]
        return math.log(1 + (len(self._counts) - holding + 0.5) / (holding + 0.5))

    def scores(self, question: Sequence[str]) -> list[float]:
        """For each text its score, 0 where it holds none of the question's terms."""
        weights = {term: self.weight(term) for term in set(question)}
        return [
            sum(
                weight * counts[term] * (_K1 + 1) / (counts[term] + _K1 * self._norm(length))
                for term, weight in weights.items()
                if term in counts
            )
            for counts, length in zip(self._counts, self._lengths, strict=True)
        ]

    def share(self, question: Collection[str], text: Collection[str]) -> float:
        """How much of a question a text holds, 0 to 1: of its terms, by what each says."""
        weights = {term: self.weight(term) for term in set(question)}
        held = sum(weights[term] for term in weights.keys() & set(text))
        return held / (sum(weights.values()) or 1.0)

    def _norm(self, length: int) -> float:
        return 1 - _B + _B * length / self._mean
