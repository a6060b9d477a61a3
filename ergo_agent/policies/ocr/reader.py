"""Reads the text of a view, each view once."""

import hashlib
import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import ArrayLike
from PIL import Image

from ergo_agent.policies.ocr.text import Box, TextLine, Word

if TYPE_CHECKING:
    from ergo_agent.policies.ocr.engine import Engine
    from ergo_agent.policies.ocr.quick_engine import QuickEngine

__all__ = ["ViewReader"]

_Parts = Sequence[tuple[str, float, Sequence[Sequence[float]] | None]] | None
"""The recogniser's words: text, confidence, corners."""

_SMALLEST_SIDE = 32
"""Pixels; below this the detector's input would vanish."""


class ViewReader:
    """Reads views and remembers what it read, by the content of the view."""

    def __init__(self, *, remembered: int = 64) -> None:
        """Prepare; the models are loaded by the first read.

        Args:
            remembered: How many views' text is kept, the least recently used going first.
        """
        self._pages: LRUCache[tuple[str, bool], tuple[TextLine, ...]] = LRUCache(remembered)
        self._lock = threading.Lock()
        self._engines: tuple[Engine, QuickEngine] | None = None

    def read(
        self, image: Image.Image, *, key: str | None = None, quick: bool = False
    ) -> tuple[TextLine, ...]:
        """The lines of text of a view, top to bottom, with boxes in its pixels.

        Args:
            image: The view, RGB.
            key: What identifies its content; computed from the pixels when left out.
            quick: Read it well enough to say where to look closer, in less time.
        """
        digest = key or hashlib.sha256(image.tobytes()).hexdigest()
        with self._lock:
            known = (digest, quick and (digest, False) not in self._pages)
            if known not in self._pages:
                self._pages[known] = self._read(image, quick=quick)
            return self._pages[known]

    def forget(self) -> None:
        """Forget every view, so that the next read is a first one."""
        with self._lock:
            self._pages.clear()

    def knows(self, key: str) -> bool:
        """Whether the view with this key was read before, quickly or not."""
        with self._lock:
            return any((key, quick) in self._pages for quick in (False, True))

    def _read(self, image: Image.Image, *, quick: bool) -> tuple[TextLine, ...]:
        """Detect and recognise; the caller holds the lock."""
        if min(image.size) < _SMALLEST_SIDE:
            return ()
        if self._engines is None:
            self._engines = _load_engines()
        pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]
        found: Any = self._engines[quick](np.ascontiguousarray(pixels))
        if found.txts is None:
            return ()
        words = found.word_results or ((),) * len(found.txts)
        lines = (
            _line(text, box, score, parts)
            for text, box, score, parts in zip(
                found.txts, found.boxes, found.scores, words, strict=False
            )
        )
        return tuple(line for line in lines if line.text)


def _load_engines() -> "tuple[Engine, QuickEngine]":
    """The exact and the quick engine; imported late because it takes a second."""
    from ergo_agent.policies.ocr.engine import Engine  # noqa: PLC0415
    from ergo_agent.policies.ocr.quick_engine import QuickEngine  # noqa: PLC0415

    exact = Engine()
    return exact, QuickEngine(exact)


def _line(text: str, corners: ArrayLike, score: float, parts: _Parts) -> TextLine:
    """One detection as a `TextLine`; slanted boxes become their upright bounds."""
    points = np.asarray(corners, dtype=float).reshape(-1, 2)
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    box = Box(float(left), float(top), float(right), float(bottom))
    return TextLine(_tidied(text.strip()), box, float(score), _words(text, box, parts))


_NO_ABBREVIATION = "".join(
    rf"(?<!\b{word})" for word in (r"e\.g", r"i\.e", "etc", "cf", "vs", "al")
)
_LONE_DOT = re.compile(rf"{_NO_ABBREVIATION}(?<=\S)\.\s(?=[a-z]\w*)")
_SPACED_DOT = re.compile(r"(?<=[\s(])\.\s(?=[a-z]\w{0,8}\b)")
_SPACED_AT = re.compile(r"(?<=\w)\s?@\s?(?=\w+\.)")


def _tidied(text: str) -> str:
    """Take out spaces that the recogniser sees in wide-set type: `a. h`, `x @y.org`.

    A full stop before a small letter does not end a sentence, so the space after it is none.
    """
    text = _SPACED_DOT.sub(".", text)
    text = _LONE_DOT.sub(".", text)
    return _SPACED_AT.sub("@", text)


def _words(text: str, box: Box, parts: _Parts) -> tuple[Word, ...]:
    """The words with their spans; spread evenly by letters where the recogniser gave none."""
    words = tuple(
        Word(str(word), float(min(x for x, _ in corners)), float(max(x for x, _ in corners)))
        for word, _, corners in (parts or ())
        if corners is not None and str(word).strip()
    )
    if "".join(word.text for word in words) == "".join(text.split()):
        return words
    return _spread(text, box)


def _spread(text: str, box: Box) -> tuple[Word, ...]:
    """Words placed in proportion to their letters."""
    step = box.width / max(1, len(text))
    words, start = [], 0
    for word in text.split():
        start = text.index(word, start)
        words.append(Word(word, box.left + start * step, box.left + (start + len(word)) * step))
        start += len(word)
    return tuple(words)
