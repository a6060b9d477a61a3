"""Stores anywhere: a folder, or what fsspec reaches (S3, GCS, Azure, SFTP, memory, ...)."""

import os
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ergo_agent._common.text import quoted
from ergo_agent._common.whole_files import ABANDONED_AFTER, PART, remote_part
from ergo_agent.errors import MissingExtraError, SettingsError
from ergo_agent.images.stores import DirectoryStore, FileStore, ImageStore

__all__ = ["FsspecStore", "is_url", "open_store"]

_URL = re.compile(r"[a-z][a-z0-9+.-]+:(//|:)", re.IGNORECASE)
"""fsspec also chains addresses with `::`. A drive letter is one letter, so no scheme."""


def is_url(name: str) -> bool:
    """Whether a name is an fsspec URL, and not the path of a folder."""
    return bool(_URL.match(name))


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
        return FsspecStore(name) if is_url(name) else DirectoryStore(name)
    if isinstance(where, ImageStore):
        return where
    raise SettingsError(
        f"store={quoted(where)} is no store; give an ImageStore, a folder's path or an fsspec URL"
    )


class FsspecStore(FileStore):
    """Keeps images as files below an fsspec URL, which several machines may share.

    Messages never hold the URL, which may carry a key.
    """

    _failures = (OSError, NotImplementedError, ValueError)
    _check_writing = "check its place, and that it may be written"
    _check_reading = "check its place"

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

    def _read(self, place: str) -> bytes:
        path = self._path(place)
        about = self._files.info(path)
        if about["type"] != "file":
            raise OSError("it is not a regular file")
        if (about.get("size") or 0) > self._max_bytes:
            return b""  # it was not put here, and so is as good as damaged
        data: bytes = self._files.cat_file(path)
        return data

    def _write(self, place: str, data: bytes) -> None:
        with remote_part(self._files, self._path(place)) as part:
            self._files.pipe_file(part, data)

    def _sweep(self, folder: str) -> None:
        oldest = datetime.now(UTC) - timedelta(seconds=ABANDONED_AFTER)
        for path in self._files.ls(self._path(folder), detail=False):
            if PART in path.rpartition("/")[2]:
                written = self._files.modified(path)
                if (written if written.tzinfo else written.replace(tzinfo=UTC)) < oldest:
                    self._files.rm_file(path)

    def _holds(self, place: str) -> bool:
        return bool(self._files.isfile(self._path(place)))

    def _reason(self, error: Exception) -> str:
        return type(error).__name__

    def _path(self, place: str) -> str:
        return f"{self._folder.rstrip('/')}/{place}"
