"""How long a client is waited for, and how many there may be at once.

uvicorn waits for ever for a request whose head or body does not come, and for a client that does
not read. Here each connection is looked at now and then, and one that does not get on is cut off.
"""

import asyncio
from typing import Any, ClassVar, NamedTuple

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Patience", "protocol_of"]


class Patience(NamedTuple):
    """What a client may take."""

    seconds: float = 10.0
    """For the head of a request, for a body that is not wanted any more, and before any is counted.
    A browser on this machine sends a head within a millisecond."""

    bytes_a_second: int = 20_000
    """What a body must come with, and a reply be taken with, on average, once `seconds` are over:
    less than a bad mobile line carries, for whoever comes through `ssh -L`."""

    connections: int = 256
    """Of all clients: a quarter of the 1,024 files that a process commonly may open."""


class _PatientProtocol(H11Protocol):
    """A connection that is cut off where its client does not get on."""

    patience: ClassVar[Patience]

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401  # as uvicorn has it
        super().connection_made(transport)
        self._looking: asyncio.TimerHandle | None = None
        self._full: tuple[float, int] | None = None
        self._begin()
        if len(self.connections) > self.patience.connections:
            transport.abort()
        else:
            self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._looking is not None:
            self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.conn.their_state
        self._received += len(data)
        super().data_received(data)
        if self.conn.their_state is not before:
            self._begin()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._begin()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._full = self.loop.time(), self.transport.get_write_buffer_size()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._full = None

    def _begin(self) -> None:
        """Another part of the conversation begins."""
        self._since, self._received = self.loop.time(), 0

    def _look_later(self) -> None:
        self._looking = self.loop.call_later(self.patience.seconds / 4, self._look)

    def _look(self) -> None:
        if self._is_over():
            self.transport.abort()
        else:
            self._look_later()

    def _is_over(self) -> bool:
        """Whether the client has taken longer than it may."""
        now, most = self.loop.time(), self.patience.seconds
        if self._full is not None:  # it is to take what is left of a reply
            since, size = self._full
            taken = size - self.transport.get_write_buffer_size()
            return self._is_late(since, taken)
        answered = self.cycle is None or self.cycle.response_complete
        waiting = self.conn.their_state
        if waiting is h11.SEND_BODY and not answered:
            if self.flow.read_paused:  # it is we who are slow
                self._begin()
            return self._is_late(self._since, self._received)
        # between two requests uvicorn's own limit holds until the next one begins
        begun = self.cycle is None or self._received > 0 or waiting is h11.SEND_BODY
        return answered and begun and now - self._since > most

    def _is_late(self, since: float, moved: int) -> bool:
        late = self.loop.time() - since - self.patience.seconds
        return late > moved / self.patience.bytes_a_second


def protocol_of(patience: Patience) -> type[asyncio.Protocol]:
    """The protocol that holds clients to what they may take, for uvicorn's `http`."""
    return type("PatientProtocol", (_PatientProtocol,), {"patience": patience})
