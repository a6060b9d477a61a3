"""What a client is told while a question is answered: each page, each view, each turn."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from ergo_agent.episode.events import VisionEvent, listening
from ergo_agent.report.progress import Progress

__all__ = ["Report", "reporting"]

Report = Callable[[float, float | None, str], Awaitable[None]]
"""Takes how far it is, of how much (None: not known), and what has happened."""


@asynccontextmanager
async def reporting(report: Report) -> AsyncIterator[None]:
    """Report every step of the episodes within the block, in their order.

    How many steps there will be is the policy's to decide, so no total is given.

    Args:
        report: Sends a notification.
    """
    progress = Progress()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def heard(event: VisionEvent) -> None:
        line = progress.take(event)
        if line is not None:
            lines.put_nowait(line)

    async def send() -> None:
        step = 0
        while (line := await lines.get()) is not None:
            step += 1
            await report(float(step), None, line)

    sending = asyncio.create_task(send())
    try:
        with listening(heard):
            yield
        lines.put_nowait(None)
        await sending
    finally:
        sending.cancel()
