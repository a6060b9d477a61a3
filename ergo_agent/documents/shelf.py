"""Where surveys are kept: beside the images, under the digest of what they are surveys of.

In a store of files they outlive the process; the memory of a process keeps those used last.
"""

import json
import zlib
from functools import cache
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from ergo_agent._common.caches import Recent
from ergo_agent.errors import ImageError
from ergo_agent.images.stores import FileStore, ImageStore

__all__ = ["Shelf", "shelf_of"]

_MOST_BYTES = 64_000_000
"""Of surveys in memory, packed: 32 dense pages take 60 kB."""


class Shelf(Protocol):
    """Keeps plain JSON under a name. Implementations are safe to use from several threads."""

    def get(self, name: str) -> Any | None:  # noqa: ANN401  # whatever was put
        """What is kept under a name; None where nothing is, or what is there is damaged."""

    def put(self, name: str, value: object) -> None:
        """Keep something in place of what was kept under the name before."""


class _MemoryShelf:
    """Keeps packed text, those used last."""

    def __init__(self) -> None:
        self._kept: Recent[bytes] = Recent(most=_MOST_BYTES)

    def get(self, name: str) -> Any | None:  # noqa: ANN401
        packed = self._kept.get(name)
        return None if packed is None else _unpacked(packed)

    def put(self, name: str, value: object) -> None:
        packed = _packed(value)
        self._kept.put(name, packed, weight=len(packed))


class _FileShelf:
    """Keeps notes in a store of files."""

    def __init__(self, store: FileStore) -> None:
        self._store = store

    def get(self, name: str) -> Any | None:  # noqa: ANN401
        try:
            packed = self._store.note(name)
        except ImageError:
            return None
        return None if packed is None else _unpacked(packed)

    def put(self, name: str, value: object) -> None:
        try:
            self._store.put_note(name, _packed(value))
        except ImageError:
            return  # a survey that is not kept is made again


def shelf_of(store: ImageStore) -> Shelf:
    """The shelf beside a store."""
    if isinstance(store, FileStore):
        return _FileShelf(store)
    try:
        return _shelves().setdefault(store, _MemoryShelf())
    except TypeError:  # somebody's store that nothing can be remembered of
        return _MemoryShelf()


@cache
def _shelves() -> "WeakKeyDictionary[ImageStore, _MemoryShelf]":
    return WeakKeyDictionary()


def _packed(value: object) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1)


def _unpacked(packed: bytes) -> Any | None:  # noqa: ANN401
    try:
        return json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError):
        return None
