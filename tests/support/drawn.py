"""Pages drawn for tests: what stands where is known, as lines of text and as pixels."""

import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from ergo_agent.layout.text import Box, TextLine, Word

__all__ = ["NAMES", "Sheet", "prose", "shaken"]

# fmt: off
NAMES = [
    "Ardenfold", "Bellweather", "Calder", "Dunmore", "Estavan", "Farrow", "Gillow",
    "Harbrook", "Inchmore", "Jessop", "Kestrel", "Larkspur", "Marlow", "Netherby", "Orrin",
    "Pellworth", "Quayle", "Rushmere", "Selwick", "Tamarlane", "Ulverton", "Vance",
    "Westgate", "Yarrow",
]
# fmt: on
"""Names of nobody, for labels and cells."""
_SENTENCES = (
    "The board met in the old hall and heard what the treasurer had to say about the past year.",
    "It agreed to buy a new shed for the tools, since the roof of the present one lets in water.",
    "Members who wish to keep bees are asked to speak to the keeper before the end of spring.",
    "A letter from the town about the path along the river was read out and talked over at length.",
    "The pond was cleaned in autumn, and the fish that had been lent to the school are back.",
    "Whoever borrows the large ladder brings it back on the same day and hangs it on its hooks.",
    "The next meeting is held in the library because the hall is painted during that week.",
    "Nobody spoke against the plan, though some would have liked a smaller and cheaper building.",
)


def prose(seed: int, sentences: int) -> str:
    """Running text."""
    chosen = random.Random(seed)  # no secret
    return " ".join(chosen.choice(_SENTENCES) for _ in range(sentences))


class Sheet:
    """A white page on which text is put, line by line."""

    def __init__(self, width: int, height: int) -> None:
        """An empty page.

        Args:
            width: In pixels.
            height: In pixels.
        """
        self.size = width, height
        self.lines: list[TextLine] = []
        """What a reader gives that makes no mistake."""
        self._rules: list[tuple[float, float, float, float]] = []

    def put(
        self, text: str, left: float, top: float, size: int = 16, *, align: str = "left"
    ) -> TextLine:
        """Put a line of text.

        Args:
            text: The line.
            left: Pixels from the left of the page to its left edge, centre or right edge.
            top: Pixels from the top of the page.
            size: Of the type, in pixels.
            align: Which of these `left` says: "left", "centre", "right".
        """
        font = ImageFont.load_default(size)
        width = font.getlength(text)
        left -= {"left": 0.0, "centre": width / 2, "right": width}[align]
        words, at = [], 0
        for word in text.split():
            at = text.index(word, at)
            start = left + font.getlength(text[:at])
            words.append(Word(word, start, start + font.getlength(word)))
            at += len(word)
        line = TextLine(text, Box(left, top, left + width, top + 1.15 * size), 0.99, tuple(words))
        self.lines.append(line)
        return line

    def write(self, text: str, left: float, top: float, width: float, size: int = 16) -> float:
        """Put running text into a column, and return where it ends.

        Args:
            text: The text.
            left: Left edge of the column in pixels.
            top: Where it begins.
            width: Of the column in pixels.
            size: Of the type, in pixels.
        """
        font = ImageFont.load_default(size)
        line = ""
        for word in [*text.split(), ""]:
            longer = f"{line} {word}".strip()
            if word and font.getlength(longer) <= width:
                line = longer
                continue
            self.put(line, left, top, size)
            top += 1.35 * size
            line = word
        return top

    def rule(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a line between two points, in pixels."""
        self._rules.append((left, top, right, bottom))

    def table(
        self,
        rows: Sequence[Sequence[str]],
        lefts: Sequence[float],
        top: float,
        *,
        pitch: float = 30,
        size: int = 16,
        align: str = "left",
    ) -> float:
        """Put rows of cells, an empty text being no cell, and return where they end.

        Args:
            rows: The cells.
            lefts: Where each column is aligned, in pixels.
            top: Where the first row begins.
            pitch: Pixels from row to row.
            size: Of the type, in pixels.
            align: How all columns but the first are aligned.
        """
        for number, row in enumerate(rows):
            for column, (cell, left) in enumerate(zip(row, lefts, strict=False)):
                if cell:
                    how = align if column else "left"
                    self.put(cell, left, top + number * pitch, size, align=how)
        return top + len(rows) * pitch

    def image(self, scale: float = 1.0) -> Image.Image:
        """The page as pixels, `scale` of them for each of its own."""
        width, height = self.size
        image = Image.new("RGB", (round(width * scale), round(height * scale)), "white")
        pen = ImageDraw.Draw(image)
        for line in self.lines:
            size = line.box.height / 1.15
            font = ImageFont.load_default(size * scale)
            place = line.box.left * scale, line.box.top * scale
            pen.text(place, line.text, fill="black", font=font)
        for rule in self._rules:
            pen.line([edge * scale for edge in rule], fill="black", width=max(1, round(scale)))
        return image


def shaken(sheet: Sheet, seed: int) -> list[TextLine]:
    """The lines of a page with the small errors of a detector, in any order."""
    chosen = random.Random(seed)  # no secret
    lines = []
    for line in sheet.lines:
        off = [chosen.uniform(-1.2, 1.2) for _ in range(4)]
        box = Box(*(edge + by for edge, by in zip(line.box, off, strict=True)))
        lines.append(TextLine(line.text, box, line.score, line.words))
    chosen.shuffle(lines)
    return lines
