"""Everything on a page that could be an answer, each with what describes it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, TypeVar

from ergo_agent.layout.page import PageLayout
from ergo_agent.layout.paragraphs import Paragraph, Sentence
from ergo_agent.layout.sections import section_body
from ergo_agent.layout.text import Box, TextLine

__all__ = ["Unit", "units_of"]

_BEGINNING = 300
"""Letters of a longer text that are taken as an answer (200 and 450: as many right ones)."""
_AROUND, _KEY, _TEXT = 90, 120, 320
"""Letters of each part of a passage, as the model was trained with (`scripts/reader_model`)."""

_CELL, _TABLED = 40, 0.5
"""Letters below which a piece beside others is a cell, and the share of a text's first lines that
are cells from which it is no text."""
_BEFORE, _TITLE = 160, 4
"""Letters of the sentence before one that count as around it, and words of a title that runs into
its text."""
_FIRST = 8
"""Lines of a section that are looked at."""

Shape = Literal["pair", "cell", "row", "hanging", "sentence"]
_Part = TypeVar("_Part", TextLine, Sentence)


@dataclass(frozen=True)
class Unit:
    """A possible answer."""

    shape: Shape
    text: str
    """The answer, verbatim."""
    key: str
    """What names it: a label, a column and row header. Empty for sentences."""
    around: str
    """Its neighbourhood: the heading it stands under, the rest of the row."""
    lines: tuple[TextLine, ...]
    """Where it stands."""
    key_lines: tuple[TextLine, ...] = ()
    """Where its key stands."""
    header: str = ""
    """The column header of a cell, or those of a row's columns."""

    @property
    def passage(self) -> str:
        """The unit as the passage reader reads it: surroundings, key and text, each cut short.

        The model was trained on exactly this form; see `scripts/reader_model`.
        """
        around, key = _short(self.around, _AROUND), _short(self.key, _KEY)
        text = _short(self.text, _TEXT)
        return f"{around} | {key} : {text}" if key else f"{around} | {text}"

    def parted(self, start: int, end: int) -> bool:
        """Whether some characters of the passage belong to more than one of its parts."""
        around = len(_short(self.around, _AROUND))
        text = len(self.passage) - len(_short(self.text, _TEXT))
        return start < text < end or start < around + 2 < end


def _short(text: str, letters: int) -> str:
    return " ".join(text.split())[:letters]


def units_of(page: PageLayout) -> list[Unit]:
    """Every possible answer on a page, without doubles."""
    found: dict[tuple[str, str, str, float, float], Unit] = {}
    kinds = _pairs, _sections, _cells, _rows, _sentences
    for unit in (unit for kind in kinds for unit in kind(page)):
        if unit.text.strip():
            box = Box.around(line.box for line in (*unit.lines, *unit.key_lines))
            found.setdefault((unit.shape, unit.key, unit.text, box.left, box.top), unit)
    return list(found.values())


def _pairs(page: PageLayout) -> Iterator[Unit]:
    for pair in page.pairs:
        label, heading = pair.label.text.rstrip(" :.…"), page.heading_of(pair.label.box)
        if pair.place == "hanging":
            yield _hanging(label, heading, pair.value, (pair.label,))
        else:
            yield Unit("pair", pair.text, label, heading, pair.value, (pair.label,))


def _sections(page: PageLayout) -> Iterator[Unit]:
    """What stands under each heading, for questions that name the heading's subject."""
    tabled = _tabled(page)
    for heading in page.headings:
        body = section_body(heading, page.headings, page.paragraphs)
        lines = tuple(line for part in body for line in part.lines)
        if lines and not _is_tabled(lines[:_FIRST], tabled):
            yield _hanging(heading.title, "", lines, heading.lines)


def _hanging(
    key: str, around: str, lines: Sequence[TextLine], key_lines: tuple[TextLine, ...]
) -> Unit:
    """The beginning of a text that stands under a term or a heading."""
    kept = _beginning(lines)
    return Unit("hanging", Paragraph(kept).text, key, around, kept, key_lines)


def _beginning(parts: Sequence[_Part]) -> tuple[_Part, ...]:
    """As many lines or sentences of a text as make an answer, at least one."""
    ends = accumulate(len(part.text) + 1 for part in parts)
    return tuple(parts[: max(1, sum(end <= _BEGINNING + 1 for end in ends))])


def _cells(page: PageLayout) -> Iterator[Unit]:
    for table in page.tables:
        for row in table.rows:
            for cell in row:
                others = [other for other in row if other is not cell]
                label = f"{table.group_of(row)} {others[0].text if others else ''}".strip()
                heading = table.heading_of(cell)
                key = ", ".join(part for part in (label, heading) if part)
                rest = "; ".join(other.text for other in others)
                around = f"{rest} {page.heading_of(cell.lines[0].box)}".strip()
                beside = tuple(line for other in others for line in other.lines)
                header = table.header.get(cell.column)
                above = header.lines if header else ()
                place = (*beside, *above)
                yield Unit("cell", cell.text, key, around, cell.lines, place, header=heading)


def _rows(page: PageLayout) -> Iterator[Unit]:
    """Whole rows, for questions that give one cell and ask for another."""
    for table in page.tables:
        for row in table.rows:
            text = " ".join(cell.text for cell in row)
            lines = tuple(line for cell in row for line in cell.lines)
            names = " ".join(cell.text for cell in table.header.values())
            around = f"{names} {page.heading_of(lines[0].box)}".strip()
            yield Unit("row", text, "", around, lines, header=names)
    labels = {pair.label for pair in page.pairs if pair.place == "below"}
    heads = {line for table in page.tables for cell in table.header.values() for line in cell.lines}
    for line in page.rows:
        if len(line.cells) > 1 and not (set(line.cells) <= labels or set(line.cells) & heads):
            text = " ".join(cell.text for cell in line.cells)
            yield Unit("row", text, "", page.heading_of(line.box), line.cells)


def _sentences(page: PageLayout) -> Iterator[Unit]:
    tabled = _tabled(page)
    for paragraph in page.paragraphs:
        if _is_tabled(paragraph.lines, tabled):
            continue
        heading = page.heading_of(paragraph.box)
        sentences = paragraph.sentences()
        if len(sentences) > 1 and _is_title(sentences[0].text):
            yield _run_in(sentences, heading)
        for number, sentence in enumerate(sentences):
            near = sentences[number - 1].text[-_BEFORE:] if number else ""
            around = f"{heading} {near}".strip()
            yield Unit("sentence", sentence.text, "", around, sentence.lines)


def _tabled(page: PageLayout) -> set[TextLine]:
    """Short pieces in rows of several cells: as a column they make no sentence."""
    short = (row for row in page.rows if len(row.cells) > 1)
    return {cell for row in short for cell in row.cells if len(cell.text) < _CELL}


def _is_tabled(lines: Sequence[TextLine], tabled: set[TextLine]) -> bool:
    return sum(line in tabled for line in lines) > _TABLED * len(lines)


def _is_title(sentence: str) -> bool:
    """Whether a paragraph's first sentence names the rest of it, as in `2. Exclusions`."""
    words = re.sub(r"^\W*\w{1,2}[.)]\s*", "", sentence).split()
    return 0 < len(words) <= _TITLE and words[0][:1].isupper()


def _run_in(sentences: Sequence[Sentence], heading: str) -> Unit:
    """The rest of a paragraph whose first sentence names it."""
    title, *rest = sentences
    kept = _beginning(rest)
    text = " ".join(sentence.text for sentence in kept)
    lines = tuple(dict.fromkeys(line for sentence in kept for line in sentence.lines))
    return Unit("hanging", text, title.text.strip(" ."), heading, lines, title.lines)
