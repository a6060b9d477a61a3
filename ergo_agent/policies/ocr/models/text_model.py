"""A text model inside the package: its ONNX session, loaded when first used, and what it made."""

import threading
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Generic, TypeVar

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from ergo_agent._common.pool import workers
from ergo_agent.policies.ocr.models.word_pieces import Encoded

__all__ = ["TextModel"]

_T = TypeVar("_T", bound=str | tuple[str, str])
_M = TypeVar("_M")


class TextModel(Generic[_T, _M]):
    """One of the package's ONNX files with what it made of texts or pairs. Safe among threads.

    Each text is run by one thread, and as many at once as there are cores: two threads take more
    of the processor for a text than one, as they do for a line of a page (`engine.py`).
    """

    file: str
    """Name of the ONNX file in this folder."""

    def __init__(self, *, remembered: int = 20_000) -> None:
        """Prepare; the model is loaded by the first call.

        Args:
            remembered: For how many texts it is kept what was made of them, the oldest going first.
        """
        self._known: LRUCache[_T, _M] = LRUCache(remembered)
        self._lock = threading.Lock()
        self._session: Any = None
        self._workers = workers("ergo-agent-text")

    def forget(self) -> None:
        """Forget what was made, so that the next question pays for its own."""
        with self._lock:
            self._known.clear()

    def _made_of(self, texts: Sequence[_T]) -> list[_M]:
        """What is made of each text, now or earlier."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            new = list(dict.fromkeys(text for text in texts if text not in found))
            if new:
                found |= zip(new, self._make(new), strict=True)
            self._known.update(found)
        return [found[text] for text in texts]

    def _make(self, texts: Sequence[_T]) -> Sequence[_M]:
        """Run new texts; the caller holds the lock."""
        raise NotImplementedError

    def _run(self, encoded: Sequence[Encoded]) -> list[tuple[NDArray[np.float32], ...]]:
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

        Its threads sleep when there is nothing to do: spinning takes the cores from the reader. Its
        8-bit weights are widened on processors without a dot product of bytes, which would keep the
        sum of two products in 16 bits, where it need not fit: answers were less sure by up to .1
        (the example's .74 in place of .82). There a text takes 1.15 times as long.
        """
        import onnxruntime  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it keeps the most that any page ever took
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.x64quantprecision", "1")
        model = (files(__package__) / self.file).read_bytes()
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
