"""The faces of the measured pages: PDF's own, and open ones that small packages bring along."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF

__all__ = ["CALADEA", "COURIER", "HELVETICA", "LATO", "SERIF", "TIMES", "Face"]


@dataclass(frozen=True)
class Face:
    """A family of type, regular and bold."""

    name: str
    package: str = ""
    """The module whose folder `files` holds it; empty for PDF's own."""
    regular: str = ""
    bold: str = ""

    def choose(self, pdf: FPDF, *, size: float, bold: bool) -> None:
        """Makes it the current font, adding it to the document when it is first used."""
        style = "B" if bold else ""
        if self.package and f"{self.name.lower()}{style}" not in pdf.fonts:
            pdf.add_font(self.name, style=style, fname=self.file(bold=bold))
        pdf.set_font(self.name, style=style, size=size)

    def file(self, *, bold: bool) -> Path:
        """The file of one cut.

        Raises:
            RuntimeError: the package is not installed.
        """
        spec = find_spec(self.package)
        if spec is None or not spec.origin:
            raise RuntimeError(
                f"{self.package.replace('_', '-')} is not installed, so {self.name} cannot be set: "
                "install the extra `bench`"
            )
        return Path(spec.origin).parent / "files" / (self.bold if bold else self.regular)


HELVETICA, TIMES, COURIER = Face("Helvetica"), Face("Times"), Face("Courier")
SERIF = Face(
    "SourceSerif", "font_source_serif_pro", "SourceSerifPro-Regular.ttf", "SourceSerifPro-Bold.ttf"
)
LATO = Face("Lato", "font_lato", "Lato-Regular.ttf", "Lato-Bold.ttf")
CALADEA = Face("Caladea", "font_caladea", "Caladea-Regular.ttf", "Caladea-Bold.ttf")
