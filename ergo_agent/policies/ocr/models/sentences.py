"""Sentence embeddings for comparing a question with what a page says in other words.

The model is all-MiniLM-L6-v2 (Apache-2.0); `scripts/quantise_encoder.py` made the file.
"""

import threading
from collections.abc import Sequence

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from ergo_agent.policies.ocr.models.text_model import TextModel

__all__ = ["SentenceEncoder", "Vectors"]

Vectors = NDArray[np.float32]
"""Shape (texts, 384), rows of length 1."""

_WIDTH = 384


class SentenceEncoder:
    """Turns texts into unit vectors and remembers them."""

    def __init__(self, *, remembered: int = 20_000) -> None:
        """Prepare; the model is loaded by the first call.

        Args:
            remembered: How many texts' vectors are kept (1.5 kB each).
        """
        self._known: LRUCache[str, NDArray[np.float32]] = LRUCache(remembered)
        self._lock = threading.Lock()
        self._model = TextModel("all-MiniLM-L6-v2.int8.onnx", max_tokens=96)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row per text; `row @ row` is the cosine similarity of two texts."""
        if not texts:
            return np.zeros((0, _WIDTH), dtype=np.float32)
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            new = list(dict.fromkeys(text for text in texts if text not in found))
            if new:
                found |= zip(new, self._model.run(new), strict=True)
            self._known.update(found)
            return np.stack([found[text] for text in texts])

    def forget(self) -> None:
        """Forget every vector, so that the next question pays for its own."""
        with self._lock:
            self._known.clear()
