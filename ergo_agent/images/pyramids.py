"""The frames of a TIFF: which are pages, and which are smaller pictures of the page before them.

Pyramids are stored in two ways: as frames of their own behind the page, marked as reduced (tag 254,
bit 0), or in directories that the page's own names (tag 330).
"""

import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PIL import TiffImagePlugin

from ergo_agent.errors import ImageError
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.tiff_tiles import Tags, TiledPicture
from ergo_agent.views.geometry import Size

__all__ = ["TiffPage", "pages_of_tiff", "pictures_of"]

_KIND, _REDUCED, _WITHIN = 254, 1, 330
_BIG = 43
"""The third byte of a BigTIFF, as Pillow tells one."""
_MOST_LEVELS = 32
"""Smaller pictures that are looked at; halving a page of 2**32 pixels a side takes 32."""


class TiffPage(NamedTuple):
    """A page, and where smaller pictures of it are."""

    frame: int
    """From 0."""

    smaller: tuple[int, ...]
    """Frames."""


def pages_of_tiff(image: TiffImagePlugin.TiffImageFile, *, most: int) -> Sequence[TiffPage]:
    """The pages, from the first; no more than `most` frames are looked at.

    From frame to frame, because Pillow miscounts when it is made to jump past the last.
    """
    pages: list[TiffPage] = []
    size = Size(0, 0)
    try:
        for frame in range(most):
            image.seek(frame)
            if pages and _is_smaller(image, size):
                pages[-1] = TiffPage(pages[-1].frame, (*pages[-1].smaller, frame))
            else:
                pages.append(TiffPage(frame, ()))
                size = Size(*image.size)
    except EOFError:
        pass
    image.seek(0)
    return pages


def pictures_of(
    data: bytes, image: TiffImagePlugin.TiffImageFile, page: TiffPage, *, limits: ImageLimits
) -> list[TiledPicture]:
    """A page's picture and smaller ones of it; `image` is at the page then.

    Args:
        data: The whole file.
        image: Opened from it.
        page: Which.
        limits: As for `TiledPicture`.

    Raises:
        ImageError: As `TiledPicture` raises it for the page itself; a smaller picture that is none,
            or of another shape, is passed over: the page has all that it shows.
    """
    image.seek(page.frame)
    found = [TiledPicture(data, image.tag_v2, limits=limits)]
    for tags in _smaller(data, image, page):
        try:
            picture = TiledPicture(data, tags, limits=limits)
        except ImageError:
            continue
        if _has_shape(picture.size, found[0].size):
            found.append(picture)
    image.seek(page.frame)
    return found


def _smaller(data: bytes, image: TiffImagePlugin.TiffImageFile, page: TiffPage) -> Iterator[Tags]:
    within, file = image.tag_v2.get(_WITHIN, ()), io.BytesIO(data)
    for offset in (within if isinstance(within, tuple) else (within,))[:_MOST_LEVELS]:
        if isinstance(offset, int) and 0 < offset < len(data):
            tags = Tags(ifh=data[: 16 if data[2] == _BIG else 8])
            file.seek(offset)
            try:
                tags.load(file)
                tags.get(_KIND)
            except Exception:  # noqa: S112  # damaged; the page itself has all that it shows
                continue
            yield tags
    for frame in page.smaller[:_MOST_LEVELS]:
        image.seek(frame)
        yield image.tag_v2


def _is_smaller(image: TiffImagePlugin.TiffImageFile, page: Size) -> bool:
    kind = image.tag_v2.get(_KIND, 0)
    reduced = isinstance(kind, int) and bool(kind & _REDUCED)
    return reduced and _has_shape(Size(*image.size), page)


def _has_shape(size: Size, page: Size) -> bool:
    """Whether a size is that of a smaller picture: every halving may round by a pixel."""
    if not 0 < size.width < page.width or size.height > page.height:
        return False
    return abs(size.height - page.height * size.width / page.width) <= 2
