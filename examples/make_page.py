"""Draw the page that comes with the example: an A4 service sheet at 300 dots per inch.

Run `python examples/make_page.py` to write `page.png` beside this file again. It needs fpdf2.
"""

import sys
from pathlib import Path

import pypdfium2
from PIL import Image

try:
    from fpdf import FPDF
except ImportError:
    sys.exit("error: this example draws with fpdf2: pip install fpdf2")

PAGE = Path(__file__).with_name("page.png")
_SCALE = 300 / 72
_FACTS = [
    ("Invoice number", "TL-20418"),
    ("Invoice date", "14 March 2026"),
    ("Due date", "13 April 2026"),
    ("Customer number", "C-7731"),
]
_ITEMS = [
    ("Espresso machine, two groups", "1", "2,480.00", "2,480.00"),
    ("Coffee grinder, conical burrs", "2", "415.50", "831.00"),
    ("Water filter cartridge", "6", "38.90", "233.40"),
    ("Installation and training", "1", "290.00", "290.00"),
]
_TOTALS = [("Subtotal", "3,834.40"), ("VAT 19 %", "728.54"), ("Total due (EUR)", "4,562.94")]
_TERMS = (
    "Warranty period: 24 months from delivery. The warranty covers parts and labour; seals and "
    "water filters are wearing parts and are not covered. Descale every 400 brewing cycles. "
    "Goods remain our property until they are paid for in full. Complaints about damage in transit "
    "must reach us within 5 working days. Support: help@tamarlane.example, Monday to Friday, "
    "8:30 to 17:00. Registered in Port Ellery under HRB 55120. Managing director: Ines Okafor-Lind."
)


def main() -> None:
    """Write the page."""
    draw_page().save(PAGE, optimize=True, dpi=(300, 300))


def draw_page() -> Image.Image:
    """The page as a grey image of 2480 x 3507 pixels."""
    with pypdfium2.PdfDocument(_pdf()) as pdf:
        drawn: Image.Image = pdf[0].render(scale=_SCALE, grayscale=True).to_pil()
    return drawn.quantize(16)


def _pdf() -> bytes:
    pdf = FPDF(format="A4")
    pdf.set_margin(20)
    pdf.add_page()
    _head(pdf)
    _table(pdf)
    pdf.ln(12)
    pdf.set_font("Helvetica", "B", 11)
    pdf.cell(0, 7, "First steps", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=10)
    pdf.multi_cell(
        0,
        5,
        "Fill the tank before the machine is switched on for the first time. The boiler needs "
        "12 minutes to reach its working temperature of 118 \N{DEGREE SIGN}C. Run one litre of "
        "water through each group before the first cup is served.",
    )
    pdf.set_xy(20, 262)
    pdf.set_font("Times", size=6.5)
    pdf.multi_cell(0, 2.9, _TERMS)
    return bytes(pdf.output())


def _head(pdf: FPDF) -> None:
    """The sender, the customer, and the facts of the invoice."""
    pdf.set_font("Helvetica", "B", 20)
    pdf.cell(0, 10, "Tamarlane Coffee Machines", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("Helvetica", size=9)
    pdf.cell(0, 5, "48 Quarry Lane, Port Ellery E4 7QT", new_x="LMARGIN", new_y="NEXT")
    pdf.line(20, 38, 190, 38)
    pdf.set_xy(20, 50)
    pdf.set_font("Helvetica", size=10)
    for line in ("Cafe Meridian", "Jonas Abara", "7 Station Road", "Lower Wick LW2 9AB"):
        pdf.cell(80, 5.5, line, new_x="LMARGIN", new_y="NEXT")
    for row, (label, value) in enumerate(_FACTS):
        pdf.set_xy(120, 50 + 6 * row)
        pdf.set_font("Helvetica", size=10)
        pdf.cell(38, 5.5, label)
        pdf.cell(32, 5.5, value, align="R")


def _table(pdf: FPDF) -> None:
    """The items with their prices, and the totals."""
    widths = (85, 20, 32, 33)
    pdf.set_xy(20, 92)
    pdf.set_font("Helvetica", "B", 10)
    for width, name in zip(widths, ("Item", "Quantity", "Unit price", "Amount"), strict=True):
        pdf.cell(width, 8, name, border="B", align="L" if width == widths[0] else "R")
    pdf.ln(9)
    pdf.set_font("Helvetica", size=10)
    for item in _ITEMS:
        for width, text in zip(widths, item, strict=True):
            pdf.cell(width, 7, text, align="L" if width == widths[0] else "R")
        pdf.ln(7)
    pdf.ln(3)
    for label, amount in _TOTALS:
        pdf.set_x(105)
        pdf.cell(52, 6.5, label)
        pdf.cell(33, 6.5, amount, align="R")
        pdf.ln(6.5)


if __name__ == "__main__":
    main()
