"""Opened originals, shared between questions."""

import threading
from collections import OrderedDict
from functools import partial

from ergo_agent.images.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.images.originals import Original, original_from_bytes
from ergo_agent.images.stores import ImageStore

__all__ = ["OriginalCache"]

_MOST = 256
"""Originals kept. What they read of their files and what they decoded has bounds of its own."""


class OriginalCache:
    """Keeps the originals used last, so that questions about one image open and decode it once.

    An original that is no longer kept goes on working for whoever holds it.
    """

    def __init__(
        self, store: ImageStore, limits: ImageLimits = DEFAULT_LIMITS, *, most: int = _MOST
    ) -> None:
        """Bound the cache.

        Args:
            store: Has the bytes by their digest, now and when they are decoded again.
            limits: What is too large to be opened.
            most: Most originals kept.
        """
        self._store = store
        self._limits = limits
        self._most = most
        self._kept: OrderedDict[tuple[str, int], Original] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: str, page: int, *, data: bytes | None = None) -> Original:
        """The original of an image, opened unless it is kept already; blocking.

        Args:
            digest: Of the image.
            page: The page or frame, from 1.
            data: Its bytes, where they are at hand.

        Raises:
            ImageError: As `open_original` raises it.
        """
        found = self._find(digest, page)
        if found is None:
            load = partial(self._store.get, digest)
            original = original_from_bytes(
                load() if data is None else data,
                page=page,
                limits=self._limits,
                digest=digest,
                load=load,
            )
            found = self._keep(original)
        return found

    def _find(self, digest: str, page: int) -> Original | None:
        key = digest, page
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, original: Original) -> Original:
        """Keep an original, or return the one that another thread kept meanwhile."""
        key = original.digest, original.page
        with self._lock:
            original = self._kept.setdefault(key, original)
            self._kept.move_to_end(key)
            gone = self._kept.popitem(last=False) if len(self._kept) > self._most else None
        del gone  # here, where the lock is free
        return original
