"""What is made once and shared: the views of an original, and the URLs they are sent as."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

__all__ = ["MadeOnce", "RecentTexts"]


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


class RecentTexts:
    """Long texts by key, the ones used last, so many characters in all. Safe with threads."""

    def __init__(self, *, max_chars: int) -> None:
        """Bound the memory.

        Args:
            max_chars: Most characters kept, of all texts together.
        """
        self._max_chars = max_chars
        self._held = 0
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> str | None:
        """The text of a key, if it is still kept."""
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
            return self._texts.get(key)

    def put(self, key: str, text: str) -> None:
        """Keep a text."""
        with self._lock:
            self._held += len(text) - len(self._texts.pop(key, ""))
            self._texts[key] = text
            while self._held > self._max_chars:
                self._held -= len(self._texts.popitem(last=False)[1])
