"""Whether a passage answers a question: both are read together, word by word.

The model is all-MiniLM-L6-v2 (Apache-2.0), trained further by `scripts/answer_scorer` on the
training questions of the corpus: of all passages of a page it is to pick the one that answers,
or none.
"""

import threading
from collections.abc import Sequence

from cachetools import LRUCache

from ergo_agent.policies.ocr.models.text_model import TextModel

__all__ = ["AnswerScorer"]

_QUESTION = 300
"""Characters of a question that are read."""


class AnswerScorer:
    """Scores passages against a question and remembers the scores."""

    def __init__(self, *, remembered: int = 20_000) -> None:
        """Prepare; the model is loaded by the first call.

        Args:
            remembered: How many scores are kept, the oldest going first.
        """
        self._known: LRUCache[tuple[str, str], float] = LRUCache(remembered)
        self._lock = threading.Lock()
        self._model = TextModel("answer-scorer.int8.onnx", max_tokens=127)

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """For each passage the log-odds that it, rather than nothing, answers the question."""
        pairs = [(question[:_QUESTION], passage) for passage in passages]
        with self._lock:
            found = {pair: self._known[pair] for pair in pairs if pair in self._known}
            new = list(dict.fromkeys(pair for pair in pairs if pair not in found))
            if new:
                found |= zip(new, map(float, self._model.run(new)), strict=True)
            self._known.update(found)
            return [found[pair] for pair in pairs]

    def forget(self) -> None:
        """Forget every score, so that the next question pays for its own."""
        with self._lock:
            self._known.clear()
