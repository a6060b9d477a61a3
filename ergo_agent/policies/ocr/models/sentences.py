"""Sentence embeddings for comparing a question with what a page says in other words.

The model is all-MiniLM-L6-v2 (Apache-2.0); `scripts/quantise_encoder.py` made the file.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ergo_agent.policies.ocr.models.text_model import TextModel
from ergo_agent.policies.ocr.models.word_pieces import shared_word_pieces

__all__ = ["SentenceEncoder", "Vectors"]

Vectors = NDArray[np.float32]
"""Shape (texts, 384), rows of length 1."""
_WIDTH = 384
_TOKENS = 96
"""Of a text; of 2,141 passages of 26 development pages 7 are longer."""


class SentenceEncoder(TextModel[str, NDArray[np.float32]]):
    """Turns texts into unit vectors and remembers them (1.5 kB each)."""

    file = "all-MiniLM-L6-v2.int8.onnx"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row per text; `row @ row` is the cosine similarity of two texts."""
        return np.stack(self._made_of(texts)) if texts else np.zeros((0, _WIDTH), np.float32)

    def _make(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        pieces = shared_word_pieces()
        outputs = self._run([pieces.encode(text, max_tokens=_TOKENS) for text in texts])
        return [first for first, *_ in outputs]
