"""Of the words that are too small to be read in a view, how many lie where to look closer."""

import math
from typing import NamedTuple

import pypdfium2
from PIL import Image

from benchmarks.corpus.model import Look
from benchmarks.corpus.pages import default_cache, draw_page, load_documents, load_pdf
from ergo_agent.evaluation.scoring.places import area
from ergo_agent.images import open_original
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.merge import ReadView, merged
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.policies.ocr.unread import unread_lines, unseen_marks
from ergo_agent.views.geometry import Region, Size
from scripts.reader_model.text_layer import lines_of_page

__all__ = ["Marks"]

_SCALE = 0.15
"""Shown pixels per original pixel: type of 8 points at 300 dots per inch is five pixels high."""


class _Seen(NamedTuple):
    """A page in a view that is too small for it."""

    view: Image.Image
    read: ReadView
    words: list[Box]
    """Where the words are that no line of the view holds, in view pixels."""


class Marks:
    """The clean pages of a split at 0.15 of their size."""

    def __init__(self, *, split: str = "development", every: int = 1) -> None:
        """Draw and read them."""
        reader = ViewReader()
        self._pages = []
        for document in load_documents(split)[::every]:
            if document.look != Look():
                continue
            original = open_original(draw_page(document).read_bytes())
            shown = Size(*(round(side * _SCALE) for side in original.size))
            view = original.shown(Region.whole(original.size), shown)
            lines = reader.look(view, quick=True).lines
            read = ReadView(lines, *view.size, Box(0, 0, *view.size), _SCALE)
            pdf, index = load_pdf(document, cache=default_cache())
            with pypdfium2.PdfDocument(pdf) as opened:
                printed = lines_of_page(opened[index])
                points = opened[index].get_width() * opened[index].get_height()
            scale = math.sqrt(view.width * view.height / points) / math.sqrt(1280 * 28**2 / points)
            words = [box for line in printed for box in _words(line, scale) if _is_free(box, lines)]
            self._pages.append(_Seen(view, read, words))

    def score(self) -> dict[str, float]:
        """Percent of the words not read in the parts to look at, of the pages' area, and parts."""
        held = shared = parts = 0.0
        for view, read, words in self._pages:
            lines = merged([read])  # which says that none of them is sharp
            marked = unseen_marks(view, lines, read, [])
            unread = unread_lines(lines, read)
            boxes = [*marked, *([unread] if unread else [])]
            held += sum(any(word.share_inside(box) > 0.5 for box in boxes) for word in words)
            shared += area(boxes) / (view.width * view.height)
            parts += len(boxes)
        count = sum(len(words) for *_, words in self._pages)
        pages = len(self._pages)
        return {
            "words %": 100 * held / count,
            "area %": 100 * shared / pages,
            "parts": parts / pages,
            "pages": pages,
        }


def _words(line: TextLine, scale: float) -> list[Box]:
    top, bottom = line.box.top * scale, line.box.bottom * scale
    return [Box(word.left * scale, top, word.right * scale, bottom) for word in line.words]


def _is_free(box: Box, lines: tuple[TextLine, ...]) -> bool:
    return not any(box.share_inside(line.box) > 0.5 for line in lines if line.score >= 0.8)
