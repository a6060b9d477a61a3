"""What is made once and shared, and what was used last: views, URLs, opened files."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

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
    """Values by key, the ones used last, so much of them in all. Safe with threads."""

    def __init__(self, *, most: int) -> None:
        """Bound the memory.

        Args:
            most: Largest sum of the weights of what is kept.
        """
        self._most = most
        self._held = 0
        self._values: OrderedDict[Hashable, tuple[_V, int]] = OrderedDict()
        self._lock = threading.RLock()  # a finalizer may drop a key in the middle of any line

    def get(self, key: Hashable) -> _V | None:
        """The value of a key, if it is still kept."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, key: Hashable, value: _V, *, weight: int) -> None:
        """Keep a value."""
        with self._lock:
            self._drop(key)
            self._held += weight
            self._values[key] = value, weight
            while self._held > self._most:
                self._drop(next(iter(self._values)))

    def pop(self, key: Hashable) -> None:
        """Keep a value no longer."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        self._held -= self._values.pop(key, (None, 0))[1]
