"""Images for the benchmarks of the served path, no two of them alike in any part.

- Photographs are noise and gradients, as costly to decode as real ones. A JPEG may restart its code
  after each row of blocks, which makes the rows independent; every photograph of one drawing has
  them rotated by another number of rows, so a new one costs no encoding. After as many as there are
  rows another one is drawn.
- A page of print has its lines in another order each time, each shifted by another distance.

Nothing is seeded: a server that has been running since an earlier measurement has not seen them
either.
"""

import io
import itertools
import random
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFont

__all__ = ["KINDS", "Draw", "FreshImages", "lossless_photographs", "pages", "photographs"]

SIZE = (4000, 3000)
"""12 megapixels, as a camera makes them."""
SIZE_8K = (7680, 4320)
"""33 megapixels."""
SIZE_A4 = (2480, 3508)
"""An A4 page at 300 dots per inch."""

_BLOCKS = 16
"""Rows of pixels in a row of blocks, where colours have half the resolution."""
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_LETTERS = "aaabcdeeeefghiiklmnnnoopqrrrssstttuuvwxyz"


Draw = Callable[[], bytes]
"""Draws and encodes one image; in any thread."""


class Kind(NamedTuple):
    """A kind of image."""

    title: str
    ending: str
    images: Callable[[], Iterator[Draw]]
    """Without end."""


class FreshImages:
    """Writes images of one kind that nobody has seen before."""

    def __init__(self, kind: str) -> None:
        """Choose one of `KINDS`."""
        self._ending = KINDS[kind].ending
        self._images = KINDS[kind].images()

    def write(self, folder: Path, count: int) -> list[Path]:
        """Write so many files, over those that this folder had before; nothing is drawn ahead.

        Args:
            folder: Where to.
            count: How many.
        """
        paths = [folder / f"{number}{self._ending}" for number in range(count)]
        drawn = itertools.islice(self._images, count)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda path, draw: path.write_bytes(draw()), paths, drawn))
        return paths


def _rotated(jpeg: bytes, by: int) -> bytes:
    """A JPEG that restarts after each row of blocks, with these rows rotated.

    Args:
        jpeg: As `Image.save(..., restart_marker_rows=1)` writes it.
        by: How many rows move from the top to the bottom.
    """
    start = _start_of_code(jpeg)
    rows = _RESTART.split(jpeg[start:-2])
    turned = rows[by:] + rows[:by]
    parts = [turned[0]]
    for number, row in enumerate(turned[1:]):
        parts += (bytes((0xFF, 0xD0 + number % 8)), row)
    return jpeg[:start] + b"".join(parts) + jpeg[-2:]


def _start_of_code(jpeg: bytes) -> int:
    """Where the coded pixels begin: behind the segment that starts their scan."""
    at = 2
    while True:
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at : at + 2] == b"\xff\xda":
            return end
        at = end


def _photograph(size: tuple[int, int]) -> Image.Image:
    noise = Image.effect_noise((size[0] // 4, size[1] // 4), 60).resize(size)
    return Image.merge("RGB", (noise, Image.linear_gradient("L").resize(size), noise))


def photographs(size: tuple[int, int]) -> Iterator[Draw]:
    """JPEGs of that size, without end."""
    rows = -(-size[1] // _BLOCKS)
    while True:
        buffer = io.BytesIO()
        _photograph(size).save(buffer, "JPEG", quality=90, restart_marker_rows=1)
        yield from (partial(_rotated, buffer.getvalue(), by) for by in range(rows))


def lossless_photographs(size: tuple[int, int]) -> Iterator[Draw]:
    """PNGs of that size, without end."""
    while True:
        page = _photograph(size)
        yield from (partial(_moved, page, by) for by in range(0, size[1], _BLOCKS))


def _moved(page: Image.Image, by: int) -> bytes:
    return _png(ImageChops.offset(page, 0, by))


def pages() -> Iterator[Draw]:
    """PNGs of A4 pages, without end."""
    chosen = random.Random()  # noqa: S311
    font, lines = ImageFont.load_default(34), []
    for _ in range(60):
        words = ("".join(chosen.choices(_LETTERS, k=chosen.randint(2, 9))) for _ in range(17))
        line = Image.new("RGB", (SIZE_A4[0] - 400, 52), "white")
        ImageDraw.Draw(line).text((0, 4), " ".join(words), "black", font)
        lines.append(line)
    while True:
        chosen.shuffle(lines)
        yield partial(_page, list(lines), [chosen.randrange(100) for _ in lines])


def _page(lines: Sequence[Image.Image], shifts: Sequence[int]) -> bytes:
    page = Image.new("RGB", SIZE_A4, "white")
    for number, (line, shift) in enumerate(zip(lines, shifts, strict=True)):
        page.paste(line, (200 + shift, 180 + number * line.height))
    return _png(page)


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


KINDS = {
    "photo12": Kind("12-megapixel photographs, JPEG", ".jpg", lambda: photographs(SIZE)),
    "photo33": Kind("33-megapixel photographs, JPEG", ".jpg", lambda: photographs(SIZE_8K)),
    "photo33png": Kind(
        "33-megapixel photographs, PNG", ".png", lambda: lossless_photographs(SIZE_8K)
    ),
    "a4": Kind("A4 pages of print at 300 dots per inch, PNG", ".png", pages),
}
