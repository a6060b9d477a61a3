"""Pages with more pixels than are decoded at once: each view from the part that it takes.

What is bounded is what a view takes, and not what the header says. A view at nearly the page's own
scale is cut from the exact pixels around it; a coarser one comes from a part that was decoded, or
shrunk on the way, to somewhat more than the view's own size. A page of which no part can be had by
itself is refused.
"""

from typing import Protocol

from PIL import Image

from ergo_agent._common.installation import install_command
from ergo_agent.errors import ImageTooLargeError
from ergo_agent.images.colours import to_rgb
from ergo_agent.images.decoder import Draft, typed_errors
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.resampler import DRAFT_MARGIN, resampled_part, surroundings
from ergo_agent.views.geometry import Region, Size

__all__ = ["LargePage", "PartSource", "check_at_once", "refused"]


class PartSource(Protocol):
    """Gives parts of a page. Regions are in stored pixels; both raise an `ImageError`."""

    def exact(self, region: Region) -> Image.Image:
        """A part's pixels, as decoding all of the page would give them, or nearer to RGB."""

    def reduced(self, region: Region, by: float) -> Draft:
        """A part at no less than one `by`-th of its size, `by` being 2 or more."""


class LargePage:
    """What cuts views out of such a page."""

    def __init__(self, source: PartSource, size: Size, *, limits: ImageLimits) -> None:
        """Take what gives parts.

        Args:
            source: Gives them.
            size: Of the page, in stored pixels.
            limits: `max_pixels` bounds what one view may take.
        """
        self._source = source
        self._size = size
        self._limits = limits

    def cut(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image:
        """A part, resampled, as RGB.

        Args:
            region: In stored pixels.
            at: The part's size then.
            how: Resampled with this filter.

        Raises:
            ImageFormatError: If what it takes is damaged.
            ImageTooLargeError: If it takes more pixels than are decoded at once.
        """
        by = min(region.size.width / at.width, region.size.height / at.height) / DRAFT_MARGIN
        with typed_errors("the image"):
            if by >= 2:
                part = self._source.reduced(region, by)
                return part.image.resize(at, how, box=part.box)
            around = surroundings(region, at, how, within=self._size)
            check_at_once(around.size, limits=self._limits)
            return resampled_part(to_rgb(self._source.exact(around)), around, region, at, how)


def check_at_once(size: Size, *, limits: ImageLimits) -> None:
    """Refuse to decode more of a page at once than the limits allow.

    Raises:
        ImageTooLargeError: If `size` has more than `limits.max_pixels` pixels.
    """
    if size.area > limits.max_pixels:
        raise ImageTooLargeError(
            f"a view of this page takes {size.width}x{size.height} = {size.area:,} pixels at once, "
            f"the limit is {limits.max_pixels:,}; ask for a smaller part, or a smaller view",
            owner="raise ImageLimits.max_pixels",
        )


def refused(
    size: Size, why: str, *, limits: ImageLimits, extra: bool = False
) -> ImageTooLargeError:
    """The error for a large page of which no part can be had by itself.

    Args:
        size: Of the page, in stored pixels.
        why: What it is that its format does not allow, as the end of a sentence.
        limits: Those that it exceeds.
        extra: Whether the extra `regions` would open it.
    """
    install = f"install the extra `regions` ({install_command('regions')}), or " if extra else ""
    return ImageTooLargeError(
        f"the image has {size.width}x{size.height} = {size.area:,} pixels, of which "
        f"{limits.max_pixels:,} may be decoded at once, and {why}; save it as a TIFF in tiles, or "
        "shrink or cut it",
        owner=f"{install}raise ImageLimits.max_pixels",
    )
