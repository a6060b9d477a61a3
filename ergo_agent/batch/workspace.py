"""Where a batch keeps what it did: a folder, or a place that fsspec reaches.

Each item has one file, named by the item and written beside its place and then moved there: what
is in place is whole, and that it is there says that the item is done. Several machines may write
into one workspace, for equal items have equal names.
"""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from pydantic import ValidationError

from ergo_agent._common.text import quoted
from ergo_agent._common.whole_files import remote_part, whole_file
from ergo_agent.batch.outcome import Outcome
from ergo_agent.errors import BatchError, ImageError, MissingExtraError, SettingsError
from ergo_agent.images.remote_stores import FsspecStore, is_url
from ergo_agent.images.stores import DirectoryStore, FileStore

__all__ = ["Workspace"]


class Workspace:
    """Outcomes by the names of their items, and the files of results. Safe in several threads."""

    def __init__(self, where: str | os.PathLike[str]) -> None:
        """Name the place; it is made when the first item is kept.

        Args:
            where: The path of a folder, or an fsspec URL such as `s3://bucket/batches/1`.

        Raises:
            SettingsError: If it is a file, or nothing reads such URLs.
            MissingExtraError: If it is a URL and fsspec is not installed.
        """
        name = os.fspath(where)
        if not name:
            raise SettingsError("the workspace has no name; give a folder or an fsspec URL")
        self.where = name
        self._items: FileStore
        self._files: _Files
        if is_url(name):
            try:
                self._items = FsspecStore(f"{name.rstrip('/')}/items")
            except SettingsError as error:
                raise SettingsError(str(error).replace("image store", "workspace")) from error
            except MissingExtraError as error:
                raise MissingExtraError("a workspace at a URL", extra="fsspec") from error
            self._files = _Remote(name)
        else:
            path = Path(name).absolute()
            if path.exists() and not path.is_dir():
                raise SettingsError(f"the workspace {quoted(name)} is a file; give a folder")
            self.where = str(path)
            self._items = DirectoryStore(path / "items")
            self._files = _Folder(path)

    def outcome(self, name: str) -> Outcome | None:
        """What came of an item; None where it is not done. Blocking.

        Raises:
            BatchError: If the workspace cannot be read.
        """
        kept = self._note(name)
        if kept is None:
            return None
        try:
            return Outcome.model_validate_json(kept)
        except ValidationError:  # of another version: it is done again
            return None

    def keep(self, name: str, outcome: Outcome) -> None:
        """Keep what came of an item, which is done from now on; blocking.

        Raises:
            BatchError: If the workspace cannot be written.
        """
        self._put(name, outcome.model_dump_json(exclude_defaults=True).encode())

    def begin(self, name: str) -> int:
        """Note that an item is begun, and say how many times it was begun by now; blocking.

        Raises:
            BatchError: If the workspace cannot be written.
        """
        before = self._note(f"begun {name}") or b"0"
        times = 1 + (int(before) if before.isdigit() else 0)
        self._put(f"begun {name}", str(times).encode())
        return times

    @contextmanager
    def writing(self, file_name: str) -> Iterator[BinaryIO]:
        """A file of the workspace, in place of what was there once the block has ended well.

        Raises:
            BatchError: If it cannot be written.
        """
        try:
            with self._files.writing(file_name) as file:
                yield file
        except (OSError, NotImplementedError) as error:
            raise self._failure(
                "written", str(getattr(error, "strerror", None) or error)
            ) from error

    def read(self, file_name: str) -> bytes:
        """The bytes of a file of the workspace; blocking.

        Raises:
            BatchError: If it cannot be read.
        """
        try:
            return self._files.read(file_name)
        except (OSError, NotImplementedError) as error:
            raise self._failure("read", str(getattr(error, "strerror", None) or error)) from error

    def remove(self, folder: str) -> None:
        """Remove a folder of the workspace with all that lies in it, if it is there; blocking."""
        with contextlib.suppress(OSError):
            self._files.remove(folder)

    def place(self, file_name: str) -> str:
        """The path or URL of a file of the workspace."""
        return f"{self.where.rstrip('/')}/{file_name}"

    def _note(self, name: str) -> bytes | None:
        try:
            return self._items.note(name)
        except ImageError as error:
            raise self._failure("read", str(error)) from error

    def _put(self, name: str, data: bytes) -> None:
        try:
            self._items.put_note(name, data)
        except ImageError as error:
            raise self._failure("written", str(error)) from error

    def _failure(self, what: str, why: str) -> BatchError:
        place = "its URL" if is_url(self.where) else self.where  # a URL may carry a key
        reason = why.replace("image store", "workspace")
        return BatchError(
            f"the workspace at {place} cannot be {what}: {reason}. What is "
            "done stays done: mend it and run the batch again"
        )


class _Files(Protocol):
    """Files of results, which may be large and are written as a stream."""

    def writing(self, file_name: str) -> "contextlib.AbstractContextManager[BinaryIO]":
        """A file beside its place, moved there when the block ends well."""

    def read(self, file_name: str) -> bytes:
        """The bytes of a file."""

    def remove(self, folder: str) -> None:
        """Remove a folder and what is in it."""


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def writing(self, file_name: str) -> Iterator[BinaryIO]:
        with whole_file(self._folder / file_name) as file:
            yield file

    def read(self, file_name: str) -> bytes:
        return (self._folder / file_name).read_bytes()

    def remove(self, folder: str) -> None:
        import shutil  # noqa: PLC0415  # slow to import, rarely needed

        shutil.rmtree(self._folder / folder, ignore_errors=True)


class _Remote:
    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs  # noqa: PLC0415  # an extra, which the store has found

        self._system, self._folder = url_to_fs(url)

    @contextmanager
    def writing(self, file_name: str) -> Iterator[BinaryIO]:
        path = f"{self._folder.rstrip('/')}/{file_name}"
        with remote_part(self._system, path) as part, self._system.open(part, "wb") as file:
            yield file

    def read(self, file_name: str) -> bytes:
        data: bytes = self._system.cat_file(f"{self._folder.rstrip('/')}/{file_name}")
        return data

    def remove(self, folder: str) -> None:
        self._system.rm(f"{self._folder.rstrip('/')}/{folder}", recursive=True)
