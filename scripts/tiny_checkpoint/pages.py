"""The pages that the tiny checkpoint knows: tinted paper with one coloured square.

The tint is the page's ruler: red grows from left to right and green from top to bottom. A model of
this size cannot learn in two minutes to read a position off its position embeddings, but it can
learn to read it off a colour.
"""

import random
from typing import NamedTuple

from PIL import Image, ImageDraw

from ergo_agent.views.geometry import Region

__all__ = ["COLOURS", "Page", "ask_for", "draw_page", "random_page"]

COLOURS = {
    "black": (0, 0, 0),
    "blue": (0, 0, 255),
    "white": (255, 255, 255),
    "yellow": (255, 235, 0),
}
"""The colours that a square can have; none is like a tint."""

_TIMES = {2: "Zoom twice: ", 3: "Zoom three times: "}
_DARK, _LIGHT, _BLUE = 70, 215, 110
"""The tint's least and greatest red and green, and its blue everywhere."""


class Page(NamedTuple):
    """A page and what is on it."""

    image: Image.Image
    colour: str
    """The answer to `ask_for`."""

    square: Region
    """Where the square is, in original pixels."""


def ask_for(zooms: int = 1) -> str:
    """The question that the checkpoint answers with the square's colour after `zooms` zooms.

    Raises:
        ValueError: If `zooms` is not 1, 2 or 3, which is all that was taught.
    """
    if zooms not in {1, *_TIMES}:
        raise ValueError(f"zooms={zooms} was not taught; give 1, 2 or 3")
    return f"{_TIMES.get(zooms, '')}What colour is the square?"


def draw_page(*, side: int, colour: str, centre: tuple[float, float]) -> Page:
    """Draw a page.

    Args:
        side: Width and height in pixels.
        colour: A name from `COLOURS`.
        centre: Centre of the square as fractions of the page's width and height.
    """
    ramp = Image.linear_gradient("L").resize((side, side), Image.Resampling.BILINEAR)
    down = ramp.point(lambda level: _DARK + level * (_LIGHT - _DARK) // 255)
    across = down.transpose(Image.Transpose.ROTATE_90)
    image = Image.merge("RGB", (across, down, Image.new("L", (side, side), _BLUE)))
    half = side // 8
    x, y = (round(at * side) for at in centre)
    square = Region(left=x - half, top=y - half, right=x + half, bottom=y + half)
    # hollow, so that the tint inside says where it is
    ImageDraw.Draw(image).rectangle(
        (square.left, square.top, square.right - 1, square.bottom - 1),
        outline=COLOURS[colour],
        width=max(1, half * 5 // 8),
    )
    return Page(image, colour, square)


def random_page(chance: random.Random, *, side: int) -> Page:
    """A page with a square anywhere but at the very edge."""
    centre = (chance.uniform(0.15, 0.85), chance.uniform(0.15, 0.85))
    return draw_page(side=side, colour=chance.choice(list(COLOURS)), centre=centre)
