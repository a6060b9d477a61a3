"""How many items run at once: as many as the policy bears, which shows when it turns work away."""

import asyncio
from types import TracebackType

__all__ = ["Flow"]


class Flow:
    """A gate that lets items through; it halves when the policy is busy, and opens again slowly.

    As TCP does: one more at once for every round that went well. Of one event loop.
    """

    def __init__(self, most: int) -> None:
        """Begin wide open.

        Args:
            most: Most items at once.
        """
        self._most = most
        self._width = float(most)
        self._running = 0
        self._spared = 0
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def width(self) -> int:
        """How many may run at once now."""
        return max(1, int(self._width))

    def went_well(self) -> None:
        """An item came to its end."""
        self._spared = max(0, self._spared - 1)
        self._width = min(self._most, self._width + 1 / self._width)

    def was_busy(self) -> None:
        """The policy turned an item away: half as many from now on.

        Those that are under way were let in before, and say the same once more: they count once.
        """
        if not self._spared:
            self._width = max(1.0, self._width / 2)
            self._spared = self._running

    async def __aenter__(self) -> None:
        while self._running >= self.width:
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place in self._waiting:
                    self._waiting.remove(place)
                raise
        self._running += 1

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running -= 1
        free = self.width - self._running
        while self._waiting and free > 0:
            place = self._waiting.pop(0)
            if not place.done():
                place.set_result(None)
                free -= 1
