"""Originals: opened by their header, decoded once, shown in views."""

import math
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PIL import Image

from ergo_agent._common.caches import Recent
from ergo_agent._common.text import quoted
from ergo_agent.errors import RegionError
from ergo_agent.images.access import checked_roots
from ergo_agent.images.decoder import Reader, check_page, enough_memory
from ergo_agent.images.guard import GuardedReader
from ergo_agent.images.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.images.orientation import oriented, oriented_size, stored_region
from ergo_agent.images.pixel_memory import memory_for
from ergo_agent.images.pixels import PixelReader
from ergo_agent.images.readers import make_reader
from ergo_agent.images.resampler import DRAFT_MARGIN, is_part, resampled, surroundings
from ergo_agent.images.sources import ImageSource, read_encoded
from ergo_agent.images.stores import ImageStore, digest_of
from ergo_agent.images.threads import in_image_thread
from ergo_agent.views.geometry import Region, Size

__all__ = ["Original", "aopen_original", "open_original"]

_MOST_SHOWN = 256_000_000
"""Pixels of a view, a gigabyte once made; the largest that a token rule allows has 17 million."""

_KEPT, _PEAKS = 4, {"image/jp2": 16, "image/webp": 16, "image/avif": 10}
_PEAK = 6
"""Bytes for each pixel, once decoded and at the peak of decoding; see `rasters`."""

_DRAFT_PEAK = 5 * 4
"""Bytes for each pixel that is wanted of a draft, which has up to twice as many on each side."""

_DRAWN = 9
"""Pixels that a page is drawn at, or a part of a large page decoded at, for each pixel of a view,
at most; see `pdfs` and `large_pages`."""

_DECODED_OFTEN = frozenset({"image/jpeg", "image/mpo"})
"""Kinds whose readers serve for many drafts; others let go of their bytes with the first."""

_SPENT = 1.0
"""How often all rows may be gone through for parts alone. Then all pixels are decoded and kept, so
that many zooms into one image cost at most twice what it takes to decode it first."""

_readers: Recent[Reader] = Recent(most=128_000_000)
"""By the originals' keys, so that those used last need not be opened anew: that takes 19 ms for a
JPEG of 12 MB, whose scans are counted. Their weight is that of the encoded bytes that they hold."""


class Original:
    """One page of an image at full resolution; made by `open_original`.

    Opening reads the header. Pixels are decoded when a view needs them and stay only while there is
    room, as all decoded originals of the process share it. Safe to use from several threads.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        digest: str,
        page: int,
        reopen: Callable[[], Reader] | None = None,
        weight: int = 0,
    ) -> None:
        """Take the facts from what has read the header.

        Args:
            reader: Can decode the page.
            digest: `sha256:<hex>` of the source's bytes; of the PPM encoding for a Pillow image.
            page: Which page or frame this is, from 1.
            reopen: Makes another such reader; None where this one is to be held.
            weight: Bytes that a reader holds.
        """
        self.digest = digest
        self.page = page
        self.page_count = reader.page_count
        """Number of pages or frames of the source."""

        self.media_type = reader.media_type
        """Media type by the source's bytes, whatever its name says."""

        self._comes_whole = reader.comes_whole
        self._parts = reader.parts
        self._spent = 0.0
        self._stored = reader.stored_size
        self._orientation = reader.orientation
        self.size = oriented_size(self._stored, orientation=self._orientation)
        """Width and height in original pixels, EXIF orientation applied."""

        self._key = object()
        self._peak = _PEAKS.get(self.media_type, _PEAK) * self._stored.area
        self._reader: Reader | None = reader
        self._reopen = reopen
        self._weight = weight
        if reopen is not None:
            self._reader = None
            _readers.put(self._key, reader, weight=weight)
        weakref.finalize(self, _forget, self._key, self._peak).atexit = False

    def shown(self, region: Region, at: Size) -> Image.Image:
        """A region as a view; blocking.

        The whole image, shrunk, is resampled bicubically, from a smaller decoding where it is a
        JPEG; anything else is cut from the original and resampled with Lanczos, the same whether
        all of the original is decoded or the part alone. Each view of a PDF's page is drawn.

        Args:
            region: What to show, in original pixels.
            at: Size of the view, in view pixels.

        Returns:
            A new RGB image of exactly that size.

        Raises:
            RegionError: If the region reaches beyond the original, or `at` has no pixels.
            ImageFormatError: If the source turns out to be damaged.
            ImageNotFoundError: If it came from a store that has forgotten it.
            ImageTooLargeError: If it takes more memory or time than allowed.
        """
        self._check(region, at)
        orientation = self._orientation
        stored_at = oriented_size(at, orientation=orientation)
        with enough_memory("the view"):
            if self.shrinks(region, at):
                view = self._coarse(stored_at)
            else:
                box = stored_region(region, stored=self._stored, orientation=orientation)
                view = self._cut(box, stored_at, Image.Resampling.LANCZOS)
            return oriented(view, orientation=orientation)

    def shrinks(self, region: Region, at: Size) -> bool:
        """Whether a view of `region` at size `at` is the whole image, smaller than it is."""
        return region == Region.whole(self.size) and at.area < self.size.area

    async def ashown(self, region: Region, at: Size) -> Image.Image:
        """Like `shown`, in a worker thread."""
        return await in_image_thread(self.shown, region, at, owner=self.digest)

    def _check(self, region: Region, at: Size) -> None:
        size = self.size
        if region.right > size.width or region.bottom > size.height:
            raise RegionError(
                f"the region {region.as_tuple()} reaches beyond the image, which is "
                f"{size.width}x{size.height} pixels; give one inside it"
            )
        if min(at) < 1 or at.area > _MOST_SHOWN:
            raise RegionError(
                f"a view of {quoted(at[0])}x{quoted(at[1])} pixels cannot be made; give positive "
                f"sides, and at most {_MOST_SHOWN:,} pixels"
            )

    def _coarse(self, at: Size) -> Image.Image:
        """The whole image shrunk to `at`, in stored orientation."""
        if self.media_type in _DECODED_OFTEN:
            wanted = Size(*(math.ceil(side * DRAFT_MARGIN) for side in at))
            peak, draft = _DRAFT_PEAK * wanted.area, partial(self._draft, wanted, at)
            with memory_for(peak).lend(object(), peak=peak, kept=0, decode=draft) as view:
                if view is not None:
                    return view
        return self._cut(Region.whole(self._stored), at, Image.Resampling.BICUBIC)

    def _draft(self, wanted: Size, at: Size) -> Image.Image | None:
        draft = self._opened().draft(wanted)
        return draft and draft.image.resize(at, Image.Resampling.BICUBIC, box=draft.box)

    def _cut(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image:
        """A part, in stored orientation, resampled."""
        if not self._comes_whole and self._parts != "own":
            cut = self._opened().cut(region, at, how)
        else:
            cut = self._cut_alone(region, at, how)
        if cut is not None:
            return cut
        with self._lent() as pixels:
            if region.size == at:
                return pixels.crop(region.as_tuple()).convert("RGB")
            return resampled(pixels, region, at, how).convert("RGB")

    def _cut_alone(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image | None:
        """A part from what is decoded for it alone; None where all pixels serve better."""
        around = surroundings(region, at, how, within=self._stored)
        if self._parts == "none" or (self._parts == "same" and not self._pays(around)):
            return None
        peak = _KEPT * (at.area + min(around.size.area, _DRAWN * at.area))
        if self._parts == "same":
            peak = 2 * _KEPT * around.size.area
        cut = partial(self._opened().cut, region, at, how)
        with memory_for(peak).lend(object(), peak=peak, kept=0, decode=cut) as view:
            return view

    def _pays(self, part: Region) -> bool:
        """Whether to decode a part alone, whose pixels would be the same among all of them."""
        if not is_part(part, of=self._stored):
            return False
        if self._spent >= _SPENT or memory_for(self._peak).holds(self._key):
            return False
        self._spent += part.bottom / self._stored.height
        return True

    @contextmanager
    def _lent(self) -> Iterator[Image.Image]:
        """All pixels in stored orientation, decoded by the first who wants them."""
        if self._reader is not None:
            yield self._reader.decode()
            return
        kept, memory = _KEPT * self._stored.area, memory_for(self._peak)
        with memory.lend(self._key, peak=self._peak, kept=kept, decode=self._decode) as pixels:
            yield pixels

    def _decode(self) -> Image.Image:
        pixels = self._opened().decode()
        if self.media_type not in _DECODED_OFTEN:
            _readers.pop(self._key)
        return pixels

    def _opened(self) -> Reader:
        """What decodes the page, opened anew where it was not used for long."""
        reader = _readers.get(self._key)
        if reader is None:
            assert self._reopen is not None
            reader = self._reopen()
            _readers.put(self._key, reader, weight=self._weight)
        return reader


def _forget(key: object, peak: int) -> None:
    """What is kept of an original that is gone."""
    _readers.pop(key)
    memory_for(peak).forget(key)


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
        SettingsError: If a folder in `allowed_roots` is none.
        ImageNotFoundError: If nothing is there, or there is no such page.
        ImageAccessError: If it is not allowed, not a regular file, or on the network.
        ImageFormatError: If it is empty, damaged, encrypted, or no image.
        ImageTooLargeError: If it exceeds a limit.
    """
    if isinstance(source, Image.Image):
        return original_from_image(source, page=page, limits=limits)
    roots = checked_roots(allowed_roots)
    data = read_encoded(source, limits=limits, store=store, allowed_roots=roots)
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
    opened = partial(
        open_original, source, page=page, limits=limits, store=store, allowed_roots=allowed_roots
    )
    return await in_image_thread(opened)


def original_from_image(image: Image.Image, *, page: int, limits: ImageLimits) -> Original:
    """An original of a Pillow image's current frame, which is page 1."""
    check_page(page, page_count=1, most=1, limit="max_frames")
    reader = PixelReader(image, limits=limits)
    return Original(reader, digest=reader.digest, page=page)


def original_from_bytes(
    data: bytes,
    *,
    page: int,
    limits: ImageLimits,
    digest: str,
    load: Callable[[], bytes] | None = None,
) -> Original:
    """An original of encoded bytes whose digest is known.

    Args:
        data: The bytes.
        page: The page or frame, from 1.
        limits: What is too large.
        digest: Of `data`.
        load: Gives them again when they are needed; they are held when it is left out.
    """
    make: Callable[..., Reader] = GuardedReader if limits.guarded else make_reader
    load = load or (lambda: data)
    return Original(
        make(data, page=page, limits=limits),
        digest=digest,
        page=page,
        reopen=lambda: make(load(), page=page, limits=limits),
        weight=len(data),
    )
