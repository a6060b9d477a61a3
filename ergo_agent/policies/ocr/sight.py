"""How the reader comes to the text of a view: by its pixels, or by its page's text layer.

A layer that is trusted is read in place of the pixels, within the view. What has ink where the
layer says nothing, as a stamp or a picture of text, is read from the pixels all the same; and what
is answered has to stand in the pixels, too.
"""

from collections.abc import Sequence
from statistics import median
from typing import Literal, Protocol

from PIL import Image
from rapidfuzz import fuzz

from ergo_agent.images.shown_layers import ShownLayer
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.conversation import SeenImage
from ergo_agent.policies.ocr.layer import lines_shown, pieces_of
from ergo_agent.policies.ocr.merge import SHARP, ReadView
from ergo_agent.policies.ocr.reader import Reading, ViewReader
from ergo_agent.policies.ocr.turn import UPRIGHT
from ergo_agent.policies.ocr.unexplained import unexplained

__all__ = ["LayerSight", "PixelSight", "Sight"]

_MOST_PARTS = 8
"""Parts of a view without a layer that are read singly; of more the whole view is read."""
_MOST_AREA = 0.4
"""Share of a view, from which reading it whole takes no longer."""
_MOST_CHECKED = 6
"""Lines of an answer that are compared with their pixels; 30 ms each."""
_ALIKE = 80
"""Of `rapidfuzz.fuzz.ratio` from which a line says the same as its pixels. What it costs to ask for
too much is the time of reading the pixels, no answer."""


class Sight(Protocol):
    """One way to read views."""

    read_from: Literal["pixels", "text_layer"]

    def first(self, image: SeenImage, *, exactly: bool) -> ReadView:
        """The first image, which the others are crops of.

        A coarse view only says where to look closer, unless nothing more will be shown.
        """

    def crop(self, image: SeenImage, page: ReadView) -> ReadView:
        """A later image and its place in the first."""

    def confirms(self, lines: Sequence[TextLine], answer: str) -> bool:
        """Whether an answer may be given as it was read.

        Args:
            lines: Where it stands, whole, in the frame of the first view.
            answer: The answer alone.
        """


class PixelSight:
    """Reads pixels."""

    read_from: Literal["pixels", "text_layer"] = "pixels"

    def __init__(self, reader: ViewReader) -> None:
        """Say who reads."""
        self._reader = reader

    def first(self, image: SeenImage, *, exactly: bool) -> ReadView:
        """See `Sight`."""
        opened, scale = image.open(), image.note.scale if image.note else 1.0
        quick = scale < SHARP and not exactly
        seen = self._reader.look(opened, key=image.key, quick=quick)
        return ReadView(seen.lines, *opened.size, Box(0, 0, *opened.size), scale, seen.turn)

    def crop(self, image: SeenImage, page: ReadView) -> ReadView:
        """See `Sight`."""
        opened = image.open()
        place, scale = _place(image, opened)
        height = median(line.height for line in page.lines) if page.lines else None
        height = height and height * opened.width / place.width
        seen = self._reader.look(opened, key=image.key, turn=page.turn, type_height=height)
        return ReadView(seen.lines, *opened.size, place, scale, page.turn)

    def confirms(self, lines: Sequence[TextLine], answer: str) -> bool:
        """They are the pixels."""
        del lines, answer
        return True


class LayerSight:
    """Reads a text layer where there is one, and pixels elsewhere."""

    read_from: Literal["pixels", "text_layer"] = "text_layer"

    def __init__(self, reader: ViewReader, layer: ShownLayer) -> None:
        """Say who reads what.

        Args:
            reader: Reads pixels.
            layer: Of the page that is asked about.
        """
        self._reader = reader
        self._pixels = PixelSight(reader)
        self._layer = layer
        self._pieces = pieces_of(layer.layer)
        self._by_layer: list[tuple[ReadView, Image.Image]] = []

    def first(self, image: SeenImage, *, exactly: bool) -> ReadView:
        """See `Sight`."""
        opened, scale = image.open(), image.note.scale if image.note else 1.0
        lines = self._read(image, opened, quick=scale < SHARP and not exactly)
        if lines is None:
            return self._pixels.first(image, exactly=exactly)
        return self._seen(ReadView(lines, *opened.size, Box(0, 0, *opened.size), scale), opened)

    def crop(self, image: SeenImage, page: ReadView) -> ReadView:
        """See `Sight`."""
        opened = image.open()
        lines = self._read(image, opened, quick=False) if page.turn == UPRIGHT else None
        if lines is None:
            return self._pixels.crop(image, page)
        return self._seen(ReadView(lines, *opened.size, *_place(image, opened)), opened)

    def confirms(self, lines: Sequence[TextLine], answer: str) -> bool:
        """Whether the pixels of the answer's own lines say the same as the layer."""
        said, seen = [], []
        for line in lines[:_MOST_CHECKED]:
            shown = self._sharpest(line)
            if shown is not None:
                said.append(line.text)
                seen.append(shown)
        read = " ".join(self._reader.recognise(picture, box) for picture, box in seen)
        return _same(" ".join(said), read, answer)

    def _read(
        self, image: SeenImage, opened: Image.Image, *, quick: bool
    ) -> tuple[TextLine, ...] | None:
        """The lines of a view; None where its pixels have to be read."""
        place = self._layer.map_of(f"sha256:{image.key}")
        if place is None or place.shown != opened.size or self._pieces is None:
            return None
        lines = lines_shown(self._pieces, place)
        parts = unexplained(opened, lines)
        area = sum(part.width * part.height for part in parts)
        if len(parts) > _MOST_PARTS or area > _MOST_AREA * opened.width * opened.height:
            return None
        return (*lines, *(line for part in parts for line in self._part(opened, part, quick)))

    def _part(self, opened: Image.Image, part: Box, quick: bool) -> list[TextLine]:  # noqa: FBT001
        """What the pixels of a part of a view say."""
        left, top, right, bottom = map(round, part)
        seen: Reading = self._reader.look(
            opened.crop((left, top, right, bottom)), quick=quick, turn=UPRIGHT
        )
        return [line.moved(left, top) for line in seen.lines]

    def _seen(self, view: ReadView, opened: Image.Image) -> ReadView:
        self._by_layer.append((view, opened))
        return view

    def _sharpest(self, line: TextLine) -> tuple[Image.Image, Box] | None:
        """The view that shows a line best, and the line's box in it."""
        best: tuple[float, Image.Image, Box] | None = None
        for view, opened in self._by_layer:
            if line.box.share_inside(view.place) > 0.85 and (best is None or best[0] < view.scale):
                across, down = view.width / view.place.width, view.height / view.place.height
                box = Box(
                    (line.box.left - view.place.left) * across,
                    (line.box.top - view.place.top) * down,
                    (line.box.right - view.place.left) * across,
                    (line.box.bottom - view.place.top) * down,
                )
                best = view.scale, opened, box
        return best and best[1:]


def _place(image: SeenImage, opened: Image.Image) -> tuple[Box, float]:
    """Where an image lies in the first one, and its scale."""
    if image.note is None:
        return Box(0, 0, *opened.size), 1.0
    return Box(*image.note.place), image.note.scale


def _same(said: str, read: str, answer: str) -> bool:
    """Whether pixels say what a layer says, and the numbers of the answer, too."""
    line, seen, short = _letters(said), _letters(read), _letters(answer)
    numbers = "".join(filter(str.isdigit, answer))
    return (
        fuzz.ratio(line, seen) >= _ALIKE
        and fuzz.partial_ratio(short, seen) >= _ALIKE
        and numbers in "".join(filter(str.isdigit, read))
    )


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
