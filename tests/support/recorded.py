"""Lines of text that the reader found on real pages, kept as JSON.

`python -m scripts.record_pages` writes the files. Layout and finder are tested on them without
reading the pages again, which takes seconds each.
"""

import json
from functools import cache
from pathlib import Path

from ergo_agent.layout.text import Box, TextLine, Word
from ergo_agent.views.geometry import Size

__all__ = ["PAGES", "lines_of", "record"]

FOLDER = Path(__file__).parents[1] / "policies" / "ocr" / "recorded"

PAGES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
"""The ids of the recorded pages, as the corpus has them."""


def record(page: str, lines: tuple[TextLine, ...], *, shown: Size) -> None:
    """Write the lines of a page, one to a row: text, box, score, and the words with their spans.

    Args:
        page: Its id in the corpus.
        lines: What the reader found, with boxes in the pixels of the view.
        shown: The size of the view.
    """
    rows = [
        [line.text, *map(round, line.box), line.score, [_packed(word) for word in line.words]]
        for line in lines
    ]
    body = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    head = json.dumps({"page": page, "shown": shown})[:-1]
    (FOLDER / f"{page}.json").write_text(f'{head}, "lines": [\n{body}\n]}}\n', "utf-8")


def _packed(word: Word) -> list[object]:
    return [word.text, round(word.left), round(word.right)]


@cache
def lines_of(page: str) -> tuple[TextLine, ...]:
    """The recorded lines of a page, as the reader gave them but for fractions of a pixel."""
    recorded = json.loads((FOLDER / f"{page}.json").read_text("utf-8"))
    return tuple(
        TextLine(text, Box(*map(float, box)), score, tuple(Word(*word) for word in words))
        for text, *box, score, words in recorded["lines"]
    )
