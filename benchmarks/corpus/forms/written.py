"""Forms that were written out block by block, in `documents/written_forms.json`.

A block is an address, labelled fields, a table, a list or a text. How blocks are set (type,
margins, labels above or beside their values) follows from the form's name, so that every form looks
different and the same each time.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.corpus.forms.sheet import Sheet

__all__ = ["draw_written", "written_forms"]

_FILE = Path(__file__).parents[1] / "documents" / "written_forms.json"
_A4 = 210.0

Block = Mapping[str, Any]


@cache
def written_forms() -> Mapping[str, Mapping[str, Any]]:
    """The forms by name, each with a `title` and its `blocks`."""
    return {form["id"]: form for form in json.loads(_FILE.read_text("utf-8"))}


def draw_written(name: str) -> bytes:
    """Draws a form as PDF.

    Raises:
        KeyError: no form has this name.
    """
    form = written_forms()[name]
    style = _Style(Random(name))  # noqa: S311  # looks, not secrets
    style.title(form["title"])
    for block in form["blocks"]:
        style.block(block)
    return style.sheet.to_bytes()


class _Style:
    """One page with the look it was given, filled from top to bottom; lengths are millimetres."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.sheet = Sheet(family=random.choices(["Helvetica", "Times", "Courier"], [6, 4, 1])[0])
        self.size = random.choice([8, 8.5, 9, 10])
        self.margin = random.choice([14, 18, 22])
        self.width = _A4 - 2 * self.margin
        self.bottom = float(self.margin)

    def title(self, text: str) -> None:
        """Sets the title of the page."""
        self.bottom = self._text(text, size=self.size + self.random.choice([4, 6, 9])) + 3

    def block(self, block: Block) -> None:
        """Sets one block under what is there."""
        if block.get("heading"):
            self.bottom = self._text(block["heading"], size=self.size + self.random.choice([0, 1]))
        kinds: Mapping[str, Callable[[Block], None]] = {
            "address": self._address,
            "fields": self._fields,
            "list": self._list,
            "table": self._table,
            "text": self._prose,
        }
        kinds[block["type"]](block)
        self.bottom += self.size * self.random.choice([0.25, 0.4, 0.6])

    def _address(self, block: Block) -> None:
        left = self.margin if self.random.random() < 0.6 else self.margin + 0.55 * self.width
        self.bottom = self.sheet.lines(block["lines"], x=left, y=self.bottom, size=self.size)

    def _list(self, block: Block) -> None:
        for item in block["items"]:
            self.bottom = self._text(f"- {item}", style="")

    def _prose(self, block: Block) -> None:
        self.bottom = self._text(block["text"], style="")

    def _fields(self, block: Block) -> None:
        layout = block.get("layout") or self.random.choice(["colon", "columns", "above", "two"])
        columns = {"above": self.random.choice([2, 3]), "two": 2}.get(layout, 1)
        wide = self.width / columns
        gap = wide * (1 if layout in ("colon", "above") else self.random.choice([0.36, 0.45]))
        items = block["items"]
        for start in range(0, len(items), columns):
            bottoms = []
            for at, (label, value) in enumerate(items[start : start + columns]):
                left = self.margin + at * wide
                bottoms.append(self._field(label, value, x=left, wide=wide, gap=gap, layout=layout))
            self.bottom = max(bottoms)

    def _field(  # noqa: PLR0913
        self, label: str, value: str, *, x: float, wide: float, gap: float, layout: str
    ) -> float:
        if layout == "colon":
            return self._text(f"{label}: {value}", style="", x=x, width=wide)
        if layout == "above":
            top = self.sheet.put(label, x=x, y=self.bottom, size=self.size - 1.5, shade=90)
            return self._text(value, style="", x=x, y=top, width=wide - 3) + 1
        label_end = self._text(label, style="", x=x, width=gap - 2)
        return max(label_end, self._text(value, style="", x=x + gap, width=wide - gap - 3))

    def _table(self, block: Block) -> None:
        header, rows = block["columns"], [[str(cell) for cell in row] for row in block["rows"]]
        letters = [max(len(row[at]) for row in [header, *rows]) + 2 for at in range(len(header))]
        widths = [self.width * count / sum(letters) for count in letters]
        numeric = self.random.random() < 0.6
        align = "".join("R" if numeric and _is_number(cell) else "L" for cell in rows[0])
        size = min(self.size - 0.5, self.width / sum(letters) / 0.19)
        self.bottom = self.sheet.table(
            header, rows, x=self.margin, y=self.bottom + 1, widths=widths, align=align, size=size,
            ruled=self.random.random() < 0.33, height=size * 0.62,
        ) + 1  # fmt: skip

    def _text(  # noqa: PLR0913
        self,
        text: str,
        *,
        size: float | None = None,
        style: str = "B",
        x: float | None = None,
        y: float | None = None,
        width: float | None = None,
    ) -> float:
        return self.sheet.paragraph(
            text,
            x=self.margin if x is None else x,
            y=self.bottom if y is None else y,
            width=self.width if width is None else width,
            size=size or self.size,
            style=style,
        )


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace(",", "").replace(" ", "").strip("-%").isdigit()
