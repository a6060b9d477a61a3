"""Pillow images as sources: pixels that are already decoded."""

import hashlib
from functools import cached_property

from PIL import Image

from ergo_agent.images.colours import to_rgb
from ergo_agent.images.decoder import Whole, check_pixels, typed_errors
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.orientation import exif_orientation, oriented
from ergo_agent.views.geometry import Size

__all__ = ["PixelReader"]

_STRIP_PIXELS = 4_000_000
_WHAT = "the Pillow image"


class PixelReader(Whole):
    """The current frame of a Pillow image, copied as RGB, so that later changes do not matter.

    Its encoded form is the binary PPM (`P6`) of the oriented RGB pixels; `digest` is that of this
    encoding.
    """

    media_type = "image/x-portable-pixmap"

    def __init__(self, image: Image.Image, *, limits: ImageLimits) -> None:
        """Copy the pixels.

        Args:
            image: The image; its EXIF orientation is applied.
            limits: Checked before the image is decoded, should it not be yet.

        Raises:
            ImageFormatError: If it has no pixels or cannot be decoded.
            ImageTooLargeError: If it has too many pixels.
        """
        check_pixels(Size(*image.size), limits=limits, what=_WHAT)
        with typed_errors(_WHAT):
            image.load()  # first: a PNG's EXIF may follow its pixels, and a TIFF turns itself
            orientation = exif_orientation(image)
            pixels = oriented(to_rgb(image), orientation=orientation)
            self._pixels = pixels.copy() if pixels is image else pixels
            self.stored_size = Size(*self._pixels.size)

    def decode(self) -> Image.Image:
        """The pixels; they must not be changed."""
        return self._pixels

    @cached_property
    def digest(self) -> str:
        """`sha256:<hex>` of the encoded form."""
        width, height = self.stored_size
        digest = hashlib.sha256(b"P6\n%d %d\n255\n" % (width, height))
        rows = max(1, _STRIP_PIXELS // width)
        for top in range(0, height, rows):
            strip = self._pixels.crop((0, top, width, min(top + rows, height)))
            digest.update(strip.tobytes())
        return f"sha256:{digest.hexdigest()}"
