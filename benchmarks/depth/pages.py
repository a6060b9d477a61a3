"""Large images with needles: short texts 8 to 10 pixels high, of which nothing else speaks.

Three kinds: a *plan* of lines, frames, circles and hatched areas with labels of middling size; a
*sheet* of large text on paper with noise; a *map* of soft shades with lines and names. Everything
is drawn by a seed. The number of things on a page does not depend on its size: a larger one is
emptier, and a needle is smaller beside it.
"""

from random import Random
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ergo_agent.views.geometry import Region, Size

__all__ = ["KINDS", "Needle", "NeedlePage", "needle_page"]

KINDS = ("plan", "sheet", "map")
_THINGS = ("valve", "pump", "boiler", "motor", "sensor", "filter", "tank", "fan", "relay", "meter")
_PLACES = ("Hall", "Section", "Gate", "Block", "Room", "Line", "Yard", "Ramp")
_WORDS = (
    "northern",
    "yard",
    "spring",
    "results",
    "hand",
    "register",
    "office",
    "ten",
    "years",
    "lease",
)
_LETTERS = "ACEFHJKLMNPRTUVWXY"
_HEIGHTS = (8, 9, 10)
_LABELS = 6
"""Texts of 18 to 28 pixels: larger than needles, too small for the coarse view of a large page."""
_LINES = 24
_AROUND = 12
"""Pixels around a needle in which nothing else is drawn."""


class Needle(NamedTuple):
    """A short text that answers a question."""

    question: str
    answer: str
    place: Region
    height: int
    """Of its ink, in pixels."""


class NeedlePage(NamedTuple):
    """An image and its needles."""

    name: str
    image: Image.Image
    """Grey."""
    needles: tuple[Needle, ...]


def needle_page(kind: str, megapixels: float, *, needles: int, seed: int) -> NeedlePage:
    """Draw one.

    Args:
        kind: One of `KINDS`.
        megapixels: Of the image, four to three.
        needles: How many.
        seed: Of everything on it.
    """
    random = Random(f"{kind} {megapixels} {seed}")  # noqa: S311  # draws, and hides nothing
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    size = Size(round(height * 4 / 3), height)
    drawing = _Drawing(kind, size, random)
    things = random.sample(_THINGS, needles)
    made = tuple(drawing.needle(thing) for thing in things)
    drawing.surroundings()
    return NeedlePage(f"{kind}, {megapixels:g} MP, {seed}", drawing.image, made)


class _Drawing:
    def __init__(self, kind: str, size: Size, random: Random) -> None:
        self._kind, self._size, self._random = kind, size, random
        self._taken: list[Region] = []
        self.image = self._ground()
        self._pen = ImageDraw.Draw(self.image)

    def _ground(self) -> Image.Image:
        if self._kind == "plan":
            return Image.new("L", self._size, 255)
        noise = np.random.default_rng(self._random.randrange(1 << 30))
        if self._kind == "sheet":  # paper: one patch of noise, again and again
            patch = Image.fromarray(noise.normal(244, 4, (1024, 1024)).clip(0, 255).astype("uint8"))
            image = Image.new("L", self._size)
            for top in range(0, self._size.height, 1024):
                for left in range(0, self._size.width, 1024):
                    image.paste(patch, (left, top))
            return image
        shades = Image.fromarray(noise.integers(150, 250, (9, 12)).astype("uint8"))
        return shades.resize(self._size, Image.Resampling.BICUBIC)

    def needle(self, thing: str) -> Needle:
        random = self._random
        code = "".join(random.choices(_LETTERS, k=2)) + f"-{random.randrange(1000, 10_000)}"
        height, text = random.choice(_HEIGHTS), f"{thing.capitalize()} number: {code}"
        font, box = _font_of(text, height)
        place = self._free(Size(box[2] - box[0], box[3] - box[1]))
        self._pen.text((place.left - box[0], place.top - box[1]), text, 20, font)
        return Needle(f"What is the {thing} number?", code, place, height)

    def surroundings(self) -> None:
        """All that is there beside the needles."""
        for _ in range(_LABELS):
            text = f"{self._random.choice(_PLACES)} {self._random.randrange(1, 99)}"
            self._text(text, self._random.randrange(18, 29))
        large = max(40, self._size.height // 60)
        for _ in range(6):
            count = 3 if self._kind != "sheet" else 6
            self._text(" ".join(self._random.sample(_WORDS, count)), large)
        for _ in range(_LINES if self._kind != "sheet" else 4):
            self._line()
        if self._kind == "plan":
            for _ in range(3):
                self._hatched()

    def _text(self, text: str, height: int) -> None:
        font, box = _font_of(text, height)
        size = Size(box[2] - box[0], box[3] - box[1])
        if size.width > 0.8 * self._size.width:
            return
        place = self._free(size)
        self._pen.text((place.left - box[0], place.top - box[1]), text, 30, font)

    def _free(self, size: Size) -> Region:
        """A place that nothing else takes; it is taken then."""
        for _ in range(1000):
            left = self._random.randrange(_AROUND, self._size.width - size.width - _AROUND)
            top = self._random.randrange(_AROUND, self._size.height - size.height - _AROUND)
            place = Region(left=left, top=top, right=left + size.width, bottom=top + size.height)
            if not self._meets(place):
                self._taken.append(place)
                return place
        raise ValueError("the page is too full for another text")

    def _meets(self, place: Region) -> bool:
        left, top = max(0, place.left - _AROUND), max(0, place.top - _AROUND)
        around = Region(
            left=left, top=top, right=place.right + _AROUND, bottom=place.bottom + _AROUND
        )
        return any(around.intersection(other) is not None for other in self._taken)

    def _line(self) -> None:
        """A rule, a frame or a circle, through no text."""
        random, wide = self._random, self._random.choice((2, 3, 5))
        for _ in range(50):
            x0, x1 = sorted(random.sample(range(self._size.width), 2))
            y0, y1 = sorted(random.sample(range(self._size.height), 2))
            kind = random.choice(("across", "down", "frame", "circle"))
            sides = {
                "across": [(x0, y0, x1, y0)],
                "down": [(x0, y0, x0, y1)],
                "frame": [(x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)],
                "circle": [(x0, y0, x0 + y1 - y0, y1)],
            }[kind]
            if any(self._meets(_widened(side)) for side in sides):
                continue
            if kind == "circle":
                self._pen.ellipse(sides[0], outline=60, width=wide)
            else:
                for side in sides:
                    self._pen.line(side, 60, wide)
            return

    def _hatched(self) -> None:
        side = self._size.height // 12
        place = self._free(Size(side, side))
        for at in range(0, side, 24):
            self._pen.line((place.left + at, place.top, place.left, place.top + at), 90, 2)


def _widened(side: tuple[int, int, int, int]) -> Region:
    left, top, right, bottom = side
    return Region(left=left, top=top, right=right + 6, bottom=bottom + 6)


def _font_of(text: str, height: int) -> tuple[ImageFont.FreeTypeFont, tuple[int, int, int, int]]:
    """The font in which a text's ink is so many pixels high, and the box of the ink."""
    size = height
    while True:
        font = ImageFont.load_default(size)
        assert isinstance(font, ImageFont.FreeTypeFont)  # it is, of a size
        left, top, right, bottom = (int(edge) for edge in font.getbbox(text))
        if bottom - top >= height:
            return font, (left, top, right, bottom)
        size += 1
