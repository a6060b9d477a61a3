"""Stores that keep encoded images under the digest of their bytes."""

import contextlib
import hashlib
import os
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol, runtime_checkable

from ergo_agent._common.whole_files import PART, is_abandoned, write_whole
from ergo_agent.errors import (
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
)
from ergo_agent.images.files import regular_file

__all__ = [
    "DirectoryStore",
    "FileStore",
    "ImageStore",
    "digest_of",
    "is_digest",
    "unknown_image",
]

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def digest_of(data: bytes) -> str:
    """`sha256:` and the 64 lower-case hexadecimal digits of the bytes' SHA-256."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _place_of(digest: str) -> str:
    """Where a well-formed digest's bytes are kept, relative to a store's folder."""
    name = digest.removeprefix("sha256:")
    return f"{name[:2]}/{name}"


_DIGEST_LENGTH = len("sha256:") + 64


def _note_of(name: str) -> str:
    """Where what is kept under a name lies: apart from images, whose folders have two letters."""
    place = hashlib.sha256(name.encode()).hexdigest()
    return f"notes/{place[:2]}/{place}"


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


def _too_large(data: bytes, most: int, *, advice: str) -> ImageTooLargeError:
    return ImageTooLargeError(
        f"the image has {len(data):,} bytes, the store holds at most {most:,}; {advice}"
    )


class FileStore(ABC):
    """What stores that keep each image in a file have in common: checks and errors.

    A file is written under another name and then moved. One that a process which died has left
    behind is removed by the next store that writes into the same folder.
    """

    _max_bytes = 512 * 1024 * 1024
    """Most bytes of one image, as `MemoryStore` holds: what is larger was not put here."""

    _failures: tuple[type[Exception], ...] = (OSError,)
    """What reading and writing a file may raise."""

    _check_writing = _check_reading = "check its folder"
    """What to do about a failure."""

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their digest; a damaged copy is replaced.

        Raises:
            ImageAccessError: If they cannot be written.
            ImageTooLargeError: If they are more than 512 MiB.
        """
        if len(data) > self._max_bytes:
            raise _too_large(data, self._max_bytes, advice="shrink it")
        digest = digest_of(data)
        try:
            if not self._is_intact(digest):
                self._sweep_once(_place_of(digest).partition("/")[0])
                self._write(_place_of(digest), data)
        except self._failures as error:
            raise ImageAccessError(
                f"the image store cannot be written ({self._reason(error)}); try again later",
                owner=self._check_writing,
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
                "try again later",
                owner=self._check_reading,
            ) from error
        if digest_of(data) != digest:
            raise ImageFormatError(
                f"what is stored under {digest} is damaged; give the image again"
            )
        return data

    def __contains__(self, digest: object) -> bool:
        return isinstance(digest, str) and is_digest(digest) and self._holds(_place_of(digest))

    def put_note(self, name: str, data: bytes) -> None:
        """Keep bytes under a name of the caller's, in place of what was there.

        Args:
            name: Any text.
            data: The bytes; what is known of an image, not an image.

        Raises:
            ImageAccessError: If they cannot be written.
        """
        place = _note_of(name)
        try:
            self._sweep_once(place.rpartition("/")[0])
            self._write(place, digest_of(data).encode() + data)
        except self._failures as error:
            raise ImageAccessError(
                f"the image store cannot be written ({self._reason(error)}); try again later",
                owner=self._check_writing,
            ) from error

    def note(self, name: str) -> bytes | None:
        """What `put_note` kept under a name; None where nothing is, or it is damaged.

        Raises:
            ImageAccessError: If it may not be read.
        """
        try:
            kept = self._read(_note_of(name))
        except FileNotFoundError:
            return None
        except self._failures as error:
            raise ImageAccessError(
                f"a note cannot be read from the image store ({self._reason(error)}); "
                "try again later",
                owner=self._check_reading,
            ) from error
        data = kept[_DIGEST_LENGTH:]
        return data if kept[:_DIGEST_LENGTH] == digest_of(data).encode() else None

    def _is_intact(self, digest: str) -> bool:
        try:
            self.get(digest)
        except (ImageNotFoundError, ImageFormatError):
            return False
        return True

    def _sweep_once(self, folder: str) -> None:
        swept: set[str] = self.__dict__.setdefault("_swept", set())
        if folder not in swept:
            swept.add(folder)
            with contextlib.suppress(*self._failures):
                self._sweep(folder)

    @abstractmethod
    def _read(self, place: str) -> bytes:
        """The bytes of the file at a place; FileNotFoundError where there is none."""

    @abstractmethod
    def _write(self, place: str, data: bytes) -> None:
        """Write beside the place and move there, so that no half-written file is ever seen."""

    @abstractmethod
    def _sweep(self, folder: str) -> None:
        """Remove what was begun in a folder and is not going to be finished."""

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
        with regular_file(self._folder / place) as file:
            return file.read(self._max_bytes + 1)

    def _write(self, place: str, data: bytes) -> None:
        write_whole(self._folder / place, data, mode=0o600)

    def _sweep(self, folder: str) -> None:
        for part in (self._folder / folder).glob(f"{PART}*"):
            with contextlib.suppress(OSError):
                if is_abandoned(part):
                    part.unlink()

    def _holds(self, place: str) -> bool:
        return (self._folder / place).is_file()

    def _reason(self, error: Exception) -> str:
        return str(getattr(error, "strerror", error))
