"""Write the document that comes with the example: the manual of a coffee machine, twelve pages.

Run `python examples/make_manual.py` to write `manual.pdf` beside this file again. It needs fpdf2.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

try:
    from fpdf import FPDF
except ImportError:
    sys.exit("error: this example writes with fpdf2: pip install fpdf2")

MANUAL = Path(__file__).with_name("manual.pdf")
_CHAPTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Tamarlane E2: operating manual",
        (
            "This manual belongs to the espresso machine with two groups. Keep it beside the "
            "machine, and hand it on with it.",
            "Edition 4, October 2025. Written for machines with numbers from TL-E2-3000 on.",
        ),
    ),
    (
        "Safety",
        (
            "Children and people who were not shown how the machine works do not use it. Steam "
            "and water at the groups are hot enough to scald.",
            "Switch the machine off at the main switch before a cover is opened.",
        ),
    ),
    (
        "What is in the box",
        (
            "The machine, two portafilters with single and double baskets, a blind basket, a "
            "tamper of 58 millimetres, a hose for the drain, and a brush.",
        ),
    ),
    (
        "Where it stands",
        (
            "The counter has to carry 74 kilograms and be level. Leave 15 centimetres free behind "
            "the machine, so that the warm air can leave.",
        ),
    ),
    (
        "Water",
        (
            "The machine takes water from the mains at 2 to 4 bar. Water harder than 8 degrees "
            "goes through the filter cartridge first.",
            "A cartridge is good for 3,500 litres, or a year, whichever comes first.",
        ),
    ),
    (
        "Switching on for the first time",
        (
            "Open the tap, wait until the boiler is full, and only then turn the main switch to 2. "
            "The boiler needs 12 minutes to reach its working temperature.",
        ),
    ),
    (
        "Every day",
        (
            "Rinse each group for five seconds before the first cup. In the evening, wash the "
            "groups with the blind basket and a spoon of cleaner, ten times on and off.",
        ),
    ),
    (
        "Milk",
        (
            "Let steam out for a second before and after. Wipe the wand with a damp cloth at once: "
            "milk that has dried on it has to be soaked off.",
        ),
    ),
    (
        "Descaling",
        (
            "Descale after every 400 brewing cycles. Use the descaler with the number TL-90; "
            "vinegar attacks the seals.",
            "It takes 40 minutes, in which no coffee can be made.",
        ),
    ),
    (
        "When something is wrong",
        (
            "Code E1: the tank or the tap is closed. Code E4: the boiler is too hot; switch off, "
            "wait half an hour, and call the service if it comes again.",
        ),
    ),
    (
        "Guarantee",
        (
            "The guarantee lasts 24 months from the day of delivery, and covers parts and labour. "
            "Seals and water filters wear out, and are not covered.",
            "Repairs are made by the workshop in Port Ellery: help@tamarlane.example.",
        ),
    ),
    (
        "Figures",
        (
            "Power 3,300 watts at 230 volts. Boiler 11 litres. Height 52, width 71, depth 56 "
            "centimetres.",
        ),
    ),
)


def main() -> None:
    """Write the manual."""
    MANUAL.write_bytes(made_manual())


def made_manual() -> bytes:
    """The manual as a PDF with a text layer, A5; the same bytes every time."""
    pdf = FPDF(format=(148, 210))
    pdf.set_auto_page_break(auto=False)
    pdf.set_creation_date(datetime(2025, 10, 1, tzinfo=UTC))
    pdf.set_margin(18)
    for number, (title, paragraphs) in enumerate(_CHAPTERS, start=1):
        pdf.add_page()
        pdf.set_font("Helvetica", "B", 15)
        pdf.multi_cell(0, 9, title, new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Times", size=11)
        for paragraph in paragraphs:
            pdf.ln(3)
            pdf.multi_cell(0, 5.5, paragraph, new_x="LMARGIN", new_y="NEXT")
        pdf.set_xy(18, 190)
        pdf.set_font("Helvetica", size=8)
        pdf.cell(0, 5, f"Tamarlane Coffee Machines, page {number}")
    return bytes(pdf.output())


if __name__ == "__main__":
    main()
