"""RGB images over memory that somebody else owns, four bytes a pixel as Pillow keeps them."""

from mmap import mmap
from typing import Any

from PIL import Image

from ergo_agent.views.geometry import Size

__all__ = ["rgb_over"]


def rgb_over(memory: bytearray | mmap, size: Size, *, stride: int = 0) -> Image.Image:
    """An image whose pixels are those in memory; nothing is copied.

    `Image.frombuffer` would do the same, but as RGBX, which takes a third longer to be resampled
    and which no encoder takes.

    Args:
        memory: RGBX; kept by the image.
        size: In pixels.
        stride: Bytes from one row to the next, if not four for each pixel.
    """
    core: Any = Image.core  # type: ignore[attr-defined]  # not for others, says Pillow
    pixels = core.map_buffer(memory, size, "raw", 0, ("RGB", stride, 1))
    return Image.new("RGB", (0, 0))._new(pixels)  # public ways copy
