"""Where an answer stands: the part of each line that its letters take up."""

from collections.abc import Sequence

from ergo_agent.layout.text import TextLine, Word

__all__ = ["place_of"]


def place_of(answer: str, lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """The lines that an answer stands on, each cut to the words of the answer.

    Blanks do not count, so that an answer is found across a line's end. All lines come back whole
    where it is not found, as when a hyphen was taken out of it.

    Args:
        answer: As it was read.
        lines: The lines that hold it, in reading order, boxes in pixels of the first view.
    """
    letters = [
        (letter, line, word)
        for line in lines
        for word in line.words or (Word(line.text, line.box.left, line.box.right),)
        for letter in word.text
        if not letter.isspace()
    ]
    bare = "".join(answer.split())
    start = "".join(letter for letter, _, _ in letters).find(bare)
    if start < 0 or not bare:
        return tuple(dict.fromkeys(lines))
    spans: dict[TextLine, list[Word]] = {}
    for _, line, word in letters[start : start + len(bare)]:
        spans.setdefault(line, []).append(word)
    return tuple(line.part(list(dict.fromkeys(words))) for line, words in spans.items())
