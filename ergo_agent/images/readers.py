"""The reader of a file, by its format: here, or in the process where it is guarded."""

import ergo_agent.images.pdfs  # noqa: F401  # registers its format
from ergo_agent.images.decoder import PageReader
from ergo_agent.images.formats import reader_for
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.rasters import RasterReader, kind_of

__all__ = ["check_kind", "make_reader"]


def make_reader(data: bytes, *, page: int, limits: ImageLimits) -> PageReader:
    """A reader of one page; only its header is read.

    Args:
        data: The encoded image or document.
        page: The page or frame, from 1.
        limits: Checked before anything is decoded.

    Raises:
        ImageFormatError: If the bytes are of no known format, damaged, or cut short.
        ImageTooLargeError: If a limit is exceeded.
        ImageNotFoundError: If there is no such page.
    """
    return (reader_for(data) or RasterReader)(data, page=page, limits=limits)


def check_kind(data: bytes) -> None:
    """Refuse what does not begin like an image; nothing else should be kept.

    Raises:
        ImageFormatError: If it does not.
    """
    if reader_for(data) is None:
        kind_of(data)
