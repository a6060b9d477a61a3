"""How the reader comes to the text of a view: by its pixels, or by its page's text layer.

A layer that is trusted is read in place of the pixels, within the view. What has ink where the
layer says nothing, as a stamp or a picture of text, is read from the pixels all the same; and what
is answered has to stand in the pixels, too.
"""

from collections.abc import Sequence
from statistics import median
from typing import Literal

from PIL import Image
from rapidfuzz import fuzz

from ergo_agent.images.shown_layers import ShownLayer
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.conversation import SeenImage
from ergo_agent.policies.ocr.layer import lines_shown, pieces_of
from ergo_agent.policies.ocr.merge import SHARP, ReadView, is_seen
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.policies.ocr.turn import UPRIGHT
from ergo_agent.policies.ocr.unexplained import unexplained

__all__ = ["LayerSight", "PixelSight"]

_MOST_PARTS = 8
"""Parts of a view without a layer that are read singly; of more the whole view is read. Of 52 pages
with a layer (`scripts/reader_numbers`) 45 have no such part, and none has more than three."""
_MOST_AREA = 0.4
"""Share of a view, from which reading it whole takes no longer; those pages have 0.09 at most."""
_MOST_CHECKED = 6
"""Lines of an answer that are compared with their pixels; 30 ms each."""
_ALIKE = 80
"""Of `rapidfuzz.fuzz.ratio` from which a line says the same as its pixels. What it costs to ask for
too much is the time of reading the pixels, no answer."""


class PixelSight:
    """Reads pixels."""

    read_from: Literal["pixels", "text_layer"] = "pixels"

    def __init__(self, reader: ViewReader) -> None:
        """Say who reads."""
        self._reader = reader

    def first(self, image: SeenImage, *, exactly: bool) -> ReadView:
        """The first image, which the others are crops of.

        A coarse view only says where to look closer, unless nothing more will be shown.
        """
        opened, scale = image.open(), image.scale
        quick = scale < SHARP and not exactly
        seen = self._reader.look(opened, key=image.key, quick=quick)
        return ReadView(seen.lines, *opened.size, Box(0, 0, *opened.size), scale, seen.turn)

    def crop(self, image: SeenImage, page: ReadView) -> ReadView:
        """A later image and its place in the first."""
        opened, scale = image.open(), image.scale
        place = _place(image, opened)
        height = median(line.height for line in page.lines) if page.lines else None
        height = height and height * opened.width / place.width
        seen = self._reader.look(opened, key=image.key, turn=page.turn, type_height=height)
        return ReadView(seen.lines, *opened.size, place, scale, page.turn)

    def confirms(self, lines: Sequence[TextLine], answer: str) -> bool:  # noqa: ARG002
        """Whether an answer may be given as it was read.

        Args:
            lines: Where it stands, whole, in the frame of the first view.
            answer: The answer alone.
        """
        return True


class LayerSight(PixelSight):
    """Reads a text layer where there is one, and pixels elsewhere."""

    read_from: Literal["pixels", "text_layer"] = "text_layer"

    def __init__(self, reader: ViewReader, layer: ShownLayer) -> None:
        """Say who reads what.

        Args:
            reader: Reads pixels.
            layer: Of the page that is asked about.
        """
        super().__init__(reader)
        self._layer = layer
        self._pieces = pieces_of(layer.layer)
        self._by_layer: list[tuple[ReadView, Image.Image]] = []

    def first(self, image: SeenImage, *, exactly: bool) -> ReadView:
        """The first image, by the layer."""
        opened = image.open()
        quick = image.scale < SHARP and not exactly
        view = self._read(image, opened, Box(0, 0, *opened.size), quick=quick)
        return view or super().first(image, exactly=exactly)

    def crop(self, image: SeenImage, page: ReadView) -> ReadView:
        """A later image, by the layer where the page stands upright."""
        opened, upright = image.open(), page.turn == UPRIGHT
        view = self._read(image, opened, _place(image, opened), quick=False) if upright else None
        return view or super().crop(image, page)

    def confirms(self, lines: Sequence[TextLine], answer: str) -> bool:
        """Whether the pixels of the answer's own lines say the same as the layer."""
        shown = [(line.text, self._sharpest(line)) for line in lines[:_MOST_CHECKED]]
        said = " ".join(text for text, place in shown if place)
        read = " ".join(self._reader.recognise(*place) for _, place in shown if place)
        return _same(said, read, answer)

    def _read(
        self, image: SeenImage, opened: Image.Image, place: Box, *, quick: bool
    ) -> ReadView | None:
        """A view by the layer; None where its pixels have to be read."""
        shown = self._layer.map_of(f"sha256:{image.key}")
        if shown is None or shown.shown != opened.size or self._pieces is None:
            return None
        lines = lines_shown(self._pieces, shown)
        parts = unexplained(opened, lines)
        area = sum(part.area for part in parts)
        if len(parts) > _MOST_PARTS or area > _MOST_AREA * opened.width * opened.height:
            return None
        read = (line for part in parts for line in self._part(opened, part, quick))
        view = ReadView((*lines, *read), *opened.size, place, image.scale)
        self._by_layer.append((view, opened))
        return view

    def _part(self, opened: Image.Image, part: Box, quick: bool) -> list[TextLine]:  # noqa: FBT001
        """What the pixels of a part of a view say."""
        left, top, right, bottom = map(round, part)
        cut = opened.crop((left, top, right, bottom))
        seen = self._reader.look(cut, quick=quick, turn=UPRIGHT)
        return [line.moved(left, top) for line in seen.lines]

    def _sharpest(self, line: TextLine) -> tuple[Image.Image, Box] | None:
        """The view that shows a line best, and the line's box in it."""
        showing = [seen for seen in self._by_layer if is_seen(line.box, [seen[0].place])]
        if not showing:
            return None
        view, opened = max(showing, key=lambda seen: seen[0].scale)
        place, across = view.place, view.width / view.place.width
        box = line.box.moved(-place.left, -place.top)
        return opened, box.scaled(across, view.height / place.height)


def _place(image: SeenImage, opened: Image.Image) -> Box:
    """Where an image lies in the first one."""
    return Box(*image.note.place) if image.note else Box(0, 0, *opened.size)


def _same(said: str, read: str, answer: str) -> bool:
    """Whether pixels say what a layer says, and the numbers of the answer, too."""
    texts = (filter(str.isalnum, text.casefold()) for text in (said, read, answer))
    line, seen, short = map("".join, texts)
    numbers = "".join(filter(str.isdigit, answer))
    return (
        fuzz.ratio(line, seen) >= _ALIKE
        and fuzz.partial_ratio(short, seen) >= _ALIKE
        and numbers in "".join(filter(str.isdigit, read))
    )
