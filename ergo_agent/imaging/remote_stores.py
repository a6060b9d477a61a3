"""Stores anywhere: a folder, or what fsspec reaches (S3, GCS, Azure, SFTP, memory, ...)."""

import contextlib
import os
import re
import secrets
from typing import Any

from ergo_agent.errors import (
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    MissingExtraError,
    SettingsError,
)
from ergo_agent.imaging.stores import (
    DirectoryStore,
    ImageStore,
    digest_of,
    is_digest,
    place_of,
    unknown_digest,
)

__all__ = ["FsspecStore", "open_store"]

_URL = re.compile(r"[a-z][a-z0-9+.-]+:(//|:)", re.IGNORECASE)
"""fsspec also chains addresses with `::`. A drive letter is one letter, so no scheme."""


def open_store(where: ImageStore | str | os.PathLike[str]) -> ImageStore:
    """The store that is meant.

    Args:
        where: A store, the path of a folder, or an fsspec URL such as `s3://bucket/images`.

    Raises:
        SettingsError: If it is none of these, or nothing reads such URLs.
        MissingExtraError: If it is a URL and fsspec is not installed.
    """
    if isinstance(where, str | os.PathLike):
        name = os.fspath(where)
        return FsspecStore(name) if _URL.match(name) else DirectoryStore(name)
    if isinstance(where, ImageStore):
        return where
    raise SettingsError(
        f"store={where!r:.60} is no store; give an ImageStore, a folder's path or an fsspec URL"
    )


class FsspecStore:
    """Keeps images as files below an fsspec URL, which several machines may share.

    Messages never hold the URL, which may carry a key.
    """

    def __init__(self, url: str, **options: Any) -> None:
        """Name the place.

        Args:
            url: Such as `s3://bucket/images`, `gs://...`, `memory://images`, `file:///data/images`.
            **options: What the file system of that URL takes, keys and addresses above all.

        Raises:
            MissingExtraError: If fsspec is not installed.
            SettingsError: If no file system reads such URLs, or its own package is missing.
        """
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415  # an extra
        except ImportError as error:
            raise MissingExtraError("a store at a URL", extra="fsspec") from error
        scheme = url.partition(":")[0]
        try:
            self._files, self._folder = url_to_fs(url, **options)
        except (ImportError, ValueError) as error:
            raise SettingsError(
                f"the image store at a {scheme}: URL cannot be opened ({type(error).__name__}); "
                f"install fsspec's package for {scheme}, or give a URL that fsspec knows"
            ) from error

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their digest; a damaged copy is replaced.

        Raises:
            ImageAccessError: If the place cannot be written.
        """
        digest = digest_of(data)
        try:
            if not self._is_intact(digest):
                self._write(self._path(digest), data)
        except (OSError, NotImplementedError, ValueError) as error:
            raise ImageAccessError(
                f"the image store cannot be written ({type(error).__name__}); check its place, and "
                "that it may be written"
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
            raise unknown_digest(digest)
        try:
            data: bytes = self._files.cat_file(self._path(digest))
        except FileNotFoundError as error:
            raise unknown_digest(digest) from error
        except (OSError, NotImplementedError, ValueError) as error:
            raise ImageAccessError(
                f"{digest} cannot be read from the image store ({type(error).__name__}); check its "
                "place"
            ) from error
        if digest_of(data) != digest:
            raise ImageFormatError(
                f"what is stored under {digest} is damaged; give the image again"
            )
        return data

    def __contains__(self, digest: object) -> bool:
        if not isinstance(digest, str) or not is_digest(digest):
            return False
        return bool(self._files.isfile(self._path(digest)))

    def _path(self, digest: str) -> str:
        return f"{self._folder.rstrip('/')}/{place_of(digest)}"

    def _is_intact(self, digest: str) -> bool:
        try:
            self.get(digest)
        except (ImageNotFoundError, ImageFormatError):
            return False
        return True

    def _write(self, path: str, data: bytes) -> None:
        """Write beside the place and move there, so that no half-written file is ever seen."""
        part = f"{path}.part-{secrets.token_hex(8)}"
        self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
        try:
            self._files.pipe_file(part, data)
            self._files.mv(part, path)
        except BaseException:
            with contextlib.suppress(OSError):
                self._files.rm_file(part)
            raise
