"""Originals: opened by their header, decoded once, shown in views."""

import math
import threading
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from ergo_agent.errors import RegionError
from ergo_agent.images.decoder import Reader, check_page, enough_memory
from ergo_agent.images.guard import GuardedReader
from ergo_agent.images.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.images.orientation import oriented, oriented_size, stored_region
from ergo_agent.images.pdfs import PdfReader, is_pdf
from ergo_agent.images.pixels import PixelReader
from ergo_agent.images.rasters import RasterReader, kind_of
from ergo_agent.images.sources import ImageSource, read_encoded
from ergo_agent.images.stores import ImageStore, digest_of
from ergo_agent.images.threads import in_image_thread
from ergo_agent.views.geometry import Region, Size

__all__ = ["Original", "aopen_original", "check_kind", "open_original"]

_DRAFT_MARGIN = 1.5
"""How much larger than the view a JPEG is decoded, so that shrinking still smooths it."""


class Original:
    """One page of an image at full resolution; made by `open_original`.

    Opening reads the header. The first view of a part decodes the page, and all views share what
    was decoded. Safe to use from several threads.
    """

    def __init__(self, reader: Reader, *, digest: str, page: int) -> None:
        """Wrap what can decode the page.

        Args:
            reader: Decodes the page.
            digest: `sha256:<hex>` of the source's bytes; of the PPM encoding for a Pillow image.
            page: Which page or frame this is, from 1.
        """
        self._reader = reader
        self._pixels: Image.Image | None = None
        self._decoding = threading.Lock()
        self.digest = digest
        self.page = page

    @property
    def size(self) -> Size:
        """Width and height in original pixels, EXIF orientation applied."""
        reader = self._reader
        return oriented_size(reader.stored_size, orientation=reader.orientation)

    @property
    def page_count(self) -> int:
        """Number of pages or frames of the source."""
        return self._reader.page_count

    @property
    def media_type(self) -> str:
        """Media type by the source's bytes, whatever its name says."""
        return self._reader.media_type

    def shown(self, region: Region, at: Size) -> Image.Image:
        """A region as a view; blocking.

        The whole image, shrunk, is resampled bicubically, from a smaller decoding where it is a
        JPEG; anything else is cut from the decoded original and resampled with Lanczos.

        Args:
            region: What to show, in original pixels.
            at: Size of the view, in view pixels.

        Returns:
            A new RGB image of exactly that size.

        Raises:
            RegionError: If the region reaches beyond the original, or `at` has no pixels.
            ImageFormatError: If the source turns out to be damaged.
            ImageTooLargeError: If it takes more memory or time than allowed.
        """
        self._check(region, at)
        orientation = self._reader.orientation
        stored_at = oriented_size(at, orientation=orientation)
        with enough_memory("the view"):
            if self.shrinks(region, at):
                view = self._coarse(stored_at)
            else:
                stored = self._reader.stored_size
                box = stored_region(region, stored=stored, orientation=orientation)
                view = self._cut(box, stored_at, Image.Resampling.LANCZOS)
            return oriented(view, orientation=orientation)

    def shrinks(self, region: Region, at: Size) -> bool:
        """Whether a view of `region` at size `at` is the whole image, smaller than it is."""
        return region == Region.whole(self.size) and at.area < self.size.area

    async def ashown(self, region: Region, at: Size) -> Image.Image:
        """Like `shown`, in a worker thread."""
        return await in_image_thread(self.shown, region, at)

    def _check(self, region: Region, at: Size) -> None:
        size = self.size
        if region.right > size.width or region.bottom > size.height:
            raise RegionError(
                f"the region {region.as_tuple()} reaches beyond the image, which is "
                f"{size.width}x{size.height} pixels; give one inside it"
            )
        if min(at) < 1:
            raise RegionError(
                f"a view of {at[0]}x{at[1]} pixels shows nothing; give positive sides"
            )

    def _coarse(self, at: Size) -> Image.Image:
        """The whole image shrunk to `at`, in stored orientation."""
        wanted = Size(*(math.ceil(side * _DRAFT_MARGIN) for side in at))
        draft = self._reader.draft(wanted)
        if draft is None:
            whole = Region.whole(self._reader.stored_size)
            return self._cut(whole, at, Image.Resampling.BICUBIC)
        return draft.image.resize(at, Image.Resampling.BICUBIC, box=draft.box)

    def _cut(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image:
        """A part, in stored orientation, resampled without copying it first."""
        cut = self._reader.cut(region, at, how)
        if cut is not None:
            return cut
        if region.size == at:
            return self._decoded().crop(region.as_tuple())
        return self._decoded().resize(at, how, box=region.as_tuple())

    def _decoded(self) -> Image.Image:
        """All pixels in stored orientation, decoded by the first caller."""
        with self._decoding:
            if self._pixels is None:
                self._pixels = self._reader.decode()
            return self._pixels


def open_original(
    source: ImageSource,
    *,
    page: int = 1,
    limits: ImageLimits = DEFAULT_LIMITS,
    store: ImageStore | None = None,
    allowed_roots: Sequence[Path] | None = None,
) -> Original:
    """Open an image by its header; blocking.

    Args:
        source: A path, `data:` or `file://` URL, store digest, encoded bytes or Pillow image.
        page: The page of a PDF, or the frame of a TIFF, GIF, APNG or WebP, from 1.
        limits: What is too large; checked before anything is decoded.
        store: Where digests are looked up.
        allowed_roots: Folders that paths must lie in, all links followed; None allows any.

    Raises:
        ImageNotFoundError: If nothing is there, or there is no such page.
        ImageAccessError: If it is not allowed, not a regular file, or on the network.
        ImageFormatError: If it is empty, damaged, encrypted, or no image.
        ImageTooLargeError: If it exceeds a limit.
    """
    if isinstance(source, Image.Image):
        return original_from_image(source, page=page, limits=limits)
    data = read_encoded(source, limits=limits, store=store, allowed_roots=allowed_roots)
    return original_from_bytes(data, page=page, limits=limits, digest=digest_of(data))


async def aopen_original(
    source: ImageSource,
    *,
    page: int = 1,
    limits: ImageLimits = DEFAULT_LIMITS,
    store: ImageStore | None = None,
    allowed_roots: Sequence[Path] | None = None,
) -> Original:
    """Like `open_original`, in a worker thread."""
    return await in_image_thread(
        open_original, source, page=page, limits=limits, store=store, allowed_roots=allowed_roots
    )


def original_from_image(image: Image.Image, *, page: int, limits: ImageLimits) -> Original:
    """An original of a Pillow image's current frame, which is page 1."""
    check_page(page, page_count=1, most=1, limit="max_frames")
    reader = PixelReader(image, limits=limits)
    return Original(reader, digest=reader.digest, page=page)


def check_kind(data: bytes) -> None:
    """Refuse what does not begin like an image; nothing else should be kept.

    Raises:
        ImageFormatError: If it does not.
    """
    if not is_pdf(data):
        kind_of(data)


def original_from_bytes(data: bytes, *, page: int, limits: ImageLimits, digest: str) -> Original:
    """An original of encoded bytes whose digest is known."""
    make: type[PdfReader | GuardedReader | RasterReader] = GuardedReader
    if not limits.guarded:
        make = PdfReader if is_pdf(data) else RasterReader
    return Original(make(data, page=page, limits=limits), digest=digest, page=page)
