"""Sync on top of async: one background event loop for every sync call.

One loop for all of them, because async HTTP clients keep connections that belong to the loop in
which they were opened. It also makes sync calls work inside a running loop, as in a notebook.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

__all__ = ["run_sync"]

_T = TypeVar("_T")
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def run_sync(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end and return what it returns; blocking.

    Context variables of the caller are visible to it. An interrupt cancels it.
    """
    loop = _background_loop()
    if _running_loop() is loop:  # waiting here would stop the loop that has to do the work
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(copy_context().run, asyncio.run, coroutine).result()
    future = asyncio.run_coroutine_threadsafe(coroutine, loop)
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def _background_loop() -> asyncio.AbstractEventLoop:
    """The loop of the daemon thread that serves sync calls, started by the first of them."""
    global _loop  # noqa: PLW0603  # one per process is the point
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="ergo-agent", daemon=True).start()
        return _loop


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _forget() -> None:
    """In a forked child, whose copy of the loop has no thread behind it."""
    global _loop, _lock
    _loop, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
