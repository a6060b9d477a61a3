"""RGB from every kind of pixel.

Images are converted block by block, so that converting never needs more than the source and the
result. Colour profiles are not applied: colours are taken as sRGB.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["rgb_conversion", "to_rgb"]

_BLOCK_WIDTH, _BLOCK_HEIGHT = 4096, 512
_DEEP_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N", "F"})

_Box = tuple[int, int, int, int]


def to_rgb(image: Image.Image) -> Image.Image:
    """The image as RGB: itself where it is RGB already, else a new image.

    Transparent pixels are laid on white. Pixels deeper than 8 bits are scaled:

    - whole numbers from 0 to 65,535 by the number of bits they really use (10, 12, 16, ...), so
      that zero stays black and a 12-bit scan is not almost black;
    - floats from 0 to 1 by 255, floats from 0 to 255 not at all;
    - all others linearly, from their least value (black) to their greatest (white). Values that
      are not finite become black.
    """
    if image.mode == "RGB" and not image.has_transparency_data:
        return image
    return _block_by_block(image, rgb_conversion(image))


def rgb_conversion(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What makes RGB of any part of an image, as `to_rgb` makes it of all of it."""
    if image.mode in _DEEP_MODES:
        scale = _scale_of(image)
        if image.mode.startswith("I;16"):  # looked up: 3 ns a pixel, and not 20
            table = _grey(np.arange(1 << 16), scale)
            return lambda block: Image.fromarray(table[np.asarray(block)]).convert("RGB")
        return lambda block: Image.fromarray(_grey(np.asarray(block), scale)).convert("RGB")
    return _on_white if image.has_transparency_data else lambda block: block.convert("RGB")


def _blocks(image: Image.Image) -> Iterator[_Box]:
    """Boxes that tile the image, in pixels."""
    width, height = image.size
    for top in range(0, height, _BLOCK_HEIGHT):
        for left in range(0, width, _BLOCK_WIDTH):
            yield left, top, min(left + _BLOCK_WIDTH, width), min(top + _BLOCK_HEIGHT, height)


def _block_by_block(
    image: Image.Image, convert: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    result = Image.new("RGB", image.size)
    for box in _blocks(image):
        result.paste(convert(image.crop(box)), box)
    return result


def _on_white(block: Image.Image) -> Image.Image:
    if block.mode == "La":
        block = block.convert("LA")
    white = Image.new("RGBA", block.size, "white")
    white.alpha_composite(block.convert("RGBA"))
    return white.convert("RGB")


class _Scale(NamedTuple):
    """`8-bit value = (value - black) * factor`."""

    black: float
    factor: float


def _grey(deep: NDArray[Any], scale: _Scale) -> NDArray[np.uint8]:
    values = deep.astype(np.float64)
    grey = np.nan_to_num((values - scale.black) * scale.factor, nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(grey, 0, 255).astype(np.uint8)


def _scale_of(image: Image.Image) -> _Scale:
    low, high = _extremes(image)
    if image.mode == "F":
        if low >= 0 and high <= 255:
            return _Scale(0.0, 255.0 if high <= 1 else 1.0)
    elif low >= 0 and high <= 0xFFFF:
        bits = max(8, int(high).bit_length())
        return _Scale(0.0, 1 / (1 << (bits - 8)))
    return _Scale(low, 255.0 / (high - low) if high > low else 0.0)


def _extremes(image: Image.Image) -> tuple[float, float]:
    """Least and greatest finite value; zeros where there is none."""
    lows: list[float] = []
    highs: list[float] = []
    for box in _blocks(image):
        values: NDArray[Any] = np.asarray(image.crop(box))
        finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    return (min(lows), max(highs)) if lows else (0.0, 0.0)
