"""Key-value pairs: a label with its value after a colon, to its right, or below it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ergo_agent.layout.neighbours import Neighbours
from ergo_agent.layout.paragraphs import Paragraph
from ergo_agent.layout.text import Box, TextLine

__all__ = ["Pair", "pairs_of"]

Place = Literal["inline", "right", "below", "hanging"]

_COLON = r":(?!\s*//)(?:(?<!\d:)|(?!\d))"
"""A colon that is part of neither a web address nor a time of day."""
_INLINE = re.compile(rf"^(?P<label>[^:]{{2,48}}?)\s*(?:{_COLON}|\.{{3,}}|…)\s*(?P<value>\S.*)$")
_LABEL_WORDS = 7
_BLOCK_LINES = 6
"""Lines of an address or another block below or beside a label."""


@dataclass(frozen=True)
class Pair:
    """A label and the value that belongs to it."""

    label: TextLine
    value: tuple[TextLine, ...]
    place: Place
    """Where the value stands: after a colon, right of or below the label, or below and indented."""

    @property
    def text(self) -> str:
        """The value's lines as running text."""
        return " ".join(line.text for line in self.value)


def pairs_of(
    fragments: Sequence[TextLine],
    paragraphs: Sequence[Paragraph],
    headers: frozenset[TextLine],
) -> list[Pair]:
    """Every reading of the page as labels and values; which one is meant, the question decides.

    Args:
        fragments: All pieces of text of the page.
        paragraphs: The same as paragraphs, for values that are whole paragraphs.
        headers: The pieces that stand in tables with a header row, which tell more as cells.
    """
    beside = Neighbours(fragments)
    inside = frozenset(line for paragraph in paragraphs for line in paragraph.lines[1:])
    pairs: list[Pair] = []
    for fragment in fragments:
        pairs += _inline(fragment, beside)
        if _may_be_label(fragment) and fragment not in headers:
            pairs += [pair for pair in _right(fragment, beside) if pair.value[0] not in inside]
            pairs += _below(fragment, beside)
    return pairs + _hanging(paragraphs)


def _inline(fragment: TextLine, beside: Neighbours) -> list[Pair]:
    """The label and value of `Label: value` inside one line."""
    return [
        Pair(label, (value, *_continued(value, beside)), "inline")
        for label, value in _halves(fragment)
    ]


def _halves(line: TextLine) -> Iterator[tuple[TextLine, TextLine]]:
    """What stands before and after the colon of a line that has one."""
    match = _INLINE.match(line.text)
    if match and len(match["label"].split()) <= _LABEL_WORDS:
        value = _part(line, match.start("value"), len(line.text))
        yield _part(line, 0, match.end("label")), value


def _right(label: TextLine, beside: Neighbours) -> list[Pair]:
    """The value beside a label, unless that is a label itself with its own value nearer to it."""
    value = beside.right(label)
    if value is None or (len(label.text) > 30 and len(value.text) > 30):
        return []
    own = beside.right(value)
    if own and _may_be_label(value) and _gap(value, own) < _gap(label, value):
        return []
    return [Pair(label, (value, *_continued(value, beside)), "right")]


def _gap(first: TextLine, second: TextLine) -> float:
    return second.box.left - first.box.right


def _below(label: TextLine, beside: Neighbours) -> list[Pair]:
    """The value under a label, unless both begin rows of one list of labels and values."""
    value = beside.below(label)
    if value is None:
        return []
    right, value_right = beside.right(label), beside.right(value)
    two_columns = right is not None and beside.right(right) is None and beside.left(label) is None
    if two_columns and right and value_right and beside.aligned(right, value_right):
        return []
    return [Pair(label, (value, *_continued(value, beside)), "below")]


def _hanging(paragraphs: Sequence[Paragraph]) -> list[Pair]:
    """Terms of a definition list: a short line, and indented text below it."""
    found = []
    for paragraph in paragraphs:
        term = paragraph.lines[0]
        if len(paragraph.lines) > 1:
            for label, value in _halves(term):
                found.append(Pair(label, (value, *paragraph.lines[1:]), "hanging"))
        body = _indented_rest(paragraph)
        if body:
            found.append(Pair(term, body, "hanging"))
        if len(paragraph.lines) > 2 or len(paragraph.text) > 80:
            continue
        last = paragraph.lines[-1]
        for other in paragraphs:
            indent = other.box.left - term.box.left
            gap = other.box.top - last.box.bottom
            near = -0.5 * last.height < gap < 1.6 * last.height
            if near and 0.8 * term.height < indent < 12 * term.height and len(other.text) > 25:
                found.append(Pair(term, other.lines, "hanging"))
    return found


def _indented_rest(paragraph: Paragraph) -> tuple[TextLine, ...]:
    """The lines after a first line that stands out to the left of all others."""
    first, *rest = paragraph.lines
    if not rest or len(first.text) > 60:
        return ()
    out = min(line.box.left for line in rest) - first.box.left
    return tuple(rest) if out > 1.2 * first.height else ()


def _part(line: TextLine, start: int, end: int) -> TextLine:
    """Part of a line, with the box of its words."""
    text, position, words = line.text, 0, []
    for word in line.words:
        found = text.find(word.text, position)
        if found < 0:
            continue
        position = found + len(word.text)
        if found < end and position > start:
            words.append(word)
    left = words[0].left if words else line.box.left
    right = words[-1].right if words else line.box.right
    box = Box(left, line.box.top, max(right, left + 1), line.box.bottom)
    return replace(line, text=text[start:end].strip(), box=box, words=tuple(words))


def _may_be_label(line: TextLine) -> bool:
    """Whether a fragment is short and wordy enough to name a value."""
    letters = sum(char.isalpha() for char in line.text)
    return len(line.text.split()) <= _LABEL_WORDS and letters >= 2 and letters > len(line.text) / 3


def _continued(value: TextLine, beside: Neighbours) -> tuple[TextLine, ...]:
    """The lines that continue a value downwards, as those of an address do."""
    block: list[TextLine] = []
    last = value
    while len(block) < _BLOCK_LINES:
        following = beside.directly_below(last)
        if following is None or _INLINE.match(following.text):
            break
        if beside.left(following) is not None or beside.right(following) is not None:
            break
        last = following
        block.append(last)
    return tuple(block)
