"""A text model inside the package: its word pieces and its ONNX session, loaded when first used."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ergo_agent.policies.ocr.models.word_pieces import Encoded, shared_word_pieces

__all__ = ["TextModel"]


_MOST_WORKERS = 4
"""As many as recognise lines at once."""


class TextModel:
    """Runs one of the package's ONNX files over texts or pairs of texts. Not thread-safe.

    Each text is run by one thread, and as many at once as there are cores: two threads take more
    of the processor for a text than one, as they do for a line of a page (`engine.py`).
    """

    def __init__(self, file: str, *, max_tokens: int) -> None:
        """Prepare; nothing is loaded yet.

        Args:
            file: Name of the ONNX file in this folder.
            max_tokens: Longer inputs are cut, of a pair the longer text first.
        """
        self._file = file
        self._max_tokens = max_tokens
        self._session: Any = None
        self._workers = ThreadPoolExecutor(
            min(_MOST_WORKERS, os.cpu_count() or 1), thread_name_prefix="ergo-agent-text"
        )

    def run(self, texts: Sequence[str | tuple[str, str]]) -> NDArray[np.float32]:
        """The model's first output, one row per text, in their order."""
        pieces = shared_word_pieces()
        encoded = [pieces.encode(text, max_tokens=self._max_tokens) for text in texts]
        return np.stack([outputs[0] for outputs in self.run_encoded(encoded)])

    def run_encoded(self, encoded: Sequence[Encoded]) -> list[tuple[NDArray[np.float32], ...]]:
        """For each text, in their order, its row of every output.

        Each is run by itself: an 8-bit model measures its numbers by the largest of all that runs
        with them, so that in company a text's odds would change with what stands beside it, and an
        answer with what other threads had asked before. It costs 1.4 times as much as sixteen
        together.
        """
        if self._session is None:
            self._load()
        outputs = self._workers.map(lambda text: self._session.run(None, self._feed(text)), encoded)
        return [tuple(output[0] for output in each) for each in outputs]

    def _feed(self, text: Encoded) -> dict[str, NDArray[np.int64]]:
        """The model's inputs, shape (1, tokens)."""
        ids, type_ids = np.array([text.ids]), np.array([text.type_ids])
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": type_ids}
        wanted = {entry.name for entry in self._session.get_inputs()}
        return {name: value for name, value in feed.items() if name in wanted}

    def _load(self) -> None:
        """Open the model; onnxruntime is imported late because that takes a while.

        Its threads sleep when there is nothing to do: spinning takes the cores from the reader.
        """
        import onnxruntime  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it keeps the most that any page ever took
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = (files(__package__) / self._file).read_bytes()
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
