"""How many questions get a right answer from text layers, and whether what has none is found."""

from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image

from benchmarks.corpus.pages import default_cache, load_documents, load_pdf
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.images import DEFAULT_LIMITS, open_original
from ergo_agent.images.text_layers import TextLayer, read_text_layers
from ergo_agent.layout.text import TextLine
from ergo_agent.policies.ocr import sight
from ergo_agent.policies.ocr.layer import lines_shown, pieces_of
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.policies.ocr.unexplained import unexplained
from ergo_agent.views.geometry import Region, ViewMap
from scripts.reader_numbers.answers import Answers
from scripts.reader_numbers.passages import Passages

__all__ = ["Layers"]

_LEFT_OUT = 7
"""Every so manieth line is left out of a layer, as if a stamp stood there, and compared with its
pixels, as it is and with another one's words."""

_READER = ViewReader()


class _Page(NamedTuple):
    view: Image.Image
    layer: TextLayer
    place: ViewMap
    said: list[tuple[str, str]]
    """Some lines: by the layer, and by the pixels."""

    def lines(self) -> tuple[TextLine, ...]:
        """What the view shows by the layer."""
        return lines_shown(pieces_of(self.layer) or (), self.place)


class Layers:
    """The pages of a split by the text layers of their PDFs, seen at 1,280 vision tokens."""

    def __init__(self, *, split: str = "development", every: int = 1, asks: bool = True) -> None:
        """Draw the pages and read their layers.

        Args:
            split: Of the corpus.
            every: One page of so many.
            asks: Whether questions are answered; else passages are compared, which takes less long.
        """
        self._pages = {}
        for document in load_documents(split)[::every]:
            pdf, index = load_pdf(document, cache=default_cache())
            number = index + 1
            found = read_text_layers(pdf, first=number, last=number, limits=DEFAULT_LIMITS)
            self._pages[document.id] = _seen(pdf, next(iter(found)), number)
        self._told: Answers | Passages
        self._told = Answers(self._lines, split=split) if asks else Passages(self._lines)

    def score(self) -> dict[str, float]:
        """Answers or passages, and shares of lines and area in percent.

        Of lines left out those that are found; the area that is read though nothing is left out;
        lines that their own pixels confirm, and lines that the pixels of another one do.
        """
        left, found, area = 0, 0, 0.0
        for page in self._pages.values():
            lines = page.lines()
            whole = page.view.width * page.view.height
            area += sum(part.area for part in unexplained(page.view, lines)) / whole
            out = [line for line in lines[::_LEFT_OUT] if len(line.text) > 3]
            found += _found(page, lines, out)
            left += len(out)
        said = [each for page in self._pages.values() for each in page.said]
        true = sum(sight._same(layer, pixels, layer) for layer, pixels in said)
        others = zip(said, said[1:] + said[:1], strict=True)
        forged = sum(sight._same(layer, pixels, layer) for (layer, _), (_, pixels) in others)
        shares = {
            "found %": 100 * found / left,
            "area %": 100 * area / len(self._pages),
            "confirmed %": 100 * true / len(said),
            "forged %": 100 * forged / len(said),
        }
        return {**self._told.score(), **shares, "pages": len(self._pages)}

    def _lines(self) -> dict[str, tuple[TextLine, ...]]:
        return {name: page.lines() for name, page in self._pages.items()}


def _found(page: _Page, lines: Sequence[TextLine], out: Sequence[TextLine]) -> int:
    parts = unexplained(page.view, [line for line in lines if line not in out])
    return sum(any(line.box.share_inside(part) > 0.5 for part in parts) for line in out)


def _seen(pdf: bytes, layer: TextLayer, number: int) -> _Page:
    original = open_original(pdf, page=number)
    terms = Terms(VisionSettings(view_budget=1280), ReadingDialect().token_rule)
    shown = plan_coarse(original.size, page=1, terms=terms).shown
    whole = Region.whole(original.size)
    page = _Page(original.shown(whole, shown), layer, ViewMap(whole, shown), [])
    for line in page.lines()[::_LEFT_OUT]:
        page.said.append((line.text, _READER.recognise(page.view, line.box)))
    return page
