"""Whether a passage answers a question: both are read together, word by word.

The model is all-MiniLM-L6-v2 (Apache-2.0), trained further by `scripts/answer_scorer` on the
training questions of the corpus: of all passages of a page it is to pick the one that answers,
or none.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence

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
        self._remembered = remembered
        self._known: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._lock = threading.Lock()
        self._model = TextModel("answer-scorer.int8.onnx", max_tokens=127)

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """For each passage the log-odds that it, rather than nothing, answers the question."""
        pairs = [(question[:_QUESTION], passage) for passage in passages]
        with self._lock:
            new = list(dict.fromkeys(pair for pair in pairs if pair not in self._known))
            if new:
                scores = self._model.run(new)
                self._known.update(zip(new, (float(row) for row in scores), strict=True))
            found = [self._known[pair] for pair in pairs]
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
            return found

    def forget(self) -> None:
        """Forget every score, so that the next question pays for its own."""
        with self._lock:
            self._known.clear()
