"""Images that were uploaded or named, as facts and as pictures.

Originals lie in the memory that the whole process shares, where the graph finds them by the same
digest, so that an image is decoded once.
"""

import asyncio
import io
from pathlib import Path, PurePosixPath
from typing import Any

from cachetools import LRUCache

from ergo_agent.documents.document import PAGED
from ergo_agent.errors import ImageAccessError, ImageNotFoundError
from ergo_agent.images import ImageLimits, Original
from ergo_agent.images.maker import HeldImage, ViewMaker
from ergo_agent.images.reduction import within_side
from ergo_agent.images.stores import is_digest
from ergo_agent.views.geometry import Region

__all__ = ["MOST_SIDE", "PageImages"]

MOST_SIDE = 4096
"""Of a picture, in pixels."""

_QUALITY = 88
_DECODING = 2
"""Pictures made at once: each may hold a decoded original."""

_MOST_NAMES = 1000


class PageImages:
    """Takes images in, and shows them."""

    def __init__(self, *, root: Path | None, limits: ImageLimits) -> None:
        """Say where images may come from.

        Args:
            root: The folder that paths lie in; None for none.
            limits: What is too large to be opened.
        """
        self._root = root
        self._maker = ViewMaker(limits=limits, allowed_roots=[root] if root else [])
        self._names: LRUCache[str, str] = LRUCache(_MOST_NAMES)
        self._decoding = asyncio.Semaphore(_DECODING)

    async def keep(self, data: bytes, *, name: str) -> dict[str, Any]:
        """Keep an uploaded image, and say what it is.

        Args:
            data: The encoded image or PDF.
            name: What to call it.

        Raises:
            ImageError: If it cannot be used.
        """
        return await self._kept(await self._maker.hold(data), _plain(name))

    async def open(self, path: str) -> dict[str, Any]:
        """Read an image of the folder, and say what it is.

        Args:
            path: Relative to the folder.

        Raises:
            ImageError: If it cannot be used, or is not one that the folder shows.
        """
        if self._root is None:
            raise ImageAccessError("no folder was opened; start with --root, or drop the file here")
        parts = PurePosixPath(path).parts
        if any(part.startswith(".") and part not in {".", ".."} for part in parts):
            raise ImageAccessError("hidden files are not opened; give a path that is listed")
        return await self._kept(await self._maker.hold(Path(path)), _plain(path))

    async def facts(self, digest: str, page: int) -> dict[str, Any]:
        """What a page of a kept image is: its size in original pixels, and how many there are.

        `paged` says whether they are the pages of a document; the frames of an animation are not.

        Raises:
            ImageError: If it is not kept, or has no such page.
        """
        original = await self.original(digest, page)
        return {
            "image": digest,
            "name": self.name(digest),
            "page": page,
            "page_count": original.page_count,
            "paged": original.page_count > 1 and original.media_type in PAGED,
            "width": original.size.width,
            "height": original.size.height,
        }

    async def picture(self, digest: str, page: int, *, side: int) -> bytes:
        """A page as a JPEG, shrunk so that neither side is over `side` pixels.

        Raises:
            ImageError: If it is not kept, or cannot be decoded.
        """
        with self._maker.holding(digest):
            original = await self.original(digest, page)
            async with self._decoding:
                return await asyncio.to_thread(_encoded, original, min(side, MOST_SIDE))

    async def original(self, digest: str, page: int) -> Original:
        """The original of a kept image.

        Raises:
            ImageError: If it is not kept, or has no such page.
        """
        if not is_digest(digest):
            raise ImageNotFoundError("that is no image's digest; open the image again")
        await self._maker.keep(digest)  # one that was opened here
        return await self._maker.original(digest, page=page)

    def name(self, digest: str) -> str:
        """What an image is called."""
        return self._names.get(digest, "image")

    def view(self, digest: str) -> bytes:
        """An encoded view.

        Raises:
            ImageNotFoundError: If it is no longer kept.
        """
        return self._maker.store.get(digest)

    async def _kept(self, held: HeldImage, name: str) -> dict[str, Any]:
        with held as digest:
            facts = await self.facts(digest, 1)
        self._names[digest] = name
        return {**facts, "name": name}


def _plain(name: str) -> str:
    """The last part of a path, without what does not print."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:200] or "image"


def _encoded(original: Original, side: int) -> bytes:
    """A JPEG: of 16 megapixels it takes a tenth of the time that a WebP does."""
    size = original.size
    buffer = io.BytesIO()
    image = original.shown(Region.whole(size), within_side(size, side=side))
    image.save(buffer, format="JPEG", quality=_QUALITY, subsampling="4:4:4")
    return buffer.getvalue()
