"""Threads for heavy work, as many as cores, shared fairly between those who have work to do."""

import asyncio
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

__all__ = ["FairPool", "cores", "workers"]

_T = TypeVar("_T")
_MOST_WORKERS = 4


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def workers(name: str) -> ThreadPoolExecutor:
    """Threads for work that keeps a core busy, one a core, but no more than four.

    Each may hold what it works on: of a line of text that is recognised up to 50 MB.

    Args:
        name: What the threads' names begin with.
    """
    return ThreadPoolExecutor(min(_MOST_WORKERS, cores()), thread_name_prefix=name)


class FairPool:
    """Runs functions in threads; whoever has many of them waiting is served in turn with others."""

    def __init__(self, *, threads: int, name: str) -> None:
        """Make the pool; its threads start when they are needed.

        Args:
            threads: Most functions that run at once.
            name: Of the threads.
        """
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._waiting: OrderedDict[Hashable, deque[Callable[[], None]]] = OrderedDict()
        self._lock = threading.Lock()

    async def run(self, owner: Hashable, function: Callable[..., _T], *arguments: Any) -> _T:
        """What a function returns, or raises.

        Args:
            owner: Whose work it is: of each owner one function is taken at a time.
            function: What to run; context variables of the caller are visible to it.
            *arguments: Its arguments.
        """
        context = copy_context()
        done: Future[_T] = Future()

        def work() -> None:
            if done.set_running_or_notify_cancel():
                try:
                    done.set_result(context.run(function, *arguments))
                except BaseException as error:  # raised where it is awaited
                    done.set_exception(error)

        with self._lock:
            self._waiting.setdefault(owner, deque()).append(work)
        self._pool.submit(self._next)
        return await asyncio.wrap_future(done)

    def _next(self) -> None:
        """Do one piece of work of the owner who waits for longest, and put them last."""
        with self._lock:
            owner, works = self._waiting.popitem(last=False)
            work = works.popleft()
            if works:
                self._waiting[owner] = works
        work()
