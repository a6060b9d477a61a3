"""Opened originals, shared between questions."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from ergo_agent.images.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.images.originals import Original, original_from_bytes, original_from_image
from ergo_agent.images.sources import ImageSource, read_encoded
from ergo_agent.images.stores import ImageStore, digest_of, is_digest
from ergo_agent.images.threads import in_image_thread

__all__ = ["OriginalCache"]

_Key = tuple[str, int]


class _Entry(NamedTuple):
    original: Original
    weight: int
    """In pixels, of four bytes each."""


class OriginalCache:
    """Keeps the originals used last, so that questions about one image decode it once.

    An original that is no longer kept goes on working for whoever holds it.
    """

    def __init__(
        self,
        limits: ImageLimits = DEFAULT_LIMITS,
        store: ImageStore | None = None,
        *,
        max_pixels: int = 300_000_000,
        allowed_roots: Sequence[Path] | None = None,
    ) -> None:
        """Bound the cache.

        Args:
            limits: What is too large to be opened.
            store: Where digests are looked up.
            max_pixels: Most pixels of the originals kept, all together, whether they are decoded
                yet or not; each takes four bytes. Four encoded bytes count as one more pixel.
            allowed_roots: Folders that paths must lie in; None allows any.
        """
        self._limits = limits
        self._store = store
        self._max_pixels = max_pixels
        self._allowed_roots = allowed_roots
        self._kept: OrderedDict[_Key, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    async def get(self, source: ImageSource, page: int = 1) -> Original:
        """The original of a source, opened in a worker thread unless it is kept already.

        Args:
            source: A path, `data:` or `file://` URL, store digest, encoded bytes or Pillow image.
            page: The page or frame, from 1.

        Raises:
            ImageError: As `open_original` raises it.
        """
        return await in_image_thread(self._get, source, page)

    def _get(self, source: ImageSource, page: int) -> Original:
        if isinstance(source, Image.Image):
            return self._keep(original_from_image(source, page=page, limits=self._limits))
        if isinstance(source, str) and is_digest(source):
            found = self._find((source, page))
            if found is not None:
                return found
        data = read_encoded(
            source, limits=self._limits, store=self._store, allowed_roots=self._allowed_roots
        )
        digest = digest_of(data)
        found = self._find((digest, page))
        if found is not None:
            return found
        original = original_from_bytes(data, page=page, limits=self._limits, digest=digest)
        return self._keep(original, encoded=len(data))

    def _find(self, key: _Key) -> Original | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key].original

    def _keep(self, original: Original, *, encoded: int = 0) -> Original:
        """Keep an original, or return the one that another thread kept meanwhile."""
        key = (original.digest, original.page)
        entry = _Entry(original, weight=original.size.area + encoded // 4)
        with self._lock:
            entry = self._kept.setdefault(key, entry)
            self._kept.move_to_end(key)
            while sum(kept.weight for kept in self._kept.values()) > self._max_pixels:
                self._kept.popitem(last=False)
        return entry.original
