"""One run at a time for each thread of a checkpointer, within this process.

LangGraph's savers hold no lock: two runs that resume one thread would both ask the policy, and both
pay for it. Absent on purpose: any lock between processes; a saver has none to offer.
"""

import threading
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, NamedTuple

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.runtime import Runtime, get_runtime

from ergo_agent.errors import ThreadBusyError

__all__ = ["Thread", "alone", "alone_async", "runtime_of_caller", "thread_of"]


class Thread(NamedTuple):
    """What is run, and for whom."""

    key: tuple[Any, ...]
    owner: object
    """Who may run it more than once at a time: for a subgraph, the task of the parent that runs it;
    a task of another run has the same name, but is another object."""


class _Run(NamedTuple):
    owner: object
    stream: "weakref.ref[Any]"
    """What it streams. Where nobody holds that any more, as after a `break`, it is no run: Python
    is about to close it."""


_lock = threading.Lock()
_running: dict[tuple[Any, ...], list[_Run]] = {}


def thread_of(config: dict[str, Any], saver: object) -> Thread | None:
    """The thread that a run continues; None where nothing is saved.

    Args:
        config: What the run finds under `configurable`.
        saver: The checkpointer of the graph itself. A subgraph has that of its parent, and a
            namespace which names a task of one checkpoint of one thread.
    """
    thread, namespace = config.get("thread_id"), config.get("checkpoint_ns")
    if thread is None:
        return None
    if namespace:
        runtime = runtime_of_caller()
        task = None if runtime is None else runtime.execution_info
        return None if task is None else Thread((str(thread), namespace), task)
    if not isinstance(saver, BaseCheckpointSaver):
        return None
    # forks may be run side by side: each names its own checkpoint
    return Thread((id(saver), str(thread), config.get("checkpoint_id")), object())


def runtime_of_caller() -> Runtime[Any] | None:
    """The runtime of the node that this is called in; None where it is called in none."""
    try:
        runtime: Runtime[Any] | None = get_runtime()
    except RuntimeError:  # not even in a runnable
        return None
    return runtime


def alone(thread: Thread, chunks: Iterator[Any]) -> Iterator[Any]:
    """What a run streams, if no other run of its thread is under way when it begins.

    Args:
        thread: What is run.
        chunks: What the run streams.

    Raises:
        ThreadBusyError: If another run of the thread has not ended.
    """

    def run() -> Iterator[Any]:
        with _claimed(thread.key, itself[0]):
            yield from chunks

    stream = run()
    itself = [_Run(thread.owner, weakref.ref(stream))]
    return stream


def alone_async(thread: Thread, chunks: Any) -> AsyncIterator[Any]:  # noqa: ANN401  # a generator
    """Like `alone`, for what streams asynchronously."""

    async def run() -> AsyncIterator[Any]:
        with _claimed(thread.key, itself[0]):
            async with aclosing(chunks):
                async for chunk in chunks:
                    yield chunk

    stream = run()
    itself = [_Run(thread.owner, weakref.ref(stream))]
    return stream


@contextmanager
def _claimed(key: tuple[Any, ...], run: _Run) -> Iterator[None]:
    with _lock:
        others = [other for other in _running.get(key, []) if other.stream() is not None]
        if any(other.owner is not run.owner for other in others):
            raise ThreadBusyError(
                "another run of this thread has not ended; wait for its end, or close what it "
                "streams, before the thread is run again: both would pay for the same replies"
            )
        _running[key] = [*others, run]
    try:
        yield
    finally:
        with _lock:
            left = [other for other in _running.get(key, []) if other is not run]
            if left:
                _running[key] = left
            else:
                _running.pop(key, None)
