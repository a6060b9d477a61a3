"""A document that is being drawn, which remembers where each field stands."""

from collections.abc import Iterable, Sequence

from benchmarks.corpus.layouts.faces import Face
from benchmarks.corpus.layouts.paper import Paper, Spot
from benchmarks.extraction.facts import Fact, Facts

__all__ = ["Draft", "Heads"]

Heads = Sequence[tuple[str, str, float, str]]
"""Of a table's columns: field, what stands above it, width in millimetres, alignment."""


class Draft:
    """Pages that are being filled; lengths are millimetres from the top left corner."""

    def __init__(
        self, facts: Facts, face: Face, *, width: float = 210, height: float = 297
    ) -> None:
        """Open the first page.

        Args:
            facts: What is to stand on it.
            face: Of all type.
            width: Of a page.
            height: Of a page.
        """
        self.facts = facts
        self.paper = Paper(face, width=width, height=height)
        self.page = 1
        self.spots: dict[str, tuple[int, Spot]] = {}
        """Where each field stands: its page, from 1, and its spot."""

    def turn(self) -> None:
        """Begin another page."""
        self.paper.pdf.add_page()
        self.page += 1

    def has(self, name: str) -> bool:
        """Whether the document has a field."""
        return name in self.facts.fields

    def value(self, name: str, x: float, y: float, size: float = 10, **how: object) -> Spot:
        """Write a field's value with its top at `y`."""
        return self.fact(name, self.facts.fields[name], x, y, size, **how)

    def fact(
        self, name: str, fact: Fact, x: float, y: float, size: float = 10, **how: object
    ) -> Spot:
        """Write a value, and note where it stands."""
        spot = self.paper.put(fact.text, x, y, size, **how)  # type: ignore[arg-type]
        self.spots[name] = self.page, spot
        return spot

    def pairs(  # noqa: PLR0913  # keyword-only
        self,
        labels: Iterable[tuple[str, str]],
        x: float,
        y: float,
        *,
        gap: float,
        step: float = 6,
        size: float = 10,
        align: str = "L",
        bold: str = "",
    ) -> float:
        """Labels with values beside them; those that the document lacks are left out.

        Args:
            labels: Fields and what they are called here.
            x: Left edge of the labels.
            y: Top of the first one.
            gap: From there to the values: to their left edge, or aligned "R" to their right one.
            step: From one to the next.
            size: Of the type.
            align: Of the values.
            bold: The field that is set bold.

        Returns:
            Where the next one would stand.
        """
        for name, label in labels:
            if self.has(name):
                self.paper.put(label, x, y, size, bold=name == bold)
                left, width = (x + gap, 0.0) if align == "L" else (x, gap)
                self.value(name, left, y, size, align=align, width=width, bold=name == bold)
                y += step
        return y

    def table(  # noqa: PLR0913  # keyword-only
        self,
        heads: Heads,
        x: float,
        y: float,
        *,
        path: str,
        size: float = 9,
        height: float = 6.5,
        ruled: bool = False,
        banded: bool = False,
        bottom: float = 265,
        again: bool = True,
    ) -> float:
        """The rows of the document, over as many pages as they need.

        Args:
            heads: The columns; a head of nothing at all leaves the header out.
            x: Left edge.
            y: Top.
            path: What the rows are called in the model.
            size: Of the type.
            height: Of a row.
            ruled: Whether each cell has a frame.
            banded: Whether every other row is shaded.
            bottom: Where a page is full.
            again: Whether the header stands on each page.

        Returns:
            Where the table ends.
        """
        widths = [width for _, _, width, _ in heads]
        align = "".join(side for *_, side in heads)
        named = [[head for _, head, _, _ in heads]] if any(head for _, head, _, _ in heads) else []
        left = list(enumerate(self.facts.rows))
        while left:
            most = int((bottom - y) / height) - 1
            now, left = left[:most], left[most:]
            cells = [*named, *([row[f].text for f, *_ in heads] for _, row in now)]
            spots = self.paper.grid(
                cells, x, y, widths, size, height=height, align=align, heads=len(named),
                ruled=ruled, banded=banded,
            )  # fmt: skip
            for at, (number, _) in enumerate(now):
                for column, (field, *_) in enumerate(heads):
                    spot = spots[at + len(named), column]
                    self.spots[f"{path}[{number}].{field}"] = self.page, spot
            y += height * len(cells)
            if left:
                self.turn()
                y, named = 20.0, named if again else []
        return y
