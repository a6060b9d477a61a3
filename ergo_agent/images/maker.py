"""Makes views: the one place where an episode touches pixels.

Originals and encoded views lie in a content-addressed store; an episode's state names them by
their digest.
"""

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from weakref import WeakKeyDictionary

from PIL import Image

from ergo_agent._common.caches import MadeOnce, Recent
from ergo_agent.errors import ImageNotFoundError, StoreFullError
from ergo_agent.images import (
    DEFAULT_LIMITS,
    AllowedHosts,
    EncodedView,
    ImageLimits,
    ImageSource,
    ImageStore,
    MemoryStore,
    Original,
    OriginalCache,
    data_url,
    decode_data_url,
    encode_view,
    fetch,
    known_view,
    open_original,
)
from ergo_agent.images.access import Access, LoadedImages, checked_roots
from ergo_agent.images.encoder import encoded_view, view_type
from ergo_agent.images.pixels import PixelReader
from ergo_agent.images.readers import check_kind
from ergo_agent.images.sources import kind_of_source, naming, read_encoded
from ergo_agent.images.stores import unknown_image
from ergo_agent.images.threads import in_image_thread
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import Form, View

__all__ = ["HeldImage", "ViewMaker"]

_URL_CHARS = 64 * 1024 * 1024
"""Of the URLs kept, so that a later turn does not encode the views of earlier ones again: about
thirty photographs of 1,280 vision tokens, or a hundred pages of text."""


class HeldImage:
    """An image that its store does not forget while this lives, or until its block ends."""

    def __init__(
        self, name: str, handle: object = None, *, store: MemoryStore | None = None
    ) -> None:
        """Wrap a name.

        Args:
            name: The image's digest, or what else opens it.
            handle: What keeps it in the store, if that is needed.
            store: Where it is held.
        """
        self.name = name
        self._handle = handle
        self._store = store

    def __enter__(self) -> str:
        """The name."""
        return self.name

    def __exit__(self, *_: object) -> None:
        """Let the store forget it; to the store it is what was used last."""
        if self._store is not None and self._handle is not None:
            self._store.hold(self.name)
        self._handle = None


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
            SettingsError: If an entry of `allowed_hosts` is no host, or one of `allowed_roots` no
                folder.
        """
        self.store: ImageStore = _shared_store() if store is None else store
        self.limits = limits
        """What is too large to be opened."""

        if store is None:
            self._originals = _shared_originals(limits)
        else:
            self._originals = OriginalCache(self.store, limits)
        self._hosts = AllowedHosts(allowed_hosts)
        self._access = Access(checked_roots(allowed_roots), str(self._hosts))
        self._loaded = _shared_loaded() if store is None else None
        self._urls: Recent[str] = Recent(most=_URL_CHARS)

    @property
    def roots(self) -> tuple[Path, ...] | None:
        """Folders that paths must lie in; None allows any."""
        return self._access.roots

    async def keep(self, source: ImageSource) -> str:
        """Put an image into the store and return its digest.

        A digest is taken where the store is the caller's own; in the memory that the process shares
        where the image was loaded with the same roots and hosts.

        Args:
            source: A path, `data:`, `file://` or `http(s)://` URL, store digest, encoded bytes or
                Pillow image.

        Raises:
            ImageError: If it cannot be read, or is not allowed.
        """
        return (await self.hold(source)).name

    async def hold(self, source: ImageSource) -> HeldImage:
        """Like `keep`, and the store does not forget the image while what is returned lives.

        An image that can be read again from its path is not held: it is read again.

        Raises:
            ImageError: If it cannot be read, or is not allowed; a `StoreFullError` if the store
                holds too much already.
        """
        source = await self._fetched(source)
        held = await in_image_thread(self._hold, source)
        if self._loaded is not None:
            self._loaded.add(held.name, access=self._access)
        return held

    def holding(self, digest: str) -> HeldImage:
        """An image that is kept already, held as `hold` does; if it is not kept, nothing is."""
        store = self.store
        if not isinstance(store, MemoryStore):
            return HeldImage(digest)
        return HeldImage(digest, store.hold(digest), store=store)

    async def open(self, image: str, *, page: int, source: str | None = None) -> Original:
        """Keep an image and open it in one step: nothing can be forgotten in between.

        Args:
            image: A path, a URL, or the digest of a kept image.
            page: The page or frame, from 1.
            source: As for `original`.

        Raises:
            ImageError: If it cannot be opened, or is not allowed.
        """
        if kind_of_source(image) == "digest":
            if source is None and not self._may_open(image):
                raise unknown_image(image)
            return await self.original(image, page=page, source=source)
        original = await in_image_thread(self._open, await self._fetched(image), page)
        if self._loaded is not None:
            self._loaded.add(original.digest, access=self._access)
        return original

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
        forgotten = isinstance(self.store, MemoryStore) and digest not in self.store
        if source is None or not forgotten:
            try:
                return await in_image_thread(self._originals.get, digest, page, owner=digest)
            except ImageNotFoundError:
                if source is None or digest in self.store:
                    raise
        original = await self.open(source, page=page)
        if original.digest != digest:
            raise ImageNotFoundError(
                f"{digest} is forgotten, and where it came from is another image now; give it again"
            )
        return original

    async def made(self, planned: View, original: Original) -> View:
        """Make a view that was planned, and put it into the store.

        Args:
            planned: What is shown, at which size; a view that was made before is made again.
            original: The page that it is a part of.

        Returns:
            The view with its digest.
        """
        shown = planned.region, planned.shown, planned.form
        digest = await in_image_thread(self._show, original, *shown, owner=original.digest)
        return planned.model_copy(update={"digest": digest})

    def holds(self, view: str) -> bool:
        """Whether the store still has a view."""
        return view in self.store

    async def url(self, view: View, image: str, *, source: str | None = None) -> str:
        """The data URL of a view that `made` returned, made again where the store has forgotten it.

        Args:
            view: The view.
            image: The digest of the image that it shows.
            source: As for `original`.

        Raises:
            ImageNotFoundError: If the store has forgotten the image, too.
        """
        known = self._urls.get(view.digest)
        if known is not None:
            return known
        try:
            return await in_image_thread(self._url, view.digest, owner=image)
        except ImageNotFoundError:
            original = await self.original(image, page=view.page, source=source)
        again = partial(self.view, original, view.region, shown=view.shown, form=view.form)
        return self._remembered(await in_image_thread(again, owner=image))

    async def plain_url(self, view: View, image: str) -> str:
        """Like `url`, as PNG or JPEG whatever the view was sent as: for who may take nothing else.

        Raises:
            ImageNotFoundError: As `url` raises it.
        """
        url = await self.url(view, image)
        return url if view.form == "png" else await in_image_thread(_as_png, url, owner=image)

    def view(
        self, original: Original, region: Region, *, shown: Size, form: Form = "png"
    ) -> EncodedView:
        """Make a view and put it into the store, if that has room for it; blocking."""
        lossy = original.media_type == "image/jpeg" and original.shrinks(region, shown)
        data = encoded_view(original.shown(region, shown), lossy=lossy, form=form)
        try:
            return known_view(data, digest=self.store.put(data))
        except StoreFullError:
            view = known_view(data)
            self._remembered(view)  # it is about to be sent; later it can be made again
            return view

    async def _fetched(self, source: ImageSource) -> ImageSource:
        if isinstance(source, str) and kind_of_source(source) == "remote":
            return await fetch(source, hosts=self._hosts, limits=self.limits)
        return source

    def _hold(self, source: ImageSource) -> HeldImage:
        if isinstance(source, str) and kind_of_source(source) == "digest":
            if source not in self.store or not self._may_open(source):
                raise unknown_image(source)
            return self.holding(source)
        with naming(source):
            return self._taken(source)[0]

    def _open(self, source: ImageSource, page: int) -> Original:
        with naming(source):
            held, data = self._taken(source)
            with held as digest:
                return self._originals.get(digest, page, data=data)

    def _taken(self, source: ImageSource) -> tuple[HeldImage, bytes]:
        """An image that was put into the store, and its bytes."""
        if isinstance(source, Image.Image):
            data = encoded_view(PixelReader(source, limits=self.limits).decode())
        else:
            data = read_encoded(source, limits=self.limits, allowed_roots=self._access.roots)
            check_kind(data)
        if not isinstance(self.store, MemoryStore):
            return HeldImage(self.store.put(data)), data
        again: Callable[[], bytes] | None = None
        if isinstance(source, str | os.PathLike) and kind_of_source(source) == "path":
            roots = self._access.roots
            again = partial(read_encoded, source, limits=self.limits, allowed_roots=roots)
        return HeldImage(*self.store.put_held(data, again=again), store=self.store), data

    def _may_open(self, digest: str) -> bool:
        return self._loaded is None or self._loaded.may_open(digest, access=self._access)

    def _show(self, original: Original, region: Region, shown: Size, form: Form) -> str:
        def make() -> str:
            return self.view(original, region, shown=shown, form=form).digest

        return _views_of(original).get((region, shown, form), make, good=self.holds)

    def _url(self, view: str) -> str:
        return self._remembered(known_view(self.store.get(view), digest=view))

    def _remembered(self, view: EncodedView) -> str:
        url = data_url(view)
        self._urls.put(view.digest, url, weight=len(url))
        return url


def _as_png(url: str) -> str:
    data = decode_data_url(url)
    if view_type(data) != "image/webp":
        return url
    view = open_original(data)
    return data_url(encode_view(view.shown(Region.whole(view.size), view.size)))


_made: WeakKeyDictionary[Original, MadeOnce] = WeakKeyDictionary()
_making = threading.Lock()


def _views_of(original: Original) -> MadeOnce:
    """The digests of the views made of an original, for as long as somebody holds it."""
    with _making:
        return _made.setdefault(original, MadeOnce())


@cache
def _shared_store() -> ImageStore:
    return MemoryStore()


@cache
def _shared_loaded() -> LoadedImages:
    return LoadedImages()


@lru_cache(maxsize=4)
def _shared_originals(limits: ImageLimits) -> OriginalCache:
    """One for each limits: a tool that zooms need not decode what another has observed."""
    return OriginalCache(_shared_store(), limits)
