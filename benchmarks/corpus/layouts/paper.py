"""A page on which every word knows where it stands, so that questions about it know their place.

Lengths are millimetres from the top left corner; sizes of type are points.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fpdf import FPDF

from benchmarks.corpus.layouts.faces import Face
from benchmarks.corpus.model import Kind

__all__ = ["Asked", "Form", "Paper", "Run", "Spot"]

_POINT = 25.4 / 72
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_ASCENT, _DESCENT = 0.76, 0.24
"""Of the type size, above and below the base line; enough for every face used here."""

Spot = tuple[float, float, float, float]
"""Left, top, right, bottom in millimetres."""


@dataclass(frozen=True)
class Asked:
    """A question about a page with its answer and the place of the answer, one spot a line."""

    question: str
    gold: tuple[str, ...]
    wording: str
    kind: Kind
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class Form:
    """A page as PDF and what is asked about it."""

    pdf: bytes
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Run:
    """Wrapped text: its words with their spots, and the height below it."""

    words: tuple[tuple[str, Spot], ...]
    bottom: float

    def find(self, text: str) -> tuple[Spot, ...]:
        """Where a part of the text stands, one spot a line; punctuation at its end is left out.

        Raises:
            ValueError: the run has no such words.
        """
        wanted, said = text.split(), [word for word, _ in self.words]
        for start in range(len(said) - len(wanted) + 1):
            found = said[start : start + len(wanted)]
            if found[:-1] == wanted[:-1] and found[-1].rstrip(".,;:") == wanted[-1].rstrip(".,;:"):
                return _by_line([spot for _, spot in self.words[start : start + len(wanted)]])
        raise ValueError(f"{text!r} is not in {' '.join(said)!r}")


@dataclass
class Paper:
    """One page that is being filled; see the module."""

    face: Face
    width: float = 210
    height: float = 297
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Opens the page."""
        self.pdf = FPDF(unit="mm", format=(self.width, self.height))
        self.pdf.set_creation_date(_EPOCH)
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.add_page()

    def put(
        self,
        text: str,
        x: float,
        y: float,
        size: float = 10,
        *,
        bold: bool = False,
        align: str = "L",
        width: float = 0,
        shade: int = 0,
        face: Face | None = None,
    ) -> Spot:
        """Writes one line with its top at `y`; `align` places it in `width` (L, C or R)."""
        self._font(size, bold=bold, shade=shade, face=face)
        length = float(self.pdf.get_string_width(text))
        left = x + {"L": 0.0, "C": 0.5, "R": 1.0}[align] * (width - length if width else -length)
        base = y + size * _POINT * _ASCENT
        self.pdf.text(left, base, text)
        return (left, y, left + length, base + size * _POINT * _DESCENT)

    def upwards(
        self, text: str, x: float, y: float, size: float = 10, *, bold: bool = False
    ) -> Spot:
        """Writes a line that is read from bottom to top, its start at `y`, its left edge at `x`."""
        self._font(size, bold=bold)
        length = float(self.pdf.get_string_width(text))
        base = x + size * _POINT * _ASCENT
        with self.pdf.rotation(90, base, y):
            self.pdf.text(base, y, text)
        return (x, y - length, base + size * _POINT * _DESCENT, y)

    def wrap(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        size: float = 10,
        *,
        bold: bool = False,
        leading: float = 1.35,
        shade: int = 0,
        across: str = "",
    ) -> Run:
        """Writes wrapped text.

        With `across` it is set narrower, by up to 24 mm, so that this part of it takes two lines.
        """
        self._font(size, bold=bold, shade=shade)
        tried = (width - 0.8 * step for step in range(30 if across else 1))
        runs = [self._set(text, x, y, tried_width, size, leading) for tried_width in tried]
        run = next((run for run in runs if across and len(run.find(across)) == 2), runs[0])
        for word, (left, top, _, _) in run.words:
            self.pdf.text(left, top + size * _POINT * _ASCENT, word)
        return run

    def grid(
        self,
        rows: Sequence[Sequence[str]],
        x: float,
        y: float,
        widths: Sequence[float],
        size: float = 9,
        *,
        height: float = 6.5,
        align: str = "",
        heads: int = 1,
        ruled: bool = False,
        banded: bool = False,
    ) -> dict[tuple[int, int], Spot]:
        """Draws a table and gives the spot of each cell by row and column, both from 0."""
        spots, total = {}, sum(widths)
        for number, row in enumerate(rows):
            top, left = y + number * height, x
            if number < heads or (banded and number % 2):
                self.box(x, top, total, height, fill=222 if number < heads else 242, line=0)
            for at, (text, width) in enumerate(zip(row, widths, strict=True)):
                spots[number, at] = self.put(
                    text, left + 1.5, top + (height - size * _POINT) / 2, size,
                    bold=number < heads, align=(align or "L" * len(row))[at], width=width - 3,
                )  # fmt: skip
                if ruled:
                    self.box(left, top, width, height)
                left += width
            if not ruled and not banded:
                self.line(x, top + height, x + total, top + height)
        return spots

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: int | None = None,
        line: float = 0.2,
    ) -> None:
        """Draws a rectangle."""
        self.pdf.set_line_width(line or 0.2)
        self.pdf.set_draw_color(60)
        if fill is not None:
            self.pdf.set_fill_color(fill)
        style = ("D" if line else "") + ("" if fill is None else "F")
        self.pdf.rect(x, y, width, height, style=style)

    def line(
        self, left: float, top: float, right: float, bottom: float, *, weight: float = 0.15
    ) -> None:
        """Draws a line."""
        self.pdf.set_draw_color(60)
        self.pdf.set_line_width(weight)
        self.pdf.line(left, top, right, bottom)

    def ask(
        self,
        kind: Kind,
        wording: str,
        question: str,
        *gold: str,
        at: Sequence[Spot] | Spot = (),
    ) -> None:
        """Notes a question: in the page's words ("page"), in others ("paraphrase"), or neither."""
        spots = (at,) if at and isinstance(at[0], float | int) else tuple(at)
        self.asked.append(Asked(question, gold, wording, kind, spots))  # type: ignore[arg-type]

    def without(self, kind: Kind, question: str) -> None:
        """Notes a question that the page does not answer."""
        self.asked.append(Asked(question, (), "unanswerable", kind))

    def done(self) -> Form:
        """Closes the page."""
        return Form(bytes(self.pdf.output()), tuple(self.asked))

    def _font(
        self, size: float, *, bold: bool = False, shade: int = 0, face: Face | None = None
    ) -> None:
        (face or self.face).choose(self.pdf, size=size, bold=bold)
        self.pdf.set_text_color(shade)

    def _set(self, text: str, x: float, y: float, width: float, size: float, leading: float) -> Run:
        """Places words, without drawing them."""
        blank, left, top = float(self.pdf.get_string_width(" ")), x, y
        words = []
        for word in text.split():
            length = float(self.pdf.get_string_width(word))
            if left > x and left + length > x + width:
                left, top = x, top + size * _POINT * leading
            bottom = top + size * _POINT * (_ASCENT + _DESCENT)
            words.append((word, (left, top, left + length, bottom)))
            left += length + blank
        return Run(tuple(words), top + size * _POINT * leading)


def _by_line(spots: Sequence[Spot]) -> tuple[Spot, ...]:
    lines: dict[float, list[Spot]] = {}
    for spot in spots:
        lines.setdefault(spot[1], []).append(spot)
    return tuple((line[0][0], line[0][1], line[-1][2], line[0][3]) for line in lines.values())
