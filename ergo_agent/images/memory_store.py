"""The store in memory, which holds what episodes need, and forgets the rest when it must."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from cachetools import LRUCache

from ergo_agent.errors import (
    ImageError,
    ImageNotFoundError,
    ImageTooLargeError,
    StoreFullError,
)
from ergo_agent.images.stores import digest_of, unknown_image

__all__ = ["MemoryStore"]

_COPIES = 4
"""The part of a memory store that copies of files may take: with 128 MiB, sixteen PNGs of 37 MB
asked about at once leave room for their pixels below 1 GB."""

_MOST_SOURCES = 10_000
"""Places remembered that images can be read from again; one takes about 500 bytes."""


class _Image:
    """Bytes in memory, to which somebody may hold on."""

    __slots__ = ("__weakref__", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data


class _Shelf(OrderedDict[str, _Image]):
    """Images in the order of their last use, and how many bytes they are."""

    bytes = 0

    def keep(self, digest: str, image: _Image) -> None:
        if digest not in self:
            self[digest] = image
            self.bytes += len(image.data)
        self.move_to_end(digest)

    def oldest(self) -> tuple[str, _Image]:
        digest, image = self.popitem(last=False)
        self.bytes -= len(image.data)
        return digest, image


class MemoryStore:
    """Keeps images in memory, and forgets those that were not used for longest.

    What somebody holds is not forgotten. What can be read again from where it came from takes a
    quarter of the room at most, and is read again when it is asked for and no longer here.
    """

    def __init__(self, *, max_bytes: int = 512 * 1024 * 1024) -> None:
        """Bound the store.

        Args:
            max_bytes: Most bytes kept, all images together.
        """
        self._max_bytes = max_bytes
        self._images = _Shelf()
        self._copies = _Shelf()
        """Of what can be read again."""

        self._held: WeakValueDictionary[str, _Image] = WeakValueDictionary()
        """What is on neither shelf any more, but in somebody's hands."""

        self._sources: LRUCache[str, Callable[[], bytes]] = LRUCache(_MOST_SOURCES)
        self._lock = threading.RLock()

    def put(self, data: bytes, *, again: Callable[[], bytes] | None = None) -> str:
        """Keep the bytes and return their digest.

        Args:
            data: The bytes.
            again: Reads them again, from where they came; None where they came from nowhere.

        Raises:
            ImageTooLargeError: If they alone exceed the store's bound.
            StoreFullError: If what is held by running episodes leaves no room for them.
        """
        return self.put_held(data, again=again)[0]

    def put_held(
        self, data: bytes, *, again: Callable[[], bytes] | None = None
    ) -> tuple[str, object]:
        """Like `put`, and return what `hold` would return as well."""
        digest = digest_of(data)
        with self._lock:
            if again is not None:
                self._sources[digest] = again
                if digest not in self._images:
                    self._copy(digest, data)
                return digest, None
            return digest, self._find(digest) or self._keep(digest, bytes(data))

    def hold(self, digest: str) -> object:
        """Something that keeps an image in the store for as long as somebody has it.

        Returns:
            None where the image is not there, or can be read again and need not be held.
        """
        with self._lock:
            return None if digest in self._sources else self._find(digest)

    def get(self, digest: str) -> bytes:
        """The bytes under a digest.

        Raises:
            ImageNotFoundError: If the digest is unknown, forgotten or malformed.
        """
        with self._lock:
            image = self._find(digest)
            again = self._sources.get(digest)
        if image is not None:
            return image.data
        if again is None:
            raise unknown_image(digest)
        try:
            data = again()
        except ImageError as error:
            raise unknown_image(digest) from error
        if digest_of(data) != digest:
            raise ImageNotFoundError(
                f"the file that held {digest} holds another image now; give the image again"
            )
        with self._lock:
            self._copy(digest, data)
        return data

    def __contains__(self, digest: object) -> bool:
        with self._lock:
            places = (self._images, self._copies, self._held, self._sources)
            return any(digest in place for place in places)

    def _find(self, digest: str) -> _Image | None:
        """What is in memory, now the one used last."""
        for shelf in (self._images, self._copies):
            if digest in shelf:
                shelf.move_to_end(digest)
                return shelf[digest]
        image = self._held.pop(digest, None)
        if image is not None:
            self._images.keep(digest, image)
        return image

    def _keep(self, digest: str, data: bytes) -> _Image:
        """Keep what is not here yet."""
        if len(data) > self._max_bytes:
            raise ImageTooLargeError(
                f"the image has {len(data):,} bytes, the store holds at most "
                f"{self._max_bytes:,}; give a smaller one",
                owner="raise MemoryStore(max_bytes=...)",
            )
        held = self._make_room(len(data))
        if held + len(data) > self._max_bytes:
            raise StoreFullError(
                f"the image has {len(data):,} bytes, and of the {self._max_bytes:,} of the store "
                f"{held:,} are held by episodes that still need them; ask fewer questions at once",
                owner="give paths instead of bytes, or raise MemoryStore(max_bytes=...)",
            )
        image = _Image(data)
        self._images.keep(digest, image)
        return image

    def _copy(self, digest: str, data: bytes) -> None:
        """Keep what can be read again, if there is room."""
        share = self._max_bytes // _COPIES
        if digest in self._copies or len(data) > share:
            return
        while self._copies.bytes + len(data) > share:
            self._copies.oldest()
        if self._make_room(len(data)) + len(data) <= self._max_bytes:
            self._copies.keep(digest, _Image(data))

    def _make_room(self, wanted: int) -> int:
        """Forget what was not used for longest, and return how many bytes are left."""
        most = self._max_bytes - wanted
        while (taken := self._taken()) > most and (self._images or self._copies):
            within_share = self._images.bytes <= self._max_bytes - self._max_bytes // _COPIES
            shelf = self._copies if self._copies and within_share else self._images
            digest, image = (shelf or self._copies).oldest()
            self._held[digest] = image
            del image  # with the last reference to it, it leaves `_held` as well
        return taken

    def _taken(self) -> int:
        held = sum(len(image.data) for image in list(self._held.values()))
        return self._images.bytes + self._copies.bytes + held
