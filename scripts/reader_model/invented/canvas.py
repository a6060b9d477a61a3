"""A page on which text is set, as lines that a reader would give back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from ergo_agent.layout.text import Box, TextLine, Word
from scripts.reader_model.invented.noise import misread

__all__ = ["Canvas", "Printed"]

_LETTER = 0.48
"""Width of a letter in type heights."""


@dataclass(frozen=True)
class Printed:
    """A piece of text as it was read, and where."""

    text: str
    boxes: tuple[Box, ...]
    """One a line."""


@dataclass
class Canvas:
    """Collects the lines of a page; lengths are view pixels."""

    rng: Random
    rate: float = 0.0
    """Share of letters that are misread."""
    lines: list[TextLine] = field(default_factory=list)

    def width_of(self, text: str, size: float) -> float:
        """How wide a text is set."""
        return _LETTER * size * len(text)

    def put(self, text: str, x: float, y: float, size: float) -> Printed:
        """Set one line with its left top at (x, y)."""
        return self.join([text], x, y, size)[0]

    def put_right(self, text: str, right: float, y: float, size: float) -> Printed:
        """Set one line that ends at `right`."""
        return self.put(text, right - self.width_of(text, size), y, size)

    def join(self, parts: Sequence[str], x: float, y: float, size: float) -> list[Printed]:
        """Set several texts as one detected line, a blank apart."""
        read = [misread(part, self.rng, rate=self.rate) for part in parts]
        found, left = [], x
        for text in read:
            right = left + self.width_of(text, size)
            found.append(Printed(text, (Box(left, y, right, y + size),)))
            left = right + _LETTER * size
        text = " ".join(read)
        box = Box(x, y, x + self.width_of(text, size), y + size)
        self.lines.append(TextLine(text, box, 0.98, _words(text, box)))
        return found

    def paragraph(
        self, parts: Sequence[str], x: float, y: float, *, width: float, size: float
    ) -> tuple[list[Printed], float]:
        """Set parts one after the other as running text; gives them, and the bottom.

        Parts are parted by nothing: blanks and marks between them are part of them.
        """
        read = [_keeping_ends(part, self) for part in parts]
        words, start = [], 0
        for word in "".join(read).split(" "):
            words.append((start, word))
            start += len(word) + 1
        room = max(8, int(width / (_LETTER * size)))
        rows: list[tuple[int, str]] = []
        for start, word in words:
            if rows and len(rows[-1][1]) + 1 + len(word) <= room:
                rows[-1] = (rows[-1][0], f"{rows[-1][1]} {word}")
            else:
                rows.append((start, word))
        boxes = []
        for number, (_, text) in enumerate(rows):
            top = y + number * 1.3 * size
            box = Box(x, top, x + self.width_of(text, size), top + size)
            boxes.append(box)
            if text.strip():
                self.lines.append(TextLine(text, box, 0.98, _words(text, box)))
        found, at = [], 0
        for part in read:
            own = [
                box
                for box, (start, text) in zip(boxes, rows, strict=True)
                if start < at + len(part) and start + len(text) > at
            ]
            found.append(Printed(part.strip(), tuple(own)))
            at += len(part)
        return found, y + len(rows) * 1.3 * size


def _keeping_ends(part: str, canvas: Canvas) -> str:
    """A part misread, its outer blanks kept."""
    bare = part.strip(" ")
    if not bare:
        return part
    before, after = part.split(bare, 1)
    return f"{before}{misread(bare, canvas.rng, rate=canvas.rate)}{after}"


def _words(text: str, box: Box) -> tuple[Word, ...]:
    step = box.width / max(1, len(text))
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append(Word(word, box.left + at * step, box.left + (at + len(word)) * step))
        at += len(word)
    return tuple(words)
