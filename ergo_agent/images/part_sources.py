"""What gives parts of a raster page of which there are too many pixels to decode at once."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

from PIL import ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from ergo_agent.errors import ImageTooLargeError
from ergo_agent.images.bands import BandSource, has_room
from ergo_agent.images.large_pages import PartSource, refused
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.pyramids import TiffPage, pictures_of
from ergo_agent.images.regions import AloneSource
from ergo_agent.images.tiff_tiles import TiledSource
from ergo_agent.views.geometry import Size

__all__ = ["OpenedPage", "part_source", "stored_in_tiff"]

_ORIENTATION = 274


class OpenedPage(NamedTuple):
    """A page whose header was read."""

    image: ImageFile.ImageFile
    """At the page."""

    data: bytes
    """What it was opened from."""

    tiff: TiffPage | None
    """Which of a TIFF."""

    loader: str | None
    """That of libvips, where it gives parts; see `regions.loader_for`."""

    in_rows: bool
    """Whether Pillow decodes it row by row; see `bands.can_be_cut`."""

    again: Callable[[], ImageFile.ImageFile]
    """Opens it anew."""


def part_source(page: OpenedPage, size: Size, *, limits: ImageLimits) -> PartSource:
    """What gives parts of a page.

    Args:
        page: The page.
        size: Of it, in stored pixels.
        limits: Those that it exceeds.

    Raises:
        ImageFormatError: If its tiles are missing.
        ImageTooLargeError: If nothing does.
    """
    alone = None
    if page.loader is not None:
        frame = 1 if page.tiff is None else page.tiff.frame + 1
        alone = AloneSource(page.data, page.loader, frame=frame, size=size, limits=limits)
    if isinstance(page.image, TiffImagePlugin.TiffImageFile) and page.tiff is not None:
        levels = pictures_of(page.data, page.image, page.tiff, limits=limits)
        return TiledSource(levels, limits=limits, whole=alone)
    if alone is not None:
        return alone
    is_jpeg = isinstance(page.image, JpegImagePlugin.JpegImageFile)
    if is_jpeg and page.in_rows and has_room(size):
        return BandSource(page.again, size, limits=limits)
    raise _without_parts(page.image, size, limits)


def stored_in_tiff(image: TiffImagePlugin.TiffImageFile) -> tuple[Size, int]:
    """Size and orientation of a TIFF of which each view is turned by itself.

    Pillow turns all of the page when it is decoded, and gives the size of that.
    """
    turn = image.tag_v2.get(_ORIENTATION, 1)
    size = Size(*getattr(image, "_tile_size", image.size))
    return size, turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _without_parts(
    image: ImageFile.ImageFile, size: Size, limits: ImageLimits
) -> ImageTooLargeError:
    """Why nothing gives parts of a page."""
    name = image.format or "image"
    if not isinstance(image, JpegImagePlugin.JpegImageFile | PngImagePlugin.PngImageFile):
        return refused(size, f"{name} cannot be opened in parts", limits=limits)
    in_rows = not (image.info.get("progressive") or image.info.get("interlace"))
    if find_spec("pyvips") is None and in_rows:
        why = f"a {name} is opened in parts with libvips alone"
        return refused(size, why, limits=limits, extra=True)
    return refused(size, f"a {name} of this kind cannot be opened in parts", limits=limits)
