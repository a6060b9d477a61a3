"""How a clean page becomes the picture that is asked about, and where its places go."""

import io
import math

import numpy as np
from PIL import Image

from benchmarks.corpus.model import Look, Place

__all__ = ["POINTS_PER_INCH", "looked", "moved"]

POINTS_PER_INCH = 72
_WHITE = 255


def looked(page: Image.Image, look: Look, *, name: str) -> Image.Image:
    """A grey page turned, slanted, grained and kept as its look says.

    Args:
        page: The page upright, at the look's resolution.
        look: What to do to it.
        name: The page's id, from which the noise follows.
    """
    if look.skew:
        page = page.rotate(
            -look.skew, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=_WHITE
        )
    if look.turn:
        page = page.transpose(_TURNS[look.turn])
    if look.grain:
        noise = np.random.default_rng(list(name.encode())).normal(0, look.grain, page.size[::-1])
        page = Image.fromarray(np.clip(np.asarray(page) + noise, 0, _WHITE).astype(np.uint8))
    if look.jpeg:
        kept = io.BytesIO()
        page.save(kept, format="JPEG", quality=look.jpeg)
        page = Image.open(kept).convert("L")
    return page


_TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns counterclockwise
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def moved(
    box: tuple[float, float, float, float], look: Look, *, size: tuple[float, float]
) -> Place:
    """Where a box of the upright page lies in the picture: the upright bounds, in its pixels.

    Args:
        box: Left, top, right, bottom in points of the upright page.
        look: How the picture was made.
        size: Width and height of the upright page in points.
    """
    scale = look.dpi / POINTS_PER_INCH
    width, height = (math.ceil(side * scale) for side in size)
    left, top, right, bottom = (edge * scale for edge in box)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    if look.skew:
        corners, width, height = _skewed(corners, look.skew, width, height)
    corners = [_turned(x, y, look.turn, width, height) for x, y in corners]
    if look.turn in (90, 270):
        width, height = height, width
    across, down = zip(*corners, strict=True)
    return (
        max(0, math.floor(min(across))),
        max(0, math.floor(min(down))),
        min(width, math.ceil(max(across))),
        min(height, math.ceil(max(down))),
    )


def _skewed(
    corners: list[tuple[float, float]], degrees: float, width: int, height: int
) -> tuple[list[tuple[float, float]], int, int]:
    """Corners turned clockwise about the middle of a page, which grows to hold all of it."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    wide = abs(width * cosine) + abs(height * sine)
    high = abs(width * sine) + abs(height * cosine)
    turned = [
        (
            (x - width / 2) * cosine - (y - height / 2) * sine + wide / 2,
            (x - width / 2) * sine + (y - height / 2) * cosine + high / 2,
        )
        for x, y in corners
    ]
    return turned, math.ceil(wide), math.ceil(high)


def _turned(x: float, y: float, turn: int, width: int, height: int) -> tuple[float, float]:
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turn]
