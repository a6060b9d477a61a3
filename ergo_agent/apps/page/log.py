"""What a run said, for whoever listens, whenever they come."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

__all__ = ["ENDS", "EventLog", "Said"]

ENDS = frozenset({"done", "failed", "cancelled"})
"""The events after which nothing more is said."""


class Said(NamedTuple):
    """One event, as it is sent."""

    number: int
    """Counted from 1 within the run."""

    name: str
    data: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The data as JSON on one line, in ASCII: a model may write half a surrogate pair."""
        return json.dumps(self.data, separators=(",", ":"))


class EventLog:
    """The events of one run, which any number of listeners follow; used within one event loop."""

    def __init__(self) -> None:
        self._said: list[Said] = []
        self._more = asyncio.Event()

    @property
    def said(self) -> tuple[Said, ...]:
        """Everything that was said so far."""
        return tuple(self._said)

    @property
    def ended(self) -> bool:
        """Whether nothing more is going to be said."""
        return bool(self._said) and self._said[-1].name in ENDS

    def say(self, name: str, data: Mapping[str, Any]) -> None:
        """Add an event and wake who listens; after the end nothing is added."""
        if self.ended:
            return
        self._said.append(Said(len(self._said) + 1, name, data))
        woken, self._more = self._more, asyncio.Event()
        woken.set()

    async def follow(self, *, after: int = 0) -> AsyncIterator[Said]:
        """The events from a number on, as they come, until the last one.

        Args:
            after: Number of the last event that the listener has.
        """
        at = after
        while True:
            more = self._more
            while at < len(self._said):
                yield self._said[at]
                at += 1
            if self.ended:
                return
            if more is self._more:
                await more.wait()
