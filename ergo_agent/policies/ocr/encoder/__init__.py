"""Sentence embeddings for comparing a question with what a page says in other words.

The model is all-MiniLM-L6-v2 (Apache-2.0; 22 million parameters), quantised to 8 bits; see NOTICE
for where it comes from and `scripts/quantise_encoder.py` for how it was made. It runs on the same
onnxruntime that reads the page: about a millisecond a line on two cores.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SentenceEncoder", "Vectors", "shared_encoder"]

Vectors = NDArray[np.float32]
"""Shape (texts, 384), rows of length 1."""

_WIDTH = 384
_MAX_TOKENS = 96
_BATCH = 32


class SentenceEncoder:
    """Turns texts into unit vectors and remembers them."""

    def __init__(self, *, remembered: int = 20_000) -> None:
        """Prepare; the model is loaded by the first call.

        Args:
            remembered: How many texts' vectors are kept (1.5 kB each).
        """
        self._remembered = remembered
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row per text; `row @ row` is the cosine similarity of two texts."""
        if not texts:
            return np.zeros((0, _WIDTH), dtype=np.float32)
        with self._lock:
            new = sorted({text for text in texts if text not in self._known}, key=len)
            for start in range(0, len(new), _BATCH):
                batch = new[start : start + _BATCH]
                self._known.update(zip(batch, self._run(batch), strict=True))
            vectors = np.stack([self._known[text] for text in texts])
            while len(self._known) > self._remembered:
                self._known.popitem(last=False)
            return vectors

    def forget(self) -> None:
        """Forget every vector, so that the next question pays for its own."""
        with self._lock:
            self._known.clear()

    def _run(self, batch: list[str]) -> Vectors:
        """Run the model over texts of similar length; the caller holds the lock."""
        if self._session is None:
            self._load()
        encoded = self._tokenizer.encode_batch(batch)
        feed = {
            "input_ids": np.array([item.ids for item in encoded], dtype=np.int64),
            "attention_mask": np.array([item.attention_mask for item in encoded], dtype=np.int64),
        }
        vectors: Vectors = self._session.run(None, feed)[0]
        return vectors

    def _load(self) -> None:
        """Open the model inside the package; imported late because it takes a while."""
        import onnxruntime  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        here = files(__package__)
        self._tokenizer = Tokenizer.from_str((here / "tokenizer.json").read_text("utf-8"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.enable_padding()
        model = (here / "all-MiniLM-L6-v2.int8.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


_shared = SentenceEncoder()


def shared_encoder() -> SentenceEncoder:
    """The encoder that all readers of one process share."""
    return _shared
