"""The lines of a page by its text layer, as they would be found in its views.

A layer says of each word where its letters have ink. The detector gives boxes as high as a line of
type is, whatever letters stand in it, and parts lines where they have wide gaps; the arrangement of
a page is understood from both, so both are made here. The shares of type are those of Helvetica,
Times and Courier, which differ by a twentieth.
"""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from ergo_agent.images.text_layers import LayerWord, TextLayer
from ergo_agent.layout.text import Box, TextLine, Word, grouped
from ergo_agent.views.geometry import ViewMap

__all__ = ["LayerPiece", "lines_shown", "pieces_of"]

_TALL, _LOW, _DEEP = 0.7, 0.49, 0.21
"""Of the type size: how high capitals, and letters without ascenders, stand above the line they are
written on, and how far descenders hang below it."""
_DESCENDING = frozenset("gjpqyQ,;()[]{}|/@$§_")
_SMALL = frozenset("acegmnopqrsuvwxyz,.:;-–—_~=+«»<>·•…*")
_ABOVE, _BELOW, _BESIDE = 0.92, 0.38, 0.24
"""Of the type size, by which a detector's box reaches above and below that line, and beyond the ink
on either side: medians of 496 lines of fourteen pages of the development documents, seen at 1,280
tokens."""
_GAP = 1.25
"""Of the type size, from which a gap parts a line. A heading and its number, one type size apart,
are seen as one line."""
_LEVEL = 0.3
"""Of the type size, up to which two pieces stand on one line."""
_TURNED = 1.5
"""Times its width from which the box of a word of three letters stands upright."""
_QUOTES = {"’": "'", "‘": "'", "“": '"', "”": '"', "\xad": "-"}
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_AS_READ = str.maketrans(_QUOTES | _LIGATURES)


class LayerPiece(NamedTuple):
    """Words that stand closely on one line, in original pixels of the page."""

    words: tuple[Word, ...]
    """As the reader writes them: plain quotation marks, no ligatures."""

    box: Box
    size: float
    """Of the type."""


def pieces_of(layer: TextLayer) -> list[LayerPiece] | None:
    """The lines of a page, parted at wide gaps.

    Args:
        layer: As it was read; words that nobody sees are left out.

    Returns:
        Pieces in original pixels; None where most of the page does not run from left to right.
    """
    seen = [[word for word in line if not word.hidden] for line in layer.lines]
    lines = [line for line in seen if line]
    lying = [line for line in lines if _runs_right(line)]
    if 2 * sum(map(len, lying)) <= sum(map(len, lines)):
        return None
    usual = median(size for line in lying for word in line if (size := _type_size([word])))
    parted = [part for line in lying for part in _parts(line, usual)]
    return list(_joined(_piece(part, usual) for part in parted))


def lines_shown(pieces: Sequence[LayerPiece], place: ViewMap) -> tuple[TextLine, ...]:
    """What of a page's lines a view shows, in its pixels.

    A line that leaves the view ends at its edge, with the words whose middle is seen.

    Args:
        pieces: Of the page.
        place: Where the view lies.
    """
    found = (_shown(piece, place) for piece in pieces)
    return tuple(line for line in found if line is not None)


def _shown(piece: LayerPiece, place: ViewMap) -> TextLine | None:
    window = Box(*map(float, place.region.as_tuple()))
    seen = (
        word for word in piece.words if window.left <= (word.left + word.right) / 2 < window.right
    )
    words = tuple(seen)
    if not words or not window.top <= piece.box.middle < window.bottom:
        return None
    text = " ".join(word.text for word in words)
    line = TextLine(text, piece.box.within(window), 1.0, words)
    return line.moved(-window.left, -window.top).scaled(*place.scale)


def _runs_right(line: Sequence[LayerWord]) -> bool:
    """Whether a line is read from left to right; a word that stands upright is not."""
    first, last = _ink(line[:1]), _ink(line[-1:])
    if len(line) > 1:
        return last.middle_across - first.middle_across > abs(last.middle - first.middle)
    return not (first.height > _TURNED * first.width and len(line[0].text) > 2)


def _ink(words: Sequence[LayerWord]) -> Box:
    """The box around the letters of some words."""
    return Box.around(Box(word.left, word.top, word.right, word.bottom) for word in words)


def _type_size(words: Sequence[LayerWord]) -> float:
    """The size of type by the height of its ink; 0 for signs that say nothing of it."""
    letters = "".join(word.text for word in words)
    if not any(letter.isalnum() for letter in letters):
        return 0.0
    return _ink(words).height / sum(_reach(letters))


def _reach(letters: str) -> tuple[float, float]:
    """How far letters stand above the line that they are written on, and hang below it."""
    above = _LOW if _SMALL.issuperset(letters) else _TALL
    return above, _DEEP if _DESCENDING.intersection(letters) else 0.0


def _parts(line: Sequence[LayerWord], usual: float) -> list[list[LayerWord]]:
    """A line, parted where it has a wide gap, goes back or leaves its height."""
    size = _type_size(line) or usual

    def goes_on(word: LayerWord, other: LayerWord) -> bool:
        level = abs(other.bottom - word.bottom) <= size
        return level and -size < other.left - word.right < _GAP * size

    return grouped(line, goes_on)


def _piece(words: Sequence[LayerWord], usual: float) -> LayerPiece:
    size = _type_size(words) or usual
    letters, ink = "".join(word.text for word in words), _ink(words)
    base = ink.bottom - _reach(letters)[1] * size
    if not any(letter.isalnum() for letter in letters):  # a dash hangs in the middle of its line
        base = ink.middle + _LOW / 2 * size
    box = Box(ink.left, base - _ABOVE * size, ink.right, base + _BELOW * size)
    box = box.padded(_BESIDE * size, 0)
    told = (Word(word.text.translate(_AS_READ), word.left, word.right) for word in words)
    return LayerPiece(tuple(told), box, size)


def _joined(pieces: Iterable[LayerPiece]) -> Iterator[LayerPiece]:
    """Pieces that stand closely side by side, as those of a word in bold and what follows it."""
    rows: list[list[LayerPiece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.box.bottom):
        row = next((row for row in reversed(rows[-4:]) if _level(row[0], piece)), None)
        if row is None:
            rows.append([piece])
        else:
            row.append(piece)
    for row in rows:
        for group in grouped(sorted(row, key=lambda piece: piece.box.left), _goes_on):
            words = tuple(word for piece in group for word in piece.words)
            box = Box.around(piece.box for piece in group)
            yield LayerPiece(words, box, max(piece.size for piece in group))


def _goes_on(piece: LayerPiece, other: LayerPiece) -> bool:
    gap = other.words[0].left - piece.words[-1].right
    return -other.size < gap < _GAP * other.size


def _level(one: LayerPiece, other: LayerPiece) -> bool:
    return abs(one.box.bottom - other.box.bottom) <= _LEVEL * min(one.size, other.size)
