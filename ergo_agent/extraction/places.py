"""Where a text stands on a page, found by what it says and not by what anybody claims."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ergo_agent.documents.page_text import PageText
from ergo_agent.extraction.habits import Habits
from ergo_agent.extraction.kinds import Kind
from ergo_agent.layout.page import understand
from ergo_agent.layout.text import Box, TextLine, Word

__all__ = ["Standing", "lines_of", "places_of_text", "places_of_value"]

_WORDS = 6
"""Words side by side that may be one value: `14 th of March 2026 ,`."""


class Standing(NamedTuple):
    """One place of a text."""

    text: str
    """As it stands there."""

    box: Box
    quote: str
    """The line or paragraph that it stands in."""


def lines_of(page: PageText) -> list[TextLine]:
    """The lines of a page's text with their words, which share a line by their letters.

    Boxes are in original pixels.
    """
    found = []
    for span in page.lines:
        box = Box(*map(float, span[1:]))
        step = box.width / max(1, len(span.text))
        words, at = [], 0
        for word in span.text.split():
            at = span.text.index(word, at)
            words.append(Word(word, box.left + at * step, box.left + (at + len(word)) * step))
            at += len(word)
        found.append(TextLine(span.text, box, 1.0, tuple(words)))
    return found


def places_of_text(text: str, lines: Sequence[TextLine]) -> list[Standing]:
    """Everywhere that a text stands, as whole words, blanks and case not counting.

    Args:
        text: What is looked for.
        lines: Of one page, with their words.
    """
    bare = "".join(text.casefold().split())
    if not any(letter.isalnum() for letter in bare):
        return []
    found = [each for line in lines for each in _in_run([line], bare)]
    if not found:  # over the ends of lines
        for paragraph in understand(lines).paragraphs:
            found += _in_run(paragraph.lines, bare)
    return found


def places_of_value(
    value: Any,  # noqa: ANN401  # of whatever type a field has
    kind: Kind,
    lines: Sequence[TextLine],
    habits: Habits,
) -> list[Standing]:
    """Everywhere that a value stands, however it is written there.

    Args:
        value: What is looked for.
        kind: Of its field: reads the page's words.
        lines: Of one page, with their words.
        habits: How the document writes.
    """
    found: list[Standing] = []
    for line in lines:
        taken: set[int] = set()
        for start, words in _groups(line.words):
            if not taken.isdisjoint(range(start, start + len(words))):
                continue
            said = " ".join(word.text for word in words)
            try:
                same = kind.read(said, habits) == value
            except ValueError:
                continue
            if same:
                taken.update(range(start, start + len(words)))
                found.append(Standing(said, _box(line, words), line.text))
    return found


def _groups(words: Sequence[Word]) -> Iterator[tuple[int, Sequence[Word]]]:
    """Words side by side, the fewest first."""
    for count in range(1, _WORDS + 1):
        for start in range(len(words) - count + 1):
            yield start, words[start : start + count]


def _in_run(lines: Sequence[TextLine], bare: str) -> Iterator[Standing]:
    """Each place of a text among the words of some lines in order."""
    letters = [
        (letter, line, word, at)
        for line in lines
        for word in line.words
        for at, letter in enumerate(word.text.casefold())
    ]
    run = "".join(letter for letter, *_ in letters)
    start = run.find(bare)
    while start >= 0:
        end = start + len(bare)
        if _is_whole(letters, start, end):
            spans: dict[TextLine, list[Word]] = {}
            for _, line, word, _ in letters[start:end]:
                spans.setdefault(line, []).append(word)
            box = Box.around(_box(line, words) for line, words in spans.items())
            said = " ".join(w.text for words in spans.values() for w in dict.fromkeys(words))
            yield Standing(said, box, " ".join(line.text for line in lines))
        start = run.find(bare, start + 1)


def _is_whole(letters: Sequence[tuple[str, TextLine, Word, int]], start: int, end: int) -> bool:
    """Whether neither end of a run cuts a word, or a number at one of its marks."""
    first, last = letters[start], letters[end - 1]
    before = "".join(each[0] for each in letters[start - min(2, first[3]) : start])
    beyond = letters[end : end + 2]
    after = "".join(each[0] for each in beyond if each[2] is last[2] and each[3] > last[3])
    return not (_goes_on(before[::-1], first[0]) or _goes_on(after, last[0]))


def _goes_on(beside: str, edge: str) -> bool:
    """Whether what stands beside the edge of a run, outwards, belongs to the same word."""
    if not beside:
        return False
    return beside[0].isalnum() or (
        beside[0] in ".,'’" and beside[1:].isdecimal() and edge.isdecimal()
    )


def _box(line: TextLine, words: Sequence[Word]) -> Box:
    left, right = min(word.left for word in words), max(word.right for word in words)
    return Box(left, line.box.top, right, line.box.bottom)
