"""Reads a question with passages of a page: which of them answers, and with which words.

The model is all-MiniLM-L6-v2 (Apache-2.0), trained further by `scripts/reader_model`. Of every
passage it says at once how much speaks for it rather than for none of the page's passages, and for
each of its words how much speaks for the answer to begin or to end there. What is made of them here
is the probability of each answer among all passages and "none".
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ergo_agent.policies.ocr.models.text_model import TextModel
from ergo_agent.policies.ocr.models.word_pieces import Encoded, shared_word_pieces

__all__ = ["PassageReader", "ReadSpan"]

_QUESTION = 300
"""Characters of a question that are read."""
_TOKENS = 128
"""Of question and passage together; it is what the model was trained with."""
_LONGEST = 48
"""Tokens of an answer; of the training's answers one in a hundred is longer."""
_KEPT = 5
"""First tokens, and last tokens, of a passage that are joined to answers, the likeliest ones."""
_Float = TypeVar("_Float", np.float32, np.float64)


class ReadSpan(NamedTuple):
    """One answer in one passage."""

    passage: int
    start: int
    end: int
    """Characters of the passage: the first, and the one after the last."""
    probability: float
    """That it answers, among all answers in all passages and none."""


class _Read(NamedTuple):
    """What the model makes of one passage: its odds, and its likeliest spans with their share."""

    odds: float
    spans: tuple[tuple[int, int, float], ...]


class PassageReader(TextModel[tuple[str, str], _Read]):
    """Finds the words that answer a question, and remembers what it read."""

    file = "passage-reader.int8.onnx"

    def read(self, question: str, passages: Sequence[str]) -> list[ReadSpan]:
        """The likeliest answers in some passages, the likeliest first.

        Their probabilities are normalised over all that was handed in; what they lack to 1 is left
        for "none of these", at odds of 0, and for answers that are not worth keeping.
        """
        read = self._made_of([(question[:_QUESTION], passage) for passage in passages])
        *shares, _ = map(float, _softmax(np.array([*(each.odds for each in read), 0.0])))
        spans = (
            ReadSpan(at, start, end, share * probability)
            for at, (each, share) in enumerate(zip(read, shares, strict=True))
            for start, end, probability in each.spans
        )
        return sorted(spans, key=lambda span: -span.probability)

    def _make(self, texts: Sequence[tuple[str, str]]) -> list[_Read]:
        pieces = shared_word_pieces()
        pairs = [pieces.encode(text, max_tokens=_TOKENS) for text in texts]
        return [
            _Read(float(odds), _spans(pair, starts, ends))
            for pair, (odds, starts, ends) in zip(pairs, self._run(pairs), strict=True)
        ]


def _spans(
    pair: Encoded, starts: NDArray[np.float32], ends: NDArray[np.float32]
) -> tuple[tuple[int, int, float], ...]:
    """The likeliest spans of a passage in characters, with their probability within it."""
    count = len(pair.places)
    if not count:
        return ()
    own = slice(pair.begins, pair.begins + count)
    first, last = _softmax(starts[own]), _softmax(ends[own])
    found: dict[tuple[int, int], float] = {}
    for start in np.argsort(-first, kind="stable")[:_KEPT]:
        for end in np.argsort(-last, kind="stable")[:_KEPT]:
            if start <= end < start + _LONGEST:
                place = (pair.places[start][0], pair.places[end][1])
                found[place] = found.get(place, 0.0) + float(first[start] * last[end])
    return tuple((start, end, share) for (start, end), share in found.items())


def _softmax(values: NDArray[_Float]) -> NDArray[_Float]:
    shifted: NDArray[_Float] = np.exp(values - values.max())
    shifted /= shifted.sum()
    return shifted
