"""What is remembered: values made once and shared, and what was used last."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from typing import Generic, TypeVar

from cachetools import LRUCache

__all__ = ["MadeOnce", "Recent"]

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


class Recent(Generic[_V]):
    """Values by key, those used last, so much of them in all. Safe with threads."""

    def __init__(self, *, most: int) -> None:
        """Bound the memory.

        Args:
            most: Largest sum of the weights of what is kept.
        """
        self._values: LRUCache[Hashable, tuple[_V, int]] = LRUCache(most, lambda kept: kept[1])
        self._lock = threading.RLock()  # a finalizer may drop a key in the middle of any line

    def get(self, key: Hashable) -> _V | None:
        """The value of a key, if it is still kept."""
        with self._lock:
            kept = self._values.get(key)
        return None if kept is None else kept[0]

    def put(self, key: Hashable, value: _V, *, weight: int = 1) -> None:
        """Keep a value; one that alone weighs more than all that may be kept is not."""
        with self._lock:
            self._values.pop(key, None)
            with suppress(ValueError):
                self._values[key] = value, weight

    def pop(self, key: Hashable) -> None:
        """Keep a value no longer."""
        with self._lock:
            self._values.pop(key, None)
