"""Reads the text of a view, each view once."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from PIL import Image

from ergo_agent.layout.text import Box, TextLine, Word
from ergo_agent.policies.ocr.turn import UPRIGHT, Turn

if TYPE_CHECKING:
    from ergo_agent.policies.ocr.engine import Engine, Pixels, Quads, RecognisedLine
    from ergo_agent.policies.ocr.quick_engine import QuickEngine

__all__ = ["Reading", "ViewReader", "reading_of"]

_Known = tuple[str, bool, Turn | None, float]
"""A view's digest, whether it was read quickly, and what was known of its page."""
_FOUND_TYPE = 27.0
"""Pixels of line height to which large type is reduced before it is looked for: forms at 300 dots
per inch, reduced to 0.67, gave the same words in a third of the time, and at 0.5 lost one in 80."""
_SMALLEST_SCALE = 0.5
"""Least scale of that, so that small print beside large type is found, too."""
_SMALLEST_SIDE = 32
"""Pixels; below this the detector's input would vanish."""


@dataclass(frozen=True)
class Reading:
    """The text of a view."""

    lines: tuple[TextLine, ...]
    """In the view's reading frame (`turn.py`)."""
    turn: Turn = UPRIGHT


class ViewReader:
    """Reads views and remembers what it read, by the content of the view.

    Any number of threads may share one: they read one after the other.
    """

    def __init__(self, *, remembered: int = 64) -> None:
        """Prepare; the models are loaded by the first read.

        Args:
            remembered: How many views' text is kept, the least recently used going first.
        """
        self._pages: LRUCache[_Known, Reading] = LRUCache(remembered)
        self._lock = threading.Lock()
        self._engines: tuple[Engine, QuickEngine] | None = None

    def read(
        self, image: Image.Image, *, key: str | None = None, quick: bool = False
    ) -> tuple[TextLine, ...]:
        """The lines of text of a view, as `look` reads them, with boxes in its pixels."""
        seen = self.look(image, key=key, quick=quick)
        if seen.turn == UPRIGHT:
            return seen.lines
        return tuple(
            replace(line, box=seen.turn.to_view(line.box, *image.size), words=())
            for line in seen.lines
        )

    def look(
        self,
        image: Image.Image,
        *,
        key: str | None = None,
        quick: bool = False,
        turn: Turn | None = None,
        type_height: float | None = None,
    ) -> Reading:
        """The lines of text of a view, top to bottom, in its reading frame.

        Args:
            image: The view, RGB.
            key: What identifies its content; computed from the pixels when left out.
            quick: Read it well enough to say where to look closer, in less time.
            turn: What brings it upright, as its page told; found from its lines when left out.
            type_height: How high its lines are, in its pixels, if that is known from its page: large
                type is found in a smaller picture, in less time.
        """
        digest = key or hashlib.sha256(image.tobytes()).hexdigest()
        scale = min(1.0, max(_SMALLEST_SCALE, _FOUND_TYPE / (type_height or _FOUND_TYPE)))
        with self._lock:
            known = (digest, quick and (digest, False, turn, scale) not in self._pages, turn, scale)
            if known not in self._pages:
                self._pages[known] = self._read(image, turn, scale, quick=quick)
            return self._pages[known]

    def recognise(self, image: Image.Image, box: Box) -> str:
        """What the pixels of one line say, which is known to stand in a box of a view."""
        left, top, right, bottom = UPRIGHT.to_view(box, *image.size)
        if right - left < 1 or bottom - top < 1:
            return ""
        with self._lock:
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            (line,) = self._engine(quick=False).read(
                _pixels(image), np.array([corners], dtype=np.float32)
            )
        return line.text

    def forget(self) -> None:
        """Forget every view, so that the next read is a first one."""
        with self._lock:
            self._pages.clear()

    def _read(self, image: Image.Image, turn: Turn | None, scale: float, *, quick: bool) -> Reading:
        """Detect and recognise; the caller holds the lock."""
        if min(image.size) < _SMALLEST_SIDE:
            return Reading((), turn or UPRIGHT)
        engine, pixels = self._engine(quick=quick), _pixels(image)
        if turn is None:
            return _read_any_way(engine, pixels)
        upright = turn.upright(pixels)
        quads = engine.find(upright, scale=scale)
        return reading_of(engine.read(upright, quads), quads, turn)

    def _engine(self, *, quick: bool) -> "Engine":
        """One of the engines, loaded when first used; the caller holds the lock."""
        if self._engines is None:
            self._engines = _load_engines()
        return self._engines[quick]


def _load_engines() -> "tuple[Engine, QuickEngine]":
    """The exact and the quick engine; imported late because it takes a second."""
    from ergo_agent.policies.ocr.engine import Engine  # noqa: PLC0415
    from ergo_agent.policies.ocr.quick_engine import QuickEngine  # noqa: PLC0415

    exact = Engine()
    return exact, QuickEngine(exact)


def _pixels(image: Image.Image) -> "Pixels":
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


def _read_any_way(engine: "Engine", pixels: "Pixels") -> Reading:
    """Read a view that may be turned; one that stands upright is found and read just once."""
    from ergo_agent.policies.ocr import direction  # noqa: PLC0415  # it needs the engine

    quads = engine.find(pixels)
    if direction.lie_down(quads):
        quarters, lines = direction.way_up(pixels, quads, engine, (1, 3)), []
    else:
        lines = engine.read(pixels, quads)
        upside = not direction.reads_well(lines)
        quarters = direction.way_up(pixels, quads, engine, (0, 2)) if upside else 0
    if quarters:
        pixels = Turn(quarters).upright(pixels)
        quads = engine.find(pixels)
        lines = engine.read(pixels, quads)
    return reading_of(lines, quads, Turn(quarters, direction.slant_of(quads)))


def reading_of(lines: "Sequence[RecognisedLine]", quads: "Quads", turn: Turn) -> Reading:
    """Lines in the reading frame.

    Args:
        lines: What was recognised; a line without text is left out.
        quads: Where each line is, in view pixels.
        turn: What brings the view upright.
    """
    corners = turn.level(quads)
    found = (_line(line, points) for line, points in zip(lines, corners, strict=True) if line.text)
    return Reading(tuple(found), turn)


def _line(read: "RecognisedLine", corners: NDArray[np.float32]) -> TextLine:
    """One detection as a `TextLine`."""
    left, top = map(float, corners.min(axis=0))
    right, bottom = map(float, corners.max(axis=0))
    box = Box(left, top, right, bottom)
    line = TextLine(read.text, box, read.score, turned=read.quarters != 0)
    if line.turned:
        return line
    words = (Word(word, left + a * box.width, left + b * box.width) for word, a, b in read.words)
    return replace(line, words=tuple(words))
