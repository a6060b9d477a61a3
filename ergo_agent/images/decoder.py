"""What whatever decodes an image has in common: its errors and its face towards `Original`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple, Protocol

from PIL import Image

from ergo_agent._common.text import pages_to_choose, quoted
from ergo_agent.errors import ErgoError, ImageFormatError, ImageNotFoundError, ImageTooLargeError
from ergo_agent.images.colours import to_rgb
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.resampler import is_part, resampled_part, surroundings
from ergo_agent.views.geometry import Region, Size

__all__ = [
    "Draft",
    "PageReader",
    "Parts",
    "Reader",
    "Whole",
    "check_page",
    "check_page_size",
    "check_pixels",
    "enough_memory",
    "typed_errors",
]


_LONGEST = 1_000_000
"""Pixels of a side up to which a page may be opened in parts: a row of them is 4 MB, and libpng
takes no longer one."""

Parts = Literal["none", "same", "own"]
"""What `cut` gives without all pixels: nothing, or the same pixels that `decode` gives, or pixels
of its own, as of a page that is drawn, from which every view is made then."""


class Draft(NamedTuple):
    """A whole image decoded at a fraction of its size."""

    image: Image.Image
    """RGB, in stored orientation."""

    box: tuple[float, float, float, float]
    """The part of `image`, in its own pixels, that the original covers exactly."""


class Reader(Protocol):
    """One page of one source, ready to be decoded; nothing about it is decoded yet."""

    @property
    def stored_size(self) -> Size:
        """Size in pixels before EXIF orientation."""

    @property
    def orientation(self) -> int:
        """EXIF orientation, 1 to 8."""

    @property
    def page_count(self) -> int:
        """Number of pages or frames of the source."""

    @property
    def media_type(self) -> str:
        """Media type by the source's bytes, whatever its name says."""

    @property
    def comes_whole(self) -> bool:
        """Whether `decode` gives all pixels; else parts of them come from `cut` alone."""

    @property
    def parts(self) -> Parts:
        """What `cut` gives where `decode` gives all pixels."""

    def decode(self) -> Image.Image:
        """All pixels as RGB, in stored orientation.

        Raises:
            ImageFormatError: If the source turns out to be damaged.
        """

    def draft(self, wanted: Size) -> Draft | None:
        """The whole image decoded at no less than `wanted`, or None where that saves nothing.

        Raises:
            ImageFormatError: If the source turns out to be damaged.
        """

    def cut(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image | None:
        """A part, resampled, as RGB; None where it takes all pixels, which `decode` gives.

        Args:
            region: In stored pixels.
            at: The part's size then.
            how: Resampled with this filter.

        Raises:
            ImageError: If the source turns out to be damaged, or to need too much.
        """


class PageReader(Reader, Protocol):
    """A reader that decodes in the process that it is in."""

    @property
    def per_pixel(self) -> int:
        """Bytes that decoding takes for each pixel at its peak, with RGB beside it."""

    def raw(self, target: Image.Image | None = None) -> Image.Image:
        """All pixels in the page's own mode, in stored orientation.

        Args:
            target: An RGB image whose memory they are decoded into, if they can be.
        """


class Whole:
    """What readers have in common; one that defines no more gives all pixels, and nothing less.

    A reader that is registered by `register_format` begins as a subclass of this one, with
    `stored_size`, `media_type` and `decode` of its own.
    """

    stored_size: Size
    comes_whole = True
    parts: Parts = "none"
    orientation = 1
    page_count = 1
    per_pixel = 12

    def decode(self) -> Image.Image:
        """All pixels as RGB."""
        raise NotImplementedError

    def raw(self, target: Image.Image | None = None) -> Image.Image:  # noqa: ARG002
        """All pixels, as `decode` gives them."""
        return self.decode()

    def draft(self, wanted: Size) -> Draft | None:  # noqa: ARG002
        """None: it is decoded once, at full resolution."""
        return None

    def cut(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image | None:
        """A part, resampled, from what `part` gives."""
        around = surroundings(region, at, how, within=self.stored_size)
        part = self.part(around) if is_part(around, of=self.stored_size) else None
        return part and resampled_part(to_rgb(part), around, region, at, how)

    def part(self, region: Region) -> Image.Image | None:  # noqa: ARG002
        """Some pixels as `raw` would give them, or already nearer to RGB; None: only all of them.

        Args:
            region: In stored pixels.
        """
        return None


@contextmanager
def typed_errors(what: str) -> Iterator[None]:
    """Turn whatever a decoder raises over hostile bytes into an `ImageError`.

    What the decoder said is left out, in what led to the error too: decoders quote the bytes that
    they stumbled over, and an agent's model may have named a file with keys in it.

    Args:
        what: What was being read, as the subject of a sentence.

    Raises:
        ImageTooLargeError: If the decoder ran out of memory or met its own guard against bombs.
        ImageFormatError: For everything else.
    """
    try:
        yield
    except ErgoError:
        raise
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLargeError(
            f"{what} needs more memory than there is ({type(error).__name__}); give a smaller image"
        ) from None
    except Exception as error:  # decoders raise almost anything over damaged bytes
        raise ImageFormatError(
            f"{what} is damaged or of an unknown kind ({type(error).__name__}); give a complete "
            "JPEG, PNG, TIFF, WebP, GIF, BMP, HEIC, JPEG 2000, AVIF, PPM or PDF"
        ) from None


@contextmanager
def enough_memory(what: str) -> Iterator[None]:
    """Turn running out of memory into an `ImageError`.

    Args:
        what: What was being made, as the subject of a sentence.

    Raises:
        ImageTooLargeError: If there is not enough.
    """
    try:
        yield
    except MemoryError as error:
        raise ImageTooLargeError(
            f"{what} needs more memory than this machine has left; give a smaller image"
        ) from error


def check_pixels(size: Size, *, limits: ImageLimits, what: str) -> None:
    """Refuse a size without pixels, or with more than the limits allow.

    Raises:
        ImageFormatError: If a side is not positive.
        ImageTooLargeError: If `size` has more than `limits.max_pixels` pixels.
    """
    if min(size) < 1:
        raise ImageFormatError(f"{what} is {size.width}x{size.height} pixels: it holds no pixel")
    if size.area > limits.max_pixels:
        raise ImageTooLargeError(
            f"{what} has {size.width}x{size.height} = {size.area:,} pixels, the limit is "
            f"{limits.max_pixels:,}; shrink or cut it",
            owner="raise ImageLimits.max_pixels",
        )


def check_page_size(size: Size, *, limits: ImageLimits, what: str) -> None:
    """Refuse a page without pixels, or larger than any of which parts may be looked at.

    Raises:
        ImageFormatError: If a side is not positive.
        ImageTooLargeError: If it has more than `limits.max_page_pixels` pixels, or more than
            `limits.max_pixels` and a side on which parts are no parts any more.
    """
    if size.area > limits.max_page_pixels:
        raise ImageTooLargeError(
            f"{what} has {size.width}x{size.height} = {size.area:,} pixels, the limit of a page is "
            f"{limits.max_page_pixels:,}; shrink or cut it",
            owner="raise ImageLimits.max_page_pixels",
        )
    if min(size) < 1 or max(size) > _LONGEST:
        check_pixels(size, limits=limits, what=what)


def check_page(page: int, *, page_count: int, most: int, limit: str) -> None:
    """Refuse a source with too many pages, and a page that it does not have.

    Args:
        page: The page asked for, from 1.
        page_count: Number of pages of the source.
        most: The largest number of pages allowed.
        limit: Name of the limit, for the message.

    Raises:
        ImageTooLargeError: If there are more pages than allowed.
        ImageNotFoundError: If there is no such page.
    """
    if page_count > most:
        raise ImageTooLargeError(
            f"the image has more than {most} pages or frames; split it",
            owner=f"raise ImageLimits.{limit}",
        )
    if not 1 <= page <= page_count:
        raise ImageNotFoundError(
            f"there is no page {quoted(page)}: the image has {pages_to_choose(page_count)}"
        )
