"""Paragraphs: fragments that continue one another downwards, and the sentences in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ergo_agent.layout.fragments import Row
from ergo_agent.layout.text import Box, TextLine

__all__ = ["Paragraph", "Sentence", "paragraphs_of"]

_BULLET = re.compile(r"^(?:[•●▪◦·–—\-*o»]\s|\(?[0-9a-zA-Z]{1,2}[.)]\s)")
_NUMBERING = re.compile(r"^\d+(?:\.\d+)*\.?\s+[A-Z]")
_CELL = 40
"""Letters below which a piece beside others is taken for a cell."""
_TABULAR = 22
"""Letters a cell, on average, below which a row belongs to a table."""
_SECTION = re.compile(r"^(?:[A-Z]|\d{1,2})(?:\.\d{1,3})+\.?\s+\S")
"""The number of a section, with a point in it."""
_LABELLED = re.compile(r"^[A-Z][\w /\-]{1,30}:\s")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]?\s+(?=[\"'(\[]?[A-Z0-9•])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|etc|No|Nr|Fig|fig|Dr|Mr|Ms|Mrs|St|Sec|p|pp|Inc|Ltd|Co)\.|\b[A-Z]\.)$"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence of a paragraph, and the lines it runs over."""

    text: str
    lines: tuple[TextLine, ...]

    @property
    def box(self) -> Box:
        """The box around its lines."""
        return Box.around(line.box for line in self.lines)


@dataclass(frozen=True)
class Paragraph:
    """Lines that continue one another, top to bottom."""

    lines: tuple[TextLine, ...]

    @cached_property
    def box(self) -> Box:
        """The box around its lines."""
        return Box.around(line.box for line in self.lines)

    @cached_property
    def text(self) -> str:
        """Its lines as running text, words divided at line ends put together."""
        return _running(self.lines)[0]

    def sentences(self) -> list[Sentence]:
        """Its sentences in order; a paragraph without full stops is one sentence."""
        text, starts = _running(self.lines)
        found = []
        for begin, end in _spans(text):
            covered = tuple(
                line
                for line, start, stop in zip(
                    self.lines, starts, [*starts[1:], len(text)], strict=True
                )
                if start < end and stop > begin
            )
            found.append(Sentence(text[begin:end].strip(), covered or self.lines[:1]))
        return [sentence for sentence in found if sentence.text]


def paragraphs_of(fragments: Sequence[TextLine], rows: Sequence[Row]) -> list[Paragraph]:
    """Chain fragments that stand closely below one another into paragraphs.

    Short pieces side by side are cells: they do not continue each other downwards. The cells of a
    row of three or more continue nothing at all.
    """
    tabular = frozenset(cell for row in rows if _is_tabular(row) for cell in row.cells)
    cells = frozenset(
        cell for row in rows if len(row.cells) > 1 for cell in row.cells if len(cell.text) < _CELL
    )
    chains: list[list[TextLine]] = []
    for fragment in sorted(fragments, key=lambda line: (line.box.top, line.box.left)):
        open_chains = [
            chain
            for chain in chains
            if not {chain[-1], fragment} <= cells and tabular.isdisjoint([chain[-1], fragment])
        ]
        chain = _chain_above(open_chains, fragment)
        if chain is None:
            chains.append([fragment])
        else:
            chain.append(fragment)
    return [Paragraph(tuple(chain)) for chain in chains]


def _is_tabular(row: Row) -> bool:
    """Whether a row is one of a table, and not of three columns of text."""
    letters = [len(cell.text) for cell in row.cells]
    return len(letters) > 2 and sum(letters) / len(letters) < _TABULAR


def _chain_above(chains: Sequence[list[TextLine]], fragment: TextLine) -> list[TextLine] | None:
    """The chain that this fragment continues, if there is one."""
    if _BULLET.match(fragment.text):
        return None
    fitting = [chain for chain in chains if _continues(chain, fragment)]
    return min(fitting, key=lambda chain: _distance(chain[-1], fragment), default=None)


def _continues(chain: Sequence[TextLine], fragment: TextLine) -> bool:
    last = chain[-1]
    gap = fragment.box.top - last.box.bottom
    tall, small = max(last.height, fragment.height), min(last.height, fragment.height)
    if small < 0.62 * tall or not -0.5 * tall < gap < 0.85 * small:
        return False
    if len(chain) > 1 and gap > 0.45 * small + max(0.0, chain[1].box.top - chain[0].box.bottom):
        return False
    common = last.box.overlap_across(fragment.box)
    if common < 0.5 * min(last.box.width, fragment.box.width):
        return False
    return not _starts_afresh(chain, fragment)


def _starts_afresh(chain: Sequence[TextLine], fragment: TextLine) -> bool:
    """Whether the last line ended early and the fragment begins with a capital or a number."""
    widest = max(line.box.right for line in chain)
    last = chain[-1]
    short = last.box.right < widest - 0.2 * (widest - min(line.box.left for line in chain))
    indented = fragment.box.left > last.box.left + 1.2 * last.height and len(chain) > 1
    ended = last.text.rstrip()[-1:] in ".:;!?"
    if _is_title(last, fragment) or (ended and _is_title(fragment, last)):
        return True
    if (ended and _LABELLED.match(fragment.text)) or _SECTION.match(fragment.text):
        return True
    if len(chain) == 1 and _SECTION.match(last.text) and last.box.width < 0.85 * fragment.box.width:
        return True
    return ended and (short or indented) and not fragment.text[:1].islower()


def _is_title(line: TextLine, text: TextLine) -> bool:
    """Whether a short line without a stop could name a line of text next to it."""
    words = [word for word in line.text.split() if word[:1].isalpha()]
    capitals = sum(word[:1].isupper() or len(word) < 4 for word in words)
    return (
        line.box.width < 0.5 * text.box.width
        and text.text[:1].isupper()
        and 0 < len(words) <= 8
        and line.text.rstrip()[-1:] not in ".,;:-"
        and (line.text[:1].isupper() or _NUMBERING.match(line.text) is not None)
        and capitals >= 0.6 * len(words)
    )


def _distance(last: TextLine, fragment: TextLine) -> float:
    return abs(fragment.box.top - last.box.bottom) + 0.1 * abs(fragment.box.left - last.box.left)


def _running(lines: Sequence[TextLine]) -> tuple[str, list[int]]:
    """Running text, and where in it each line starts."""
    text, starts = "", []
    for line in lines:
        piece = line.text.strip()
        if text.endswith("-") and text[-2:-1].isalpha() and piece[:1].islower():
            text = text[:-1]
        elif text:
            text += " "
        starts.append(len(text))
        text += piece
    return text, starts


def _spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end."""
    spans, begin = [], 0
    for match in _SENTENCE_END.finditer(text):
        if _ABBREVIATION.search(text[begin : match.start()]):
            continue
        spans.append((begin, match.start() + 1))
        begin = match.end()
    spans.append((begin, len(text)))
    return spans
