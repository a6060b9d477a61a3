"""Stores that keep encoded images under the digest of their bytes."""

import hashlib
import os
import re
import tempfile
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable
from weakref import WeakValueDictionary

from ergo_agent.errors import (
    ImageAccessError,
    ImageError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
    StoreFullError,
)

__all__ = [
    "DirectoryStore",
    "FileStore",
    "ImageStore",
    "MemoryStore",
    "digest_of",
    "is_digest",
    "unknown_image",
]

_MOST_SOURCES = 10_000
"""Places remembered that images can be read from again; one takes about 500 bytes."""

_COPIES = 4
"""The part of a memory store that copies of files may take: with 128 MiB, sixteen PNGs of 37 MB
asked about at once leave room for their pixels below 1 GB."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def digest_of(data: bytes) -> str:
    """`sha256:` and the 64 lower-case hexadecimal digits of the bytes' SHA-256."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _place_of(digest: str) -> str:
    """Where a well-formed digest's bytes are kept, relative to a store's folder."""
    name = digest.removeprefix("sha256:")
    return f"{name[:2]}/{name}"


def is_digest(text: object) -> bool:
    """Whether `text` is a well-formed digest."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


@runtime_checkable
class ImageStore(Protocol):
    """Keeps bytes under their digest. Implementations are safe to use from several threads."""

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their digest; keeping them again changes nothing."""

    def get(self, digest: str) -> bytes:
        """The bytes under a digest.

        Raises:
            ImageNotFoundError: If the digest is unknown or malformed.
            ImageFormatError: If what was stored is damaged.
        """

    def __contains__(self, digest: object) -> bool:
        """Whether the digest is known."""


def unknown_image(digest: str) -> ImageNotFoundError:
    """What a store raises for a digest that it does not know, or that is none."""
    if not is_digest(digest):
        return ImageNotFoundError(
            f"{ascii(digest)[:100]} is not a digest; expected sha256: and 64 hexadecimal digits"
        )
    return ImageNotFoundError(f"no image is stored under {digest}; give the image again")


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

        self._sources: OrderedDict[str, Callable[[], bytes]] = OrderedDict()
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
                self._sources.move_to_end(digest)
                if len(self._sources) > _MOST_SOURCES:
                    self._sources.popitem(last=False)
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
                f"{self._max_bytes:,}; raise MemoryStore(max_bytes=...)"
            )
        held = self._make_room(len(data))
        if held + len(data) > self._max_bytes:
            raise StoreFullError(
                f"the image has {len(data):,} bytes, and of the {self._max_bytes:,} of the store "
                f"{held:,} are held by episodes that still need them; ask fewer questions at once, "
                "give paths instead of bytes, or raise MemoryStore(max_bytes=...)"
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


class FileStore(ABC):
    """What stores that keep each image in a file have in common: checks and errors."""

    _failures: tuple[type[Exception], ...] = (OSError,)
    """What reading and writing a file may raise."""

    _check_writing = _check_reading = "check its folder"
    """What to do about a failure."""

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their digest; a damaged copy is replaced.

        Raises:
            ImageAccessError: If they cannot be written.
        """
        digest = digest_of(data)
        try:
            if not self._is_intact(digest):
                self._write(_place_of(digest), data)
        except self._failures as error:
            raise ImageAccessError(
                f"the image store cannot be written ({self._reason(error)}); {self._check_writing}"
            ) from error
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes under a digest.

        Raises:
            ImageNotFoundError: If the digest is unknown or malformed.
            ImageFormatError: If the stored bytes no longer have that digest.
            ImageAccessError: If they may not be read.
        """
        if not is_digest(digest):
            raise unknown_image(digest)
        try:
            data = self._read(_place_of(digest))
        except FileNotFoundError as error:
            raise unknown_image(digest) from error
        except self._failures as error:
            raise ImageAccessError(
                f"{digest} cannot be read from the image store ({self._reason(error)}); "
                f"{self._check_reading}"
            ) from error
        if digest_of(data) != digest:
            raise ImageFormatError(
                f"what is stored under {digest} is damaged; give the image again"
            )
        return data

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and is_digest(digest) and self._holds(_place_of(digest))

    def _is_intact(self, digest: str) -> bool:
        try:
            self.get(digest)
        except (ImageNotFoundError, ImageFormatError):
            return False
        return True

    @abstractmethod
    def _read(self, place: str) -> bytes:
        """The bytes of the file at a place; FileNotFoundError where there is none."""

    @abstractmethod
    def _write(self, place: str, data: bytes) -> None:
        """Write beside the place and move there, so that no half-written file is ever seen."""

    @abstractmethod
    def _holds(self, place: str) -> bool:
        """Whether there is a file at a place."""

    @abstractmethod
    def _reason(self, error: Exception) -> str:
        """What messages say of a failure."""


class DirectoryStore(FileStore):
    """Keeps images as files in a folder, which several processes may share."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Name the folder.

        Args:
            path: The folder; it is made when the first image is put.
        """
        self._folder = Path(path)

    def _read(self, place: str) -> bytes:
        return (self._folder / place).read_bytes()

    def _write(self, place: str, data: bytes) -> None:
        path = self._folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _holds(self, place: str) -> bool:
        return (self._folder / place).is_file()

    def _reason(self, error: Exception) -> str:
        return str(getattr(error, "strerror", error))
