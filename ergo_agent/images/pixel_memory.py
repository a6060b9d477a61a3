"""Decoded originals: as many in memory as fit a number of bytes, whoever asks for them.

Sixteen originals of 33 megapixels take 190 MB as JPEG, and decoded 2.1 GB. So pixels are lent:
whoever wants some waits until there is room, and what nobody uses makes room for others. It is
decoded again when it is wanted again.
"""

import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["PixelMemory", "memory_for"]

_T = TypeVar("_T")

_MAX_BYTES = 400_000_000
"""Three originals of 7680x4320 pixels. Sixteen such images asked about at once, PNGs of 37 MB or
JPEGs, peak below 0.7 GB, all else included; with 540 MB here at 0.83 to 0.95 GB, in no less time of
the processor: `python -m benchmarks.served_memory`."""

_SMALL = 24_000_000
"""A loan up to this, as of an encoded view that is opened again for a report or a trace, is made
from room of its own, four such loans in all: an original that takes all the room by itself need not
go for it."""


class _Decoded:
    """What was decoded, or is being decoded, for so many users."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.users = 0
        self.value: Any = None
        self.decoding = threading.Lock()


class PixelMemory:
    """Lends pixels, so many bytes at once. Safe to use from several threads.

    One loan that is larger than all there is room for is made alone, when nothing else is lent. A
    loan must not be made inside another one: both would wait for each other.
    """

    def __init__(self, *, max_bytes: int) -> None:
        """Bound the memory.

        Args:
            max_bytes: Most bytes of pixels, those that nobody uses at the moment included.
        """
        self._max_bytes = max_bytes
        self._held = 0
        self._decoded: OrderedDict[Hashable, _Decoded] = OrderedDict()
        self._waiting: deque[object] = deque()
        self._dead: deque[Hashable] = deque()
        self._changed = threading.Condition(threading.Lock())

    @contextmanager
    def lend(
        self, key: Hashable, *, peak: int, kept: int, decode: Callable[[], _T]
    ) -> Iterator[_T]:
        """Pixels, for as long as the block lasts; blocking until there is room for them.

        Args:
            key: Tells them from others; those who want the same ones at the same time share them.
            peak: Bytes that decoding takes at its peak.
            kept: Bytes of the pixels themselves, which stay until there is need of the room; 0 for
                what is not to stay.
            decode: Makes them; what it raises is raised.
        """
        decoded = self._entered(key, peak)
        try:
            with decoded.decoding:
                if decoded.value is None:
                    decoded.value = decode()
            yield decoded.value
        finally:
            self._left(key, decoded, kept)

    def holds(self, key: Hashable) -> bool:
        """Whether pixels are here, or are being decoded, at this moment."""
        with self._changed:
            return key in self._decoded

    def forget(self, key: Hashable) -> None:
        """Give up pixels that nobody will ask for again.

        It is called by finalizers, which may run inside any other line: where the lock is taken,
        the next loan sees to it.
        """
        self._dead.append(key)
        if self._changed.acquire(blocking=False):
            try:
                self._bury()
            finally:
                self._changed.release()

    def _entered(self, key: Hashable, peak: int) -> _Decoded:
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while True:
                    self._bury()
                    decoded = self._decoded.get(key)
                    if decoded is None and self._waiting[0] is ticket and self._has_room(peak):
                        decoded = self._decoded[key] = _Decoded(peak)
                        self._held += peak
                    if decoded is not None:
                        decoded.users += 1
                        self._decoded.move_to_end(key)
                        return decoded
                    self._changed.wait()
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _left(self, key: Hashable, decoded: _Decoded, kept: int) -> None:
        with self._changed:
            decoded.users -= 1
            if decoded.value is not None:
                self._held += kept - decoded.room
                decoded.room = kept
            if not decoded.users and (decoded.value is None or not kept):
                self._drop(key)
            self._changed.notify_all()

    def _has_room(self, wanted: int) -> bool:
        """Whether there is room, made by giving up what nobody uses, the oldest first."""
        idle = deque(key for key, decoded in self._decoded.items() if not decoded.users)
        while self._held + wanted > self._max_bytes and idle:
            self._drop(idle.popleft())
        return self._held + wanted <= self._max_bytes or not self._decoded

    def _bury(self) -> None:
        while self._dead:
            self._drop(self._dead.popleft())

    def _drop(self, key: Hashable) -> None:
        decoded = self._decoded.pop(key, None)
        if decoded is not None:
            self._held -= decoded.room


def _made() -> tuple[PixelMemory, PixelMemory]:
    return PixelMemory(max_bytes=_MAX_BYTES), PixelMemory(max_bytes=4 * _SMALL)


_large, _small = _made()


def memory_for(peak: int) -> PixelMemory:
    """The one of this process from which so many bytes are lent."""
    return _small if peak <= _SMALL else _large


def _forget() -> None:
    """In a forked child, where no thread is left that could give back what was lent."""
    global _large, _small  # one per process is the point
    _large, _small = _made()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
