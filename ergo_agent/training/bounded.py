"""Calls side by side, each within its time, whatever it does."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

__all__ = ["BoundedCalls"]

_T = TypeVar("_T")
_R = TypeVar("_R")


class BoundedCalls(Generic[_T, _R]):
    """Calls a function in threads of its own; one that hangs is given up, and its thread left.

    A thread cannot be ended from outside. So that a model which hangs for good costs one wait and
    not one a call, no more calls are made while as many hang as may run side by side.
    """

    def __init__(self, call: Callable[[_T], _R], *, seconds: float, at_once: int) -> None:
        """Say what is called.

        Args:
            call: The function.
            seconds: Longest wait for one call.
            at_once: Most calls side by side.
        """
        self._call = call
        self._seconds = seconds
        self._at_once = at_once
        self._hung: list[threading.Thread] = []

    def all(self, given: Sequence[_T]) -> list[_R | Exception]:
        """What each call returned or raised, in order; a `TimeoutError` for one given up.

        It takes at most `seconds` for each `at_once` of them.
        """
        outcomes: dict[int, _R | Exception] = {}
        done: queue.SimpleQueue[tuple[int, _R | Exception]] = queue.SimpleQueue()
        running: dict[int, tuple[threading.Thread, float]] = {}
        waiting = list(enumerate(given))[::-1]
        while waiting or running:
            self._hung = [thread for thread in self._hung if thread.is_alive()]
            while waiting and len(running) < self._at_once - len(self._hung):
                at, each = waiting.pop()
                thread = threading.Thread(target=self._run, args=(at, each, done), daemon=True)
                running[at] = thread, time.monotonic() + self._seconds
                thread.start()
            if not running:  # as many hang as may run
                late = TimeoutError(f"{len(self._hung)} earlier calls have not come back")
                outcomes.update((at, late) for at, _ in waiting)
                break
            self._wait(done, running, outcomes)
        return [outcomes[at] for at in range(len(given))]

    def _run(
        self, at: int, given: _T, done: "queue.SimpleQueue[tuple[int, _R | Exception]]"
    ) -> None:
        try:
            done.put((at, self._call(given)))
        except Exception as error:  # whatever a foreign model raises
            done.put((at, error))

    def _wait(
        self,
        done: "queue.SimpleQueue[tuple[int, _R | Exception]]",
        running: dict[int, tuple[threading.Thread, float]],
        outcomes: dict[int, _R | Exception],
    ) -> None:
        """Wait for the next call to end, or for the time of one to be over."""
        left = min(end for _, end in running.values()) - time.monotonic()
        try:
            at, outcome = done.get(timeout=max(0.0, left))
        except queue.Empty:
            for at, (thread, end) in list(running.items()):
                if end <= time.monotonic():
                    del running[at]
                    self._hung.append(thread)
                    outcomes[at] = TimeoutError(f"no reply in {self._seconds:g} s")
            return
        if at in running:  # not one that was given up before
            del running[at]
            outcomes[at] = outcome
