"""A text model inside the package: its tokenizer and its ONNX session, loaded when first used."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["TextModel"]

_BATCH = 16


class TextModel:
    """Runs one of the package's ONNX files over texts or pairs of texts. Not thread-safe."""

    def __init__(self, file: str, *, max_tokens: int) -> None:
        """Prepare; nothing is loaded yet.

        Args:
            file: Name of the ONNX file in this folder.
            max_tokens: Longer inputs are cut, of a pair the longer text first.
        """
        self._file = file
        self._max_tokens = max_tokens
        self._session: Any = None
        self._tokenizer: Any = None

    def run(self, texts: Sequence[str | tuple[str, str]]) -> NDArray[np.float32]:
        """The model's output, one row per text, in their order.

        Texts of similar length are run together, so that little is padded.
        """
        if self._session is None:
            self._load()
        encoded = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(encoded)), key=lambda at: sum(encoded[at].attention_mask))
        rows: dict[int, NDArray[np.float32]] = {}
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            output = self._session.run(None, self._feed([encoded[at] for at in batch]))[0]
            rows.update(zip(batch, output, strict=True))
        return np.stack([rows[at] for at in range(len(encoded))])

    def _feed(self, batch: Sequence[Any]) -> dict[str, NDArray[np.int64]]:
        """The model's inputs, shape (batch, tokens of the longest)."""
        width = max(sum(item.attention_mask) for item in batch)
        feed = {
            "input_ids": [item.ids[:width] for item in batch],
            "attention_mask": [item.attention_mask[:width] for item in batch],
            "token_type_ids": [item.type_ids[:width] for item in batch],
        }
        wanted = {entry.name for entry in self._session.get_inputs()}
        return {
            name: np.array(value, dtype=np.int64) for name, value in feed.items() if name in wanted
        }

    def _load(self) -> None:
        """Open the model; onnxruntime and tokenizers are imported late because that takes a while.

        Its threads sleep when there is nothing to do: spinning takes the cores from the reader.
        """
        import onnxruntime  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415

        here = files(__package__)
        self._tokenizer = Tokenizer.from_str((here / "tokenizer.json").read_text("utf-8"))
        self._tokenizer.enable_truncation(self._max_tokens)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False  # it keeps the most that any page ever took
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            (here / self._file).read_bytes(), options, providers=["CPUExecutionProvider"]
        )
