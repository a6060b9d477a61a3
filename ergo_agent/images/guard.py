"""Images that nobody vouches for, decoded by a process whose memory and time are bounded.

Only facts and pixels come back. What would not fit into `max_memory` with its RGB beside it, or has
more than `max_pixels`, stays there: of such an original each view is cut where it is decoded.
"""

from itertools import count
from typing import Any

from PIL import Image

from ergo_agent import errors
from ergo_agent.errors import ImageError, ImageFormatError, ImageTooLargeError
from ergo_agent.images.buffers import rgb_over
from ergo_agent.images.decoder import Draft, Parts, check_page_size
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.pdfs import is_pdf
from ergo_agent.images.process import Overrun, Reply, run_job
from ergo_agent.views.geometry import Region, Size

__all__ = ["BASE", "GuardedReader", "error_told", "limits_there", "next_key"]

BASE = 56_000_000
"""Bytes that the process takes before its first job: 51 MB were measured."""
_PER_PDF_PIXEL = 12
"""Bytes of `max_memory` for each pixel of a PDF page that is drawn at once: four there, four here,
and as many for what lies on the page."""


_keys = count()


def next_key() -> int:
    """A number for jobs about what nobody else asks about."""
    return next(_keys)


class GuardedReader:
    """One page of one source, decoded elsewhere."""

    def __init__(self, data: bytes, *, page: int, limits: ImageLimits) -> None:
        """Have the header read.

        Args:
            data: The encoded image or document.
            page: The page or frame, from 1.
            limits: With `max_memory` and `decode_seconds`.

        Raises:
            ImageFormatError: If the bytes are no image, damaged, or cut short.
            ImageTooLargeError: If a limit is exceeded.
            ImageNotFoundError: If there is no such page.
        """
        assert limits.max_memory is not None
        self._data = data
        self._key = next_key()
        self._page = page
        self._limits = limits
        self._memory = limits.max_memory - BASE
        self.comes_whole = True
        self._in_parts = False
        """Whether no view takes more than a part, and so no more memory than is allowed."""
        self._spare = self._memory
        facts = self._run("open").told
        self.stored_size = Size(*facts["size"])
        self.orientation = int(facts["orientation"])
        self.page_count = int(facts["page_count"])
        self.media_type = str(facts["media_type"])
        check_page_size(self.stored_size, limits=limits, what="the image")
        self.parts: Parts = facts["parts"]
        self._drafts = self.media_type in {"image/jpeg", "image/mpo"}
        needed = int(facts["per_pixel"]) * self.stored_size.area + len(data)
        self._in_parts = not facts["comes_whole"]
        self.comes_whole = needed <= self._memory and not self._in_parts
        self._spare = max(0, self._memory - needed)

    def decode(self) -> Image.Image:
        """All pixels as RGB, in stored orientation."""
        image = self._image(self._run("decode", room=4 * self.stored_size.area))
        if not self._drafts:
            self._data = b""
        return image

    def draft(self, wanted: Size) -> Draft | None:
        """A JPEG decoded at a fraction of its size; None for all else."""
        width, height = self.stored_size
        smaller = min(width // wanted.width, height // wanted.height)
        if not self._drafts or smaller < 2:  # a draft has half of each side at most
            return None
        by = next(each for each in (8, 4, 2) if each <= smaller)
        here = 4 * (width // by + 1) * (height // by + 1)
        reply = self._run("draft", here=here, wanted=wanted)
        return Draft(self._image(reply), tuple(reply.told["box"])) if reply.pixels else None

    def cut(self, region: Region, at: Size, how: Image.Resampling) -> Image.Image | None:
        """A part, resampled where it is decoded: by itself, or if the whole is too large to come.

        None where that takes all pixels, and they can come here.
        """
        if self.comes_whole and self.parts == "none":
            return None
        asked: dict[str, Any] = {
            "at": at,
            "box": region.as_tuple(),
            "how": int(how),
            "alone": self.comes_whole,
        }
        reply = self._run("cut", here=4 * at.area, **asked)
        return self._image(reply) if reply.pixels or not self.comes_whole else None

    def _run(self, job: str, *, here: int = 0, room: int = 0, **more: Any) -> Reply:
        """Have a job done.

        Args:
            job: Its name.
            here: Bytes of pixels that come back at most.
            room: Bytes of a whole page's pixels, which the process and this one share.
            **more: What the job needs.
        """
        limits = self._limits
        asked = {
            "job": job,
            "key": self._key,
            "page": self._page,
            "limits": limits_there(limits, pdf=is_pdf(self._data)).model_dump(),
            "memory": max(1, self._memory - here),
            "spare": self._spare,
            "seconds": limits.decode_seconds,
            **more,
        }
        try:
            reply = run_job(asked, self._data, most=here, room=room)
        except Overrun as error:
            raise self._too_much() from error
        if "error" in reply.told:
            met = error_told(reply.told)
            # several libraries call a file broken when they get no memory for it
            broken = isinstance(met, ImageFormatError) and not self._in_parts
            raise self._too_much() if broken and not self.comes_whole else met
        return reply

    def _too_much(self) -> ImageTooLargeError:
        limits = self._limits
        return ImageTooLargeError(
            f"page {self._page} of the image takes more than {limits.decode_seconds:g} s of the "
            f"processor or {limits.max_memory:,} bytes to be read, or breaks what reads it; give "
            "it smaller, or saved anew",
            owner="raise ImageLimits.decode_seconds or max_memory",
        )

    def _image(self, reply: Reply) -> Image.Image:
        size = Size(*reply.told["size"])
        if len(reply.pixels) != 4 * size.area:
            raise ImageFormatError("the image was not decoded as a whole; save it anew")
        return rgb_over(reply.pixels, size)


def limits_there(limits: ImageLimits, *, pdf: bool) -> ImageLimits:
    """The limits that the process applies itself, bounded as it is.

    Args:
        limits: Those that it is bounded by.
        pdf: Whether the source is a PDF, of which as much is drawn at once as memory allows.
    """
    own: dict[str, Any] = {"max_memory": None, "decode_seconds": None}
    if pdf and limits.max_memory is not None:
        own["max_pixels"] = min(limits.max_pixels, limits.max_memory // _PER_PDF_PIXEL)
    return limits.model_copy(update=own)


def error_told(told: dict[str, Any]) -> ImageError:
    """The error that the process met."""
    kind = getattr(errors, str(told["error"]), ImageFormatError)
    return (kind if issubclass(kind, ImageError) else ImageFormatError)(
        str(told["text"])[:1000], owner=told["owner"]
    )
