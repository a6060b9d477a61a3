"""Lines of text out of a PDF's text layer, in the shape in which the reader gives them.

Reading 580 pages takes hours; their text layers take seconds and differ by little but misread
letters.
"""

from collections.abc import Iterable, Sequence

import pypdfium2
import pypdfium2.raw as pdfium

from ergo_agent.layout.text import Box, TextLine, Word

__all__ = ["lines_of_page"]

_VIEW_AREA = 1280 * 28 * 28
"""Pixels of the coarse view that the lines are scaled to."""
_CELL_GAP = 1.1
"""Type heights between two words from which they are separate detections."""


def lines_of_page(page: pypdfium2.PdfPage) -> tuple[TextLine, ...]:
    """The lines of a page, top to bottom, in pixels of a coarse view of 1280 vision tokens."""
    scale = (_VIEW_AREA / (page.get_width() * page.get_height())) ** 0.5
    groups = (group for row in _rows(_words(page, scale)) for group in _groups(row))
    lines = [_line(group) for group in groups]
    return tuple(sorted(lines, key=lambda line: (line.box.top, line.box.left)))


class _Letters:
    """A word that is being put together letter by letter."""

    def __init__(self) -> None:
        self.text = ""
        self.boxes: list[Box] = []

    def continues(self, box: Box) -> bool:
        """Whether a letter stands on the same line, right of the last one."""
        if not self.boxes:
            return True
        last = self.boxes[-1]
        return abs(last.middle - box.middle) < 0.6 * box.height + 1 and box.left > last.left - 3

    def word(self) -> tuple[str, Box]:
        """The text with its box."""
        return self.text, Box.around(self.boxes)


def _words(page: pypdfium2.PdfPage, scale: float) -> list[tuple[str, Box]]:
    text_page, height = page.get_textpage(), page.get_height()
    words, current = [], _Letters()
    for at in range(text_page.count_chars()):
        letter = chr(pdfium.FPDFText_GetUnicode(text_page, at) or 0x20)
        left, bottom, right, top = text_page.get_charbox(at, loose=True)
        box = Box(left * scale, (height - top) * scale, right * scale, (height - bottom) * scale)
        blank = letter.isspace() or not letter.isprintable()
        if current.text and (blank or not current.continues(box)):
            words.append(current.word())
            current = _Letters()
        if not blank:
            current.text += letter
            current.boxes.append(box)
    return [*words, current.word()] if current.text else words


def _rows(words: Iterable[tuple[str, Box]]) -> list[list[tuple[str, Box]]]:
    """Words that stand on one line, left to right."""
    rows: list[list[tuple[str, Box]]] = []
    for word in sorted(words, key=lambda word: word[1].middle):
        box = word[1]
        for row in reversed(rows[-6:]):
            first = row[0][1]
            if abs(first.middle - box.middle) < 0.45 * min(first.height, box.height):
                row.append(word)
                break
        else:
            rows.append([word])
    return [sorted(row, key=lambda word: word[1].left) for row in rows]


def _groups(row: Sequence[tuple[str, Box]]) -> list[list[tuple[str, Box]]]:
    """A row cut at the gaps between cells."""
    groups: list[list[tuple[str, Box]]] = []
    for word in row:
        if groups and word[1].left - groups[-1][-1][1].right <= _CELL_GAP * word[1].height:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _line(words: Sequence[tuple[str, Box]]) -> TextLine:
    return TextLine(
        text=" ".join(text for text, _ in words),
        box=Box.around(box for _, box in words),
        score=1.0,
        words=tuple(Word(text, box.left, box.right) for text, box in words),
    )
