"""What is remembered: values made once and shared, and the values used last."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

from cachetools import LRUCache

__all__ = ["MadeOnce", "Recent"]

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class MadeOnce:
    """Values by key; those who want the same one at the same time wait for one of them to make it.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._made: dict[Hashable, Future[str]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], str], *, good: Callable[[str], bool]) -> str:
        """The value of a key; blocking.

        Args:
            key: What is wanted.
            make: Makes it; what it raises is raised, and nothing is kept.
            good: Whether a value that was made earlier still holds.
        """
        while True:
            with self._lock:
                known = self._made.get(key)
                mine: Future[str] = Future()
                if known is None:
                    self._made[key] = mine
            if known is None:
                return self._make(key, make, mine)
            value = known.result()
            if good(value):
                return value
            self._forget(key, known)

    def _make(self, key: Hashable, make: Callable[[], str], mine: "Future[str]") -> str:
        try:
            value = make()
        except BaseException as error:
            self._forget(key, mine)
            mine.set_exception(error)
            raise
        mine.set_result(value)
        return value

    def _forget(self, key: Hashable, future: "Future[str]") -> None:
        with self._lock:
            if self._made.get(key) is future:
                del self._made[key]


class Recent(Generic[_K, _V]):
    """Values by key, those used last, up to a size of all together. Safe with threads."""

    def __init__(self, maxsize: int, *, size: Callable[[_V], int] | None = None) -> None:
        """Bound the memory.

        Args:
            maxsize: Most values; or the most that `size` makes of all of them.
            size: What a value counts; 1 when left out. One larger than `maxsize` is not kept.
        """
        self._values: LRUCache[_K, _V] = LRUCache(maxsize, getsizeof=size)
        self._lock = threading.Lock()

    def get(self, key: _K) -> _V | None:
        """The value of a key, if it is still kept."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: _K, value: _V) -> None:
        """Keep a value."""
        with self._lock, suppress(ValueError):  # larger than all that may be kept
            self._values[key] = value

    def drop(self, key: _K) -> None:
        """Forget a key, if it is kept."""
        with self._lock:
            self._values.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._values.clear()
