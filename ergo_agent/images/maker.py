"""Makes views: the one place where an episode touches pixels.

Originals and encoded views lie in a content-addressed store; an episode's state names them by
their digest.
"""

import asyncio
import os
import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from PIL import Image

from ergo_agent._common.caches import MadeOnce, RecentTexts
from ergo_agent.errors import ImageNotFoundError
from ergo_agent.images import (
    DEFAULT_LIMITS,
    AllowedHosts,
    ImageLimits,
    ImageSource,
    ImageStore,
    MemoryStore,
    Original,
    OriginalCache,
    data_url,
    encode_view,
    fetch,
    is_remote,
    known_view,
    open_original,
)
from ergo_agent.images.originals import check_kind
from ergo_agent.images.sources import read_encoded
from ergo_agent.images.threads import in_image_thread
from ergo_agent.views.geometry import Region, Size

__all__ = ["ViewMaker"]

_URL_CHARS = 64 * 1024 * 1024
"""Of the URLs kept, so that a later turn does not encode the views of earlier ones again: about
thirty photographs of 1,280 vision tokens, or a hundred pages of text."""


class ViewMaker:
    """Opens originals and shows parts of them, never in the event loop."""

    def __init__(
        self,
        *,
        store: ImageStore | None = None,
        limits: ImageLimits = DEFAULT_LIMITS,
        allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
        allowed_hosts: Sequence[str] = (),
    ) -> None:
        """Say where images come from.

        Args:
            store: Where originals and views are kept; memory shared by the whole process when left
                out.
            limits: What is too large to be opened.
            allowed_roots: Folders that paths must lie in; None allows any.
            allowed_hosts: Hosts that images may be fetched from, as `AllowedHosts` reads them.

        Raises:
            SettingsError: If an entry of `allowed_hosts` is no host.
        """
        self.store: ImageStore = _shared_store() if store is None else store
        self._limits = limits
        self._roots = None if allowed_roots is None else [Path(root) for root in allowed_roots]
        if store is None:
            self._originals = _shared_originals(limits)
        else:
            self._originals = OriginalCache(limits, self.store)
        self._hosts = AllowedHosts(allowed_hosts)
        self._urls = RecentTexts(max_chars=_URL_CHARS)

    async def keep(self, source: ImageSource) -> str:
        """Put an image into the store and return its digest.

        Args:
            source: A path, `data:`, `file://` or `http(s)://` URL, store digest, encoded bytes or
                Pillow image.

        Raises:
            ImageError: If it cannot be read, or is not allowed.
        """
        if isinstance(source, str) and is_remote(source):
            source = await fetch(source, hosts=self._hosts, limits=self._limits)
        return await asyncio.to_thread(self._keep, source)

    async def original(self, digest: str, *, page: int, source: str | None = None) -> Original:
        """The original of a kept image.

        Args:
            digest: What `keep` returned.
            page: The page or frame, from 1.
            source: The path or URL it came from, if it came from one; it is read again where the
                store has forgotten the image, as after an episode was resumed in another process.

        Raises:
            ImageError: If it is unknown, has no such page, or cannot be opened.
        """
        try:
            return await self._originals.get(digest, page)
        except ImageNotFoundError:
            if source is None or digest in self.store or await self.keep(source) != digest:
                raise
            return await self._originals.get(digest, page)

    async def show(self, original: Original, region: Region, *, shown: Size) -> str:
        """Make a view, put it into the store and return its digest."""
        return await in_image_thread(self._show, original, region, shown)

    def holds(self, view: str) -> bool:
        """Whether the store still has a view."""
        return view in self.store

    async def url(self, view: str) -> str:
        """The data URL of a view that `show` made.

        Raises:
            ImageNotFoundError: If the store has forgotten it.
        """
        known = self._urls.get(view)
        return await asyncio.to_thread(self._url, view) if known is None else known

    def _keep(self, source: ImageSource) -> str:
        if isinstance(source, Image.Image):
            original = open_original(source, limits=self._limits)
            return self._show(original, Region.whole(original.size), original.size)
        data = read_encoded(
            source, limits=self._limits, store=self.store, allowed_roots=self._roots
        )
        check_kind(data)
        return self.store.put(data)

    def _show(self, original: Original, region: Region, shown: Size) -> str:
        lossy = original.media_type == "image/jpeg" and original.shrinks(region, shown)

        def make() -> str:
            return self.store.put(encode_view(original.shown(region, shown), lossy=lossy).data)

        return _views_of(original).get((region, shown), make, good=self.holds)

    def _url(self, view: str) -> str:
        url = data_url(known_view(self.store.get(view), digest=view))
        self._urls.put(view, url)
        return url


_made: WeakKeyDictionary[Original, MadeOnce] = WeakKeyDictionary()
_making = threading.Lock()


def _views_of(original: Original) -> MadeOnce:
    """The digests of the views made of an original, for as long as somebody holds it."""
    with _making:
        return _made.setdefault(original, MadeOnce())


@cache
def _shared_store() -> ImageStore:
    return MemoryStore()


@lru_cache(maxsize=4)
def _shared_originals(limits: ImageLimits) -> OriginalCache:
    """One for each limits: a tool that zooms need not decode what another has observed."""
    return OriginalCache(limits, _shared_store())
