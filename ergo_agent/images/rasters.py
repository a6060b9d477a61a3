"""Raster images, read with Pillow from bytes that nobody vouches for.

Pillow's `Image.open` is not used: it tries every format it knows (one of which runs an external
program) and applies a process-wide pixel limit by way of warnings. Here a closed list of formats is
tried, and the size in the header is checked against the caller's own limits.
"""

import io
import struct
from collections.abc import Sequence
from functools import partial

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from ergo_agent.errors import ImageFormatError, ImageTooLargeError
from ergo_agent.images.bands import can_be_cut, decoded_band
from ergo_agent.images.colours import to_rgb
from ergo_agent.images.containers import (
    count_gif_frames,
    count_jpeg_scans,
    jpeg_is_complete,
    png_exif,
)
from ergo_agent.images.decoder import (
    Draft,
    Parts,
    Whole,
    check_page,
    check_page_size,
    check_pixels,
    typed_errors,
)
from ergo_agent.images.heif import is_heif, register_heif
from ergo_agent.images.large_pages import LargePage
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.orientation import exif_orientation
from ergo_agent.images.part_sources import OpenedPage, part_source, stored_in_tiff
from ergo_agent.images.pyramids import TiffPage, pages_of_tiff
from ergo_agent.images.regions import decoded_alone, loader_for
from ergo_agent.views.geometry import Region, Size

__all__ = ["RasterReader", "kind_of"]

_PLUGINS = (
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
    GifImagePlugin,
    BmpImagePlugin,
    Jpeg2KImagePlugin,
    AvifImagePlugin,
    PpmImagePlugin,
)
"""Imported so that they register; a JPEG may turn out to be an MPO."""

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "JPEG2000", "AVIF", "PPM")

_COMPOSED = frozenset({"GIF", "PNG", "WEBP", "AVIF"})
_COMPOSING = 16
"""How many times `max_pixels` may be decoded, all in all, to get at one frame."""

_PER_PIXEL = {"JPEG2000": 20, "WEBP": 20, "HEIF": 15, "AVIF": 14}
"""Bytes for each pixel at the peak of decoding and with the RGB beside it, measured on 16 and 33
megapixels: 15.1 and 4 for JPEG 2000, 16.0 and 4 for WebP, 10.4 and 4 for HEIC, 10.0 and 4 for AVIF
with alpha."""
_SMALL_MODES = frozenset({"1", "L", "P", "RGB"})
_PROGRESSIVE = 6
"""Bytes more of a progressive JPEG, whose coefficients are kept."""

_SCANS, _SCANNED = 16, 300_000_000
"""Scans that are always taken (encoders make at most about ten), and pixels passed over by more."""

_DIRECT = frozenset({"JPEG", "PNG", "BMP", "PPM"})
"""Decoded by Pillow into the memory that it was given, if it was."""

_LARGE = 2_000_000
"""Pixels; what has fewer is decoded as a whole in less than 10 ms."""

_WHAT = "the image"


class RasterReader(Whole):
    """One frame of a raster image."""

    def __init__(self, data: bytes, *, page: int, limits: ImageLimits) -> None:
        """Read the header only.

        Args:
            data: The encoded image.
            page: The frame, from 1.
            limits: Checked here, before anything is decoded.

        Raises:
            ImageFormatError: If the bytes are no image, or cut short.
            ImageTooLargeError: If it has more pixels or frames than the limits allow.
            ImageNotFoundError: If there is no such frame.
        """
        self._data = data
        self._limits = limits
        self._large: LargePage | None = None
        with typed_errors(_WHAT), _opened(data) as image:
            check_page_size(Size(*image.size), limits=limits, what=_WHAT)
            tiff = _tiff_pages(image, limits)
            self.page_count = len(tiff) if tiff else _count_frames(image, data, limits)
            check_page(page, page_count=self.page_count, most=limits.max_frames, limit="max_frames")
            _check_composed(image, page, limits)
            self._frame = tiff[page - 1].frame + 1 if tiff else page
            _select(image, self._frame)
            self.stored_size = Size(*image.size)
            check_page_size(self.stored_size, limits=limits, what=_WHAT)
            self.per_pixel = _per_pixel(image)
            self.media_type = Image.MIME.get(image.format or "", "application/octet-stream")
            self.orientation = _orientation(image, data)
            self._drafts = isinstance(image, JpegImagePlugin.JpegImageFile)
            large = self.stored_size.area >= _LARGE
            self._loader = loader_for(image, data) if large else None
            self._bands = large and can_be_cut(image)
            self.parts: Parts = "same" if self._loader or self._bands else "none"
            if self.stored_size.area <= limits.max_pixels:
                _check_tile(image, limits)
            else:
                found = tiff[page - 1] if tiff else None
                again = partial(_opened, data)
                opened = OpenedPage(image, data, found, self._loader, self._bands, again)
                self._open_in_parts(opened)
        if self._drafts:
            _check_jpeg(data, self.stored_size)

    def _open_in_parts(self, opened: OpenedPage) -> None:
        """Of a page with more pixels than are decoded at once.

        Raises:
            ImageTooLargeError: If nothing gives parts of it.
        """
        limits = self._limits
        if self.stored_size.area < _LARGE:  # limits as for thumbnails
            check_pixels(self.stored_size, limits=limits, what=_WHAT)
        if isinstance(opened.image, TiffImagePlugin.TiffImageFile):
            self.stored_size, self.orientation = stored_in_tiff(opened.image)
        source = part_source(opened, self.stored_size, limits=limits)
        self._large = LargePage(source, self.stored_size, limits=limits)
        self.comes_whole, self.parts = False, "own"

    def decode(self) -> Image.Image:
        """All pixels as RGB, in stored orientation.

        Raises:
            ImageTooLargeError: If there are too many; parts of them come from `cut`.
        """
        with typed_errors(_WHAT):
            return to_rgb(self.raw())

    def cut(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image | None:
        """A part, resampled, by itself; of a page that does not come whole, never None."""
        if self._large is None:
            return super().cut(region, at, how)
        return self._large.cut(region, at, how)

    def raw(self, target: Image.Image | None = None) -> Image.Image:
        """All pixels in the image's own mode, in stored orientation.

        Args:
            target: An RGB image whose memory they are decoded into, if they can be.
        """
        check_pixels(self.stored_size, limits=self._limits, what=_WHAT)
        with typed_errors(_WHAT):
            image = _opened(self._data)
            _select(image, self._frame)
            _make_room(image)
            plain = image.mode == "RGB" and not image.has_transparency_data
            if target is not None and plain and image.format in _DIRECT and self.page_count == 1:
                image.im = target.im
            image.load()
            if image.size != self.stored_size:
                raise ImageFormatError(
                    f"the image decodes to {image.width}x{image.height} pixels but its header "
                    f"says {self.stored_size.width}x{self.stored_size.height}; save it anew"
                )
        if not self._drafts:
            self._data = b""  # an image is decoded once; only a JPEG's drafts read it again
        return image

    def draft(self, wanted: Size) -> Draft | None:
        """A JPEG decoded at 1/2, 1/4 or 1/8, no smaller than `wanted`; None for all else."""
        if not self._drafts:
            return None
        with typed_errors(_WHAT):
            image = _opened(self._data)
            _select(image, self._frame)
            made = image.draft(None, wanted)
            if made is None or image.size == self.stored_size:
                return None
            if Size(*image.size).area > self._limits.max_pixels:
                return None
            image.load()
            return Draft(image=to_rgb(image), box=made[1])

    def part(self, region: Region) -> Image.Image | None:
        """Some pixels of a large JPEG, PNG or TIFF.

        By libvips where the extra `regions` is installed, else by Pillow, which can leave out what
        lies below them.
        """
        part = None
        if self._loader is not None:
            size, frame = self.stored_size, self._frame
            part = decoded_alone(self._data, self._loader, region, page=frame, of=size)
        if part is None and self._bands:
            with typed_errors(_WHAT):
                part = decoded_band(_opened(self._data), region)
        return part


def _opened(data: bytes) -> ImageFile.ImageFile:
    """Read the header with the first format that accepts the bytes."""
    name = kind_of(data)
    try:
        return Image.OPEN[name][0](io.BytesIO(data), "")
    except (SyntaxError, IndexError, TypeError, struct.error) as error:
        raise ImageFormatError(
            f"the image begins like {name} but its header is damaged ({type(error).__name__}); "
            "give a complete file"
        ) from None  # it quotes what it read


def kind_of(data: bytes) -> str:
    """The format that an image begins like.

    Raises:
        ImageFormatError: If it begins like none. The message quotes nothing of the bytes: an
            agent's model may have named a file with keys in it.
    """
    if is_heif(data):
        register_heif()
        return "HEIF"
    for name in _FORMATS:
        if name not in Image.OPEN:  # a Pillow built without this codec
            continue
        accepts = Image.OPEN[name][1]
        if accepts is None or accepts(data[:16]) is True:
            return name
    raise ImageFormatError(
        f"the {len(data):,} bytes are no image of a known kind; give "
        "a JPEG, PNG, TIFF, WebP, GIF, BMP, HEIC, JPEG 2000, AVIF, PPM or PDF"
    )


def _count_frames(image: ImageFile.ImageFile, data: bytes, limits: ImageLimits) -> int:
    """Number of frames, or one more than allowed; never walks further than that."""
    if isinstance(image, GifImagePlugin.GifImageFile):
        return max(1, count_gif_frames(data, most=limits.max_frames + 1))
    return int(getattr(image, "n_frames", 1))


def _tiff_pages(image: ImageFile.ImageFile, limits: ImageLimits) -> Sequence[TiffPage]:
    """A TIFF's pages, or of frames one more than allowed; none of anything else."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return ()
    return pages_of_tiff(image, most=limits.max_frames + 1)


def _select(image: ImageFile.ImageFile, page: int) -> None:
    """Go to a page; the first is what Pillow opens, of HEIC the primary image, wherever it lies."""
    if page > 1:
        first = image.tell()
        image.seek(page - 1 if page - 1 > first else page - 2)


def _check_composed(image: ImageFile.ImageFile, page: int, limits: ImageLimits) -> None:
    """Refuse a late frame of a large animation: each is drawn upon all those before it."""
    most = _COMPOSING * limits.max_pixels
    if page > 1 and image.format in _COMPOSED and page * Size(*image.size).area > most:
        raise ImageTooLargeError(
            f"frame {page} of the animation needs {page} frames of {image.width}x{image.height} "
            "pixels to be decoded, too many; save it as an image of its own"
        )


def _check_jpeg(data: bytes, size: Size) -> None:
    """Refuse a JPEG that is cut short, or has many more scans than any encoder makes.

    Raises:
        ImageFormatError: If its end is missing.
        ImageTooLargeError: If it would be gone over too often: each scan passes over all pixels.
    """
    if not jpeg_is_complete(data):
        raise ImageFormatError(
            "the JPEG is cut short: its end marker is missing; give the complete file"
        )
    scans = count_jpeg_scans(data)
    if scans > _SCANS and scans * size.area > _SCANNED:
        raise ImageTooLargeError(
            f"the JPEG has {scans} scans over {size.width}x{size.height} pixels, too many; save it "
            "anew"
        )


def _check_tile(image: ImageFile.ImageFile, limits: ImageLimits) -> None:
    """Refuse a TIFF whose tiles, each of which is decoded whole, have too many pixels."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return
    width, height = (image.tag_v2.get(tag, 1) for tag in (322, 323))
    if not (isinstance(width, int) and isinstance(height, int)):
        raise ImageFormatError("the TIFF's tiles have no size; save it anew")
    check_pixels(Size(width, height), limits=limits, what="a tile of the TIFF")


def _per_pixel(image: ImageFile.ImageFile) -> int:
    """Bytes that decoding takes for each pixel at its peak, with RGB beside it."""
    direct = image.mode == "RGB" and image.format in _DIRECT and not image.has_transparency_data
    others = 4 if direct else 6 if image.mode in _SMALL_MODES else 9
    progressive = _PROGRESSIVE if "progressive" in image.info else 0
    return _PER_PIXEL.get(image.format or "", others) + progressive


def _make_room(image: ImageFile.ImageFile) -> None:
    """Give a TIFF the memory to decode into; Pillow would apply its own limit in doing so."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        size = getattr(image, "_tile_size", image.size)  # in stored orientation
        image.im = Image.new(image.mode, size, None).im


def _orientation(image: ImageFile.ImageFile, data: bytes) -> int:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return 1  # Pillow turns a TIFF itself while it decodes, and reports the turned size
    if isinstance(image, PngImagePlugin.PngImageFile) and "exif" not in image.info:
        exif = png_exif(data)
        if exif is not None:
            image.info["exif"] = b"Exif\x00\x00" + exif
    return exif_orientation(image)
