"""A reader of marks: a frozen reward model for scenes that needs no weights and a millisecond.

It looks at pixels and nothing else. It finds the grey fields in a crop, takes the one in the colour
that is asked for, and tells its hatch by its spectrum. What was shrunk until the hatch is gone it
cannot read either: then it says "not found", as a model would.
"""

import io
import re
from typing import Any, NamedTuple

import cv2
import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from numpy.typing import NDArray
from PIL import Image

from ergo_agent.dialects import ErgoDialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.images import image_bytes
from ergo_agent.training.scenes.marks import FIELD, MARKS, PERIOD, mark_image
from ergo_agent.training.scenes.panels import COLOURS

__all__ = ["MarkReader", "mark_reader", "read_mark"]

_SPREAD, _BRIGHTEST = 12, 222
"""Levels by which the channels of grey may differ, and below which it is no ground."""

_WINDOW = 32
"""Original pixels in the middle of a mark, eight periods, whose spectrum is looked at."""

_FAINTEST = 12.0
"""Levels that a hatch has to have left of the 30 to 52 that it has whole. Of crops shrunk by 1.5
all are read, of those shrunk by 2 half, of a page shrunk by 4 none: 280 of each were tried."""

_COLOUR = re.compile(rf"\b({'|'.join(COLOURS)})\b")
_BESIDE = re.compile(r"\b(right of|left of|above|below)\b")

_Pixels = NDArray[np.uint8]


class _Field(NamedTuple):
    box: tuple[int, int, int, int]
    """In crop pixels."""

    colour: str
    """Of what is around it."""

    away: float
    """Crop pixels from its middle to that of the crop."""


def mark_reader() -> Policy:
    """The reader as a policy, for a `RewardModel`."""
    return Policy(MarkReader(), ErgoDialect())


class MarkReader(BaseChatModel):
    """Answers which mark is in the last images it is sent."""

    model: str = "mark-reader"

    @property
    def _llm_type(self) -> str:
        return "mark-reader"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002  # of the interface
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        content = messages[-1].content
        blocks = [block for block in content if isinstance(block, dict)]
        shown = [image_bytes(block, to="the reader of marks") for block in blocks]
        images = [Image.open(io.BytesIO(data)).convert("RGB") for data in shown if data is not None]
        question = str(messages[-1].text)
        read = (read_mark(image, question) for image in images)
        mark = next((each for each in read if each is not None), None)
        found = "<answer></answer><not_found/>" if mark is None else f"<answer>{mark}</answer>"
        reply = AIMessage(f"<think></think>{found}")
        return ChatResult(generations=[ChatGeneration(message=reply)])


def read_mark(crop: Image.Image, question: str) -> str | None:
    """Which mark a crop shows of what is asked for; None where it shows none, or too small.

    Args:
        crop: RGB, at whatever size it is shown.
        question: Only its colours and its words for "beside" are understood: of fields in the
            colour asked for, or of others where a neighbour of that colour is asked for, the one
            nearest to the middle is read.
    """
    pixels = np.asarray(crop)
    asked = set(_COLOUR.findall(question))
    beside = _BESIDE.search(question) is not None
    fields = [field for field in _fields(pixels) if not asked or (field.colour in asked) != beside]
    if not fields:
        return None
    left, top, right, bottom = min(fields, key=lambda field: field.away).box
    alone = crop.crop((left, top, right, bottom)).convert("L")
    if alone.size != (FIELD, FIELD):
        alone = alone.resize((FIELD, FIELD), Image.Resampling.LANCZOS)
    return _named(_spectrum(alone))


def _fields(pixels: _Pixels) -> list[_Field]:
    """The grey fields of a crop that are about square."""
    levels = pixels.astype(np.int16)
    spread = levels.max(-1) - levels.min(-1)
    grey = ((spread <= _SPREAD) & (levels.max(-1) <= _BRIGHTEST)).astype(np.uint8)
    _, _, stats, middles = cv2.connectedComponentsWithStats(grey, connectivity=4)
    height, width = grey.shape
    found = []
    for (left, top, across, down, area), middle in zip(stats[1:], middles[1:], strict=True):
        square = min(across, down) > 0.9 * max(across, down) and area > 0.9 * across * down
        if square and min(across, down) >= PERIOD:
            box = (int(left), int(top), int(left + across), int(top + down))
            away = float(np.hypot(middle[0] - width / 2, middle[1] - height / 2))
            found.append(_Field(box, _around(pixels, box), away))
    return found


def _around(pixels: _Pixels, box: tuple[int, int, int, int]) -> str:
    """The colour of what is around a field, by a few pixels outside the middle of each side."""
    left, top, right, bottom = box
    out = max(2, (right - left) // 16)
    across, down = (left + right) // 2, (top + bottom) // 2
    places = [(down, left - out), (down, right + out), (top - out, across), (bottom + out, across)]
    height, width, _ = pixels.shape
    seen = [pixels[y, x] for y, x in places if 0 <= y < height and 0 <= x < width]
    if not seen:
        return ""
    colour = np.median(np.array(seen, np.int64), axis=0)
    return min(COLOURS, key=lambda name: float(np.abs(colour - COLOURS[name]).sum()))


def _spectrum(field: Image.Image) -> NDArray[np.float64]:
    """How strong each of the four directions of a hatch is, in levels: rows, bars and slants."""
    start = (FIELD - _WINDOW) // 2
    window = np.asarray(field, np.float64)[start : start + _WINDOW, start : start + _WINDOW]
    waves = np.abs(np.fft.fft2(window - window.mean())) / window.size
    one = _WINDOW // PERIOD
    return np.array([waves[one, 0], waves[0, one], waves[one, one], waves[one, -one]])


_WHOLE = {mark: _spectrum(mark_image(mark).convert("L")) for mark in MARKS}


def _named(spectrum: NDArray[np.float64]) -> str | None:
    """The mark whose spectrum is nearest in direction; None where hardly anything is left."""
    strength = float(np.linalg.norm(spectrum))
    if strength < _FAINTEST:
        return None
    return max(
        _WHOLE, key=lambda mark: float(_WHOLE[mark] @ spectrum) / np.linalg.norm(_WHOLE[mark])
    )
