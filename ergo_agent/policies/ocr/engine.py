"""RapidOCR with its lines recognised side by side.

The models (PP-OCRv6 small detection and recognition, Apache-2.0) lie inside RapidOCR's wheel, so
nothing is downloaded. Settings that differ from RapidOCR's defaults, and why:

- `Global.max_side_len`, `Det.limit_type`: the defaults shrink large inputs and enlarge small ones
  without saying so; a view is read at exactly the size it is shown at.
- `Rec.rec_batch_num` 1: without padding to a common width a CPU is faster line by line.
- `Rec.rec_img_shape` 48 wide: short cells are not padded to 320 pixels.
- `Global.text_score` 0: what could not be read is kept, with its low score, because it says where
  to look closer.
- one thread a line: a line of 320 pixels takes 46 ms of two threads' time and 27 ms of one's, so
  each line is recognised by one thread and as many lines at once as there are cores. Detection is
  a single large run and uses all cores by itself.
"""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_rec import TextRecOutput

from ergo_agent.policies.ocr.memory import give_back_memory

__all__ = ["SETTINGS", "Engine", "Pixels", "RecognisedLine"]

Pixels = NDArray[np.uint8]
"""Shape (height, width, 3), channels in the order blue, green, red."""

_ANY_SIZE = 1_000_000
SETTINGS: dict[str, Any] = {
    "Global.log_level": "critical",
    "Global.max_side_len": _ANY_SIZE,
    "Global.text_score": 0.0,
    "Global.use_cls": False,
    "Global.return_word_box": True,
    "Det.limit_type": "max",
    "Det.limit_side_len": _ANY_SIZE,
    "Rec.rec_batch_num": 1,
    "Rec.rec_img_shape": [3, 48, 48],
}
"""What RapidOCR is given."""

_ONE_THREAD = {"EngineConfig.onnxruntime.intra_op_num_threads": 1}
_NO_OTHERS: Mapping[str, str] = MappingProxyType({})
_MOST_WORKERS = 4
"""Each holds the activations of one line, up to 50 MB."""


class RecognisedLine(NamedTuple):
    """What a recogniser makes of one line."""

    text: str
    score: float
    """Confidence, 0 to 1."""
    words: Any
    """RapidOCR's word positions."""


class Engine(RapidOCR):
    """Detects as RapidOCR does, and recognises several lines at once."""

    def __init__(self, models: Mapping[str, str] = _NO_OTHERS) -> None:
        """Prepare; each model is loaded when it is first needed.

        Args:
            models: RapidOCR's parameters for other models than its own.
        """
        super().__init__(params={**SETTINGS, **models})
        self._lines = RapidOCR(params={**SETTINGS, **_ONE_THREAD, **models})
        workers = min(_MOST_WORKERS, os.cpu_count() or 1)
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="ergo-agent-line")

    def detect_and_crop(self, img: Pixels, op_record: dict[str, Any]) -> tuple[Any, Any]:
        """Find the lines; what detection took is given back before recognition takes its own."""
        try:
            return super().detect_and_crop(img, op_record)
        finally:
            give_back_memory()

    def recognize_txt(self, img: list[Pixels]) -> TextRecOutput:
        """Recognise the pictures of lines; RapidOCR calls this after detection."""
        longest_first = sorted(range(len(img)), key=lambda at: _aspect(img[at]), reverse=True)
        read = self._workers.map(self.recognise_line, (img[at] for at in longest_first))
        found = dict(zip(longest_first, read, strict=True))
        give_back_memory()
        columns: Any = zip(*(found[at] for at in range(len(img))), strict=True)
        texts, scores, words = columns
        return TextRecOutput(img, texts, scores, words, 0.0)

    def recognise_line(self, line: Pixels) -> RecognisedLine:
        """Recognise the picture of one line."""
        read: Any = self._lines.recognize_txt([line])
        return RecognisedLine(read.txts[0], read.scores[0], read.word_results[0])


def _aspect(image: Pixels) -> float:
    height, width = image.shape[:2]
    return float(width / max(1, height))
