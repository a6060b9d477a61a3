"""RapidOCR's detector and recogniser, with lines recognised side by side.

The models (PP-OCRv6 small, Apache-2.0) lie inside RapidOCR's wheel and, for recognition, in this
package with fewer letters (`scripts/latin_letters.py`: the same text of 120 of 120 lines of three
forms in 0.9 of the time), so nothing is downloaded. Settings that differ from RapidOCR's defaults,
and why:

- `Global.use_vertical_padding`: RapidOCR pads wide strips to twice their area and more, which made
  a question 1.16 times as long for the same right answers (`python -m benchmarks.reader`).
- `Det.limit_type`: the default enlarges small inputs without saying so; a view is read at exactly
  the size it is shown at.
- `Rec.rec_batch_num` 1: without padding to a common width a CPU is faster line by line.
- `Rec.rec_img_shape` 48 wide: short cells are not padded to 320 pixels.
- one thread a line: a line of 320 pixels takes 46 ms of two threads' time and 27 ms of one's, so
  each line is recognised by one thread and as many lines at once as there are cores. Detection is
  a single large run and uses all cores by itself.

Crops are searched for lines anew. Taking those that the coarse view has there was tried with eight
questions about A4 pages: detection fell from 0.71 to 0.62 seconds of the processor a question, and
recognition rose from 0.90 to 1.23, for slivers of lines at the edges.
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from omegaconf import flag_override
from onnxruntime import SessionOptions
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_rec.typings import WordInfo
from rapidocr.inference_engine.onnxruntime import OrtInferSession
from rapidocr.main import RapidOCRError

from ergo_agent._common.memory import give_back_memory
from ergo_agent._common.pool import workers

__all__ = ["MODELS", "SETTINGS", "Engine", "Pixels", "Quads", "RecognisedLine"]

Pixels = NDArray[np.uint8]
"""Shape (height, width, 3), channels in the order blue, green, red."""
Quads = NDArray[np.float32]
"""Shape (lines, 4, 2): the corners of each line in pixels, clockwise from the upper left."""

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "Global.log_level": "critical",
        "Global.use_vertical_padding": False,
        "Global.return_word_box": True,
        "Det.limit_type": "max",
        "Det.limit_side_len": 1_000_000,
        "Rec.rec_batch_num": 1,
        "Rec.rec_img_shape": [3, 48, 48],
    }
)
"""What RapidOCR is given."""

MODELS = files("ergo_agent.policies.ocr.models")
"""Where this package's models lie."""
_SMALL = MappingProxyType({"Rec.model_path": str(MODELS / "PP-OCRv6_rec_small.latin.onnx")})
_ONE_THREAD = {"EngineConfig.onnxruntime.intra_op_num_threads": 1}
_LITRES = re.compile(r"(?<=\d[.,]\d )1(?=\s*$)")
"""What a recogniser takes an l behind a number with one decimal place for."""
_TALL = 1.5
"""Times its width from which a line may be written upwards or downwards (RapidOCR's own limit)."""
_LETTER = 4.5
"""Times its width up to which a tall line may be one letter that stands upright: twice what an I
has, whose box is 1.30 type sizes high and 0.57 wide (`layer.py`)."""


class RecognisedLine(NamedTuple):
    """What a recogniser makes of one line."""

    text: str
    score: float
    """Confidence, 0 to 1."""
    words: tuple[tuple[str, float, float], ...]
    """Each word, and where it begins and ends as a share of the line's length."""
    quarters: int = 0
    """Counter-clockwise quarter turns that brought it upright."""


class Engine:
    """Finds lines in an image, and recognises several at once."""

    def __init__(self, models: Mapping[str, str] = _SMALL) -> None:
        """Prepare; each model is loaded when it is first needed.

        Args:
            models: RapidOCR's parameters for other models than the small ones.
        """
        self._detector = _Detector(params={**SETTINGS, **models})
        self._recogniser = RapidOCR(params={**SETTINGS, **_ONE_THREAD, **models})
        self._workers = workers("ergo-agent-line")

    def find(self, image: Pixels, *, scale: float = 1.0) -> Quads:
        """Where the lines of an image are, top to bottom, in its pixels.

        Args:
            image: The image.
            scale: Times its size at which it is looked at; lines are cut out of the image itself.
        """
        if scale != 1:
            how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
            image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=how))
        try:
            return (self._detector.boxes(image) / scale).astype(np.float32)
        finally:
            give_back_memory()  # before recognition takes its own

    def read(self, image: Pixels, quads: Quads) -> list[RecognisedLine]:
        """Recognise the lines of an image; tall ones the way round that reads best."""
        longest_first = sorted(range(len(quads)), key=lambda at: -_length(quads[at]))
        crops = (cut_out(image, quads[at]) for at in longest_first)
        read = dict(zip(longest_first, self._workers.map(self._upright, crops), strict=True))
        give_back_memory()
        return [read[at] for at in range(len(quads))]

    def score(self, crops: Iterable[Pixels]) -> float:
        """How well pictures of lines read by this engine's own model: its mean confidence."""
        read = list(self._workers.map(partial(Engine.recognise, self), crops))
        return sum(line.score for line in read) / max(1, len(read))

    def recognise(self, line: Pixels) -> RecognisedLine:
        """Recognise the picture of one line."""
        read: Any = self._recogniser.recognize_txt([np.ascontiguousarray(line)])
        text = _LITRES.sub("l", read.txts[0])
        return RecognisedLine(text.strip(), read.scores[0], _words(text, read.word_results[0]))

    def _upright(self, line: Pixels) -> RecognisedLine:
        """A line as it stands; a tall one may be written downwards, upwards, or be one letter."""
        height, width = line.shape[:2]
        if height < _TALL * width:
            return self.recognise(line)
        ways = (3, 1, 0) if height < _LETTER * width else (3, 1)
        read = [self.recognise(np.rot90(line, way))._replace(quarters=way) for way in ways]
        return max(read, key=_readable)


class _Sleeping(OrtInferSession):
    """A session whose threads sleep while they have nothing to do, where others spin.

    Beside other work a view of 588 x 840 pixels took 0.72 seconds of the processor and no longer
    by the clock to be searched for lines, for 1.15 with threads that spin; what was found was the
    same.
    """

    @staticmethod
    def _init_sess_opts(cfg: dict[str, Any]) -> SessionOptions:
        options = OrtInferSession._init_sess_opts(cfg)
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return options


class _Detector(RapidOCR):
    """RapidOCR's detector alone."""

    def boxes(self, image: Pixels) -> Quads:
        """The corners of the lines that it finds."""
        if self.text_det is None:
            self._let_sleep()
        try:
            _, found = self.detect_and_crop(image, {})
        except RapidOCRError:  # it found none
            return np.zeros((0, 4, 2), np.float32)
        return _from_upper_left(np.asarray(found.boxes, dtype=np.float32))

    def _let_sleep(self) -> None:
        """Have the model that will be loaded run in a session of ours."""
        detector = self.cfg.Det
        detector.engine_cfg = self.cfg.EngineConfig[detector.engine_type.value]
        detector.model_root_dir = self.cfg.Global.model_root_dir
        with flag_override(detector, "allow_objects", values=True):
            detector.session = _Sleeping(detector).session

    def crop_text_regions(self, img: Pixels, det_boxes: Quads) -> list[Pixels]:  # noqa: ARG002
        """No crops: they are cut out later, in the view's own pixels."""
        return []


def _from_upper_left(quads: Quads) -> Quads:
    """The corners so that the first side of each quad is the one that runs most to the right."""
    sides = np.roll(quads, -1, axis=1) - quads
    across = sides[..., 0] / np.maximum(np.linalg.norm(sides, axis=2), 1e-6)
    first = across.argmax(axis=1)[:, None] + np.arange(4)
    return np.take_along_axis(quads, (first % 4)[..., None], axis=1)


def cut_out(image: Pixels, quad: NDArray[np.float32]) -> Pixels:
    """The picture of one line, slanted or not."""
    size = max(1, int(_length(quad))), max(1, int(_length(np.roll(quad, -1, axis=0))))
    corners = np.array([(0, 0), (size[0], 0), size, (0, size[1])], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad, corners)
    cut = cv2.warpPerspective(
        image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut, dtype=np.uint8)


def _length(quad: NDArray[np.float32]) -> float:
    """The longer of a quad's first and third side."""
    ends = np.linalg.norm(quad[0] - quad[1]), np.linalg.norm(quad[2] - quad[3])
    return float(max(ends))


def _readable(read: RecognisedLine) -> tuple[bool, float]:
    """What is better read comes last; an I on its side is read surely, but as a dash."""
    return any(sign.isascii() and sign.isalnum() for sign in read.text), read.score


def _words(text: str, found: WordInfo) -> tuple[tuple[str, float, float], ...]:
    """RapidOCR's words with the shares of the line that they span.

    A recogniser says at which of its steps it saw each letter; a letter is as wide as the steps
    between letters, on the average of the line.
    """
    steps = found.line_txt_len
    if not found.word_cols or not steps:
        return ()
    widths = [(at[-1] - at[0]) / (len(at) - 1) for at in found.word_cols if len(at) > 1]
    half = (sum(widths) / len(widths) if widths else steps / len(text)) / 2
    spans = np.array([(at[0] + 0.5 - half, at[-1] + 0.5 + half) for at in found.word_cols])
    starts, ends = spans.clip(0, steps).T
    middles = (ends[:-1] + starts[1:]) / 2  # where words that overlap meet
    starts[1:], ends[:-1] = np.maximum(starts[1:], middles), np.minimum(ends[:-1], middles)
    words = ["".join(word) for word in found.words]
    words[-1] = text.rstrip()[-len(words[-1]) :]
    return tuple(zip(words, map(float, starts / steps), map(float, ends / steps), strict=True))
