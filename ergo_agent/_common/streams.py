"""Asynchronous streams that end when whoever reads them is cancelled, however that is done."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from typing import Any, TypeVar

__all__ = ["stepwise"]

_T = TypeVar("_T")
_END: Any = object()
_tasks: set[asyncio.Task[Any]] = set()
"""Keeps tasks that nobody waits for from being forgotten by the loop."""


async def stepwise(chunks: AsyncGenerator[_T, None]) -> AsyncIterator[_T]:
    """What a generator yields, each step of it in a task of its own, which is cancelled once.

    A cancel scope of anyio, as web servers and MCP have them, cancels the task in it over and over
    until it has ended, also while it cleans up. LangGraph 1.2 then does not come to cancelling its
    nodes where it streams custom events, and a question goes on that nobody waits for.

    Args:
        chunks: The generator; closed when this one is.
    """
    while True:
        chunk = await _apart(anext(chunks, _END))
        if chunk is _END:
            return
        try:
            yield chunk
        except BaseException:
            await _apart(chunks.aclose())
            raise


async def _apart(step: Awaitable[Any]) -> Any:  # noqa: ANN401
    """Await something in a task of its own; where this is cancelled, so is that, once."""

    async def run() -> Any:  # noqa: ANN401
        return await step

    task = asyncio.create_task(run())
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait([task])
        raise
