"""A thin layer over fpdf2 with the few marks that the forms are made of."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF

_POINT = 25.4 / 72
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


class Sheet:
    """One A4 page on which text, tables and boxes are placed in millimetres."""

    def __init__(self, *, family: str = "Helvetica", title: str = "") -> None:
        """Opens an empty page that is set in one of the PDF core fonts."""
        self.pdf = FPDF(format="A4", unit="mm")
        self.pdf.set_creation_date(_EPOCH)
        self.pdf.set_title(title)
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.add_page()
        self.family = family

    def put(  # noqa: PLR0913
        self,
        text: str,
        *,
        x: float,
        y: float,
        size: float = 10,
        style: str = "",
        align: str = "L",
        width: float = 0,
        shade: int = 0,
        family: str = "",
    ) -> float:
        """Writes one line with its top at `y` and gives the top of the line below."""
        self._font(size=size, style=style, shade=shade, family=family)
        offset = {"L": 0.0, "C": 0.5, "R": 1.0}[align] * (width - self.pdf.get_string_width(text))
        self.pdf.text(x + (offset if width else 0.0), y + size * _POINT * 0.8, text)
        return y + size * _POINT * 1.3

    def paragraph(  # noqa: PLR0913
        self,
        text: str,
        *,
        x: float,
        y: float,
        width: float,
        size: float = 9,
        style: str = "",
        leading: float = 1.3,
        shade: int = 0,
    ) -> float:
        """Writes wrapped text in a column and gives the height below it."""
        self._font(size=size, style=style, shade=shade)
        self.pdf.set_xy(x, y)
        self.pdf.multi_cell(width, size * _POINT * leading, text, align="L")
        return float(self.pdf.get_y())

    def lines(
        self,
        texts: Sequence[str],
        *,
        x: float,
        y: float,
        size: float = 10,
        style: str = "",
    ) -> float:
        """Writes lines below each other, such as an address block."""
        for text in texts:
            y = self.put(text, x=x, y=y, size=size, style=style)
        return y

    def beside(  # noqa: PLR0913
        self,
        label: str,
        value: str,
        *,
        x: float,
        y: float,
        gap: float = 35,
        size: float = 9.5,
        bold: bool = False,
    ) -> float:
        """Writes a label with its value to the right of it."""
        self.put(label, x=x, y=y, size=size, style="B" if bold else "")
        return self.put(value, x=x + gap, y=y, size=size) + 0.8

    def below(
        self,
        label: str,
        value: str,
        *,
        x: float,
        y: float,
        size: float = 10,
    ) -> float:
        """Writes a small label with its value under it."""
        top = self.put(label, x=x, y=y, size=6.5, shade=90)
        return self.put(value, x=x, y=top + 0.4, size=size) + 1.2

    def field(  # noqa: PLR0913
        self,
        label: str,
        value: str,
        *,
        x: float,
        y: float,
        width: float,
        height: float = 11,
    ) -> float:
        """Draws a box of a form: the label in its corner, the value in it."""
        self.box(x=x, y=y, width=width, height=height)
        self.put(label, x=x + 1.2, y=y + 1, size=6.5, shade=70)
        self.put(value, x=x + 2, y=y + height - 5.4, size=10, family="Courier")
        return y + height

    def table(  # noqa: PLR0913
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        x: float,
        y: float,
        widths: Sequence[float],
        align: str = "",
        size: float = 9,
        ruled: bool = False,
        height: float = 6,
    ) -> float:
        """Draws a header row and the rows; `align` has a letter for each column."""
        total, aligns = sum(widths), align or "L" * len(widths)
        self.box(x=x, y=y, width=total, height=height, fill=225, border=ruled)
        for number, row in enumerate([header, *rows]):
            left = x
            for cell, width, side in zip(row, widths, aligns, strict=True):
                self.put(
                    cell,
                    x=left + 1.8,
                    y=y + (height - size * _POINT) / 2,
                    size=size,
                    style="" if number else "B",
                    align=side,
                    width=width - 3.6,
                )
                if ruled:
                    self.box(x=left, y=y, width=width, height=height)
                left += width
            y += height
            if not ruled:
                self.rule(x=x, y=y, width=total)
        return y

    def box(  # noqa: PLR0913
        self,
        *,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: int | None = None,
        border: bool = True,
    ) -> None:
        """Draws a rectangle, filled with a grey where one is given."""
        self.pdf.set_line_width(0.2)
        if fill is not None:
            self.pdf.set_fill_color(fill)
        style = ("D" if border else "") + ("" if fill is None else "F")
        if style:
            self.pdf.rect(x, y, width, height, style=style)

    def rule(self, *, x: float, y: float, width: float, weight: float = 0.15) -> None:
        """Draws a horizontal line."""
        self.pdf.set_line_width(weight)
        self.pdf.line(x, y, x + width, y)

    def to_bytes(self) -> bytes:
        """Closes the page and gives the PDF."""
        return bytes(self.pdf.output())

    def _font(self, *, size: float, style: str = "", shade: int = 0, family: str = "") -> None:
        self.pdf.set_font(family or self.family, style=style, size=size)
        self.pdf.set_text_color(shade)
