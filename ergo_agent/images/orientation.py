"""EXIF orientation as a map, so that a large image is never turned as a whole.

*Stored* pixels are those of the file; *oriented* pixels are those a viewer shows, and they are
what the rest of this package calls original pixels.
"""

from PIL import ExifTags, Image
from PIL.Image import Transpose

from ergo_agent.views.geometry import Region, Size

__all__ = ["exif_orientation", "oriented", "oriented_size", "stored_region"]

_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""Orientation to the turn that makes a stored image an oriented one."""

_SWAPPED = frozenset({5, 6, 7, 8})
_MIRRORED_ACROSS = frozenset({2, 3, 7, 8})
_MIRRORED_DOWN = frozenset({3, 4, 6, 7})


def exif_orientation(image: Image.Image) -> int:
    """The EXIF orientation of an image, 1 to 8; 1 where there is none or it is damaged."""
    try:
        # The base class's method: the PNG plugin's own would decode the whole image.
        value = Image.Image.getexif(image).get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged metadata must not keep the pixels from being read
        return 1
    return value if value in _TURNS else 1


def oriented_size(stored: Size, *, orientation: int) -> Size:
    """The size that an image stored at `stored` is shown at, in pixels."""
    return Size(stored.height, stored.width) if orientation in _SWAPPED else stored


def stored_region(region: Region, *, stored: Size, orientation: int) -> Region:
    """Where a region in oriented pixels lies in stored pixels."""
    left, top, right, bottom = region.as_tuple()
    if orientation in _SWAPPED:
        left, top, right, bottom = top, left, bottom, right
    if orientation in _MIRRORED_ACROSS:
        left, right = stored.width - right, stored.width - left
    if orientation in _MIRRORED_DOWN:
        top, bottom = stored.height - bottom, stored.height - top
    return Region(left=left, top=top, right=right, bottom=bottom)


def oriented(image: Image.Image, *, orientation: int) -> Image.Image:
    """A stored image turned to how it is shown."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
