"""Clients that do not get on are cut off, and the others are not."""

import asyncio
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from ergo_agent.apps.loopback import listening, server_of
from ergo_agent.apps.patience import Patience
from tests.support.loopback import running

SOON = Patience(seconds=0.4, bytes_a_second=10_000, connections=4)
LATER = SOON._replace(seconds=2)
"""For clients that are not to be cut off, however busy the machine."""
HEAD = b"POST /%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGE = 64 * 1024 * 1024
"""More than the system holds for a client that does not read."""


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Takes a body or not, and answers at once, late or at length, as the path says."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/taken":
        while (await receive()).get("more_body"):
            pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/late":
        await asyncio.sleep(1.5 * LATER.seconds)
    body = b"x" * (LARGE if scope["path"] == "/large" else 1)
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, int]]:
    with listening("127.0.0.1", 0) as listener, running(server_of(app, patience=SOON), listener):
        yield listener.getsockname()


@contextmanager
def connected(server: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(server) as client:
        yield client


def is_cut_off(client: socket.socket, trickle: bytes = b"") -> bool:
    """Whether the server ends the connection, while a little is sent again and again."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if trickle:
                client.sendall(trickle)
            if select.select([client], [], [], 0.1)[0] and not client.recv(65536):
                return True
        except OSError:
            return True
    return False


@pytest.mark.parametrize("head", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_never_comes(server: tuple[str, int], head: bytes):
    with connected(server) as client:
        client.sendall(head)
        assert is_cut_off(client)


def test_a_head_that_comes_by_letters(server: tuple[str, int]):
    with connected(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert is_cut_off(client, b"a")


def test_the_head_of_a_second_request(server: tuple[str, int]):
    with connected(server) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / H")
        assert is_cut_off(client, b"a")


@pytest.mark.parametrize("path", [b"taken", b"refused"])
@pytest.mark.parametrize("trickle", [b"", b"1\r\na\r\n"])
def test_a_body_that_does_not_get_on(server: tuple[str, int], path: bytes, trickle: bytes):
    with connected(server) as client:
        client.sendall(HEAD % path)
        assert is_cut_off(client, trickle)


def test_a_body_that_is_not_wanted_and_does_not_end(server: tuple[str, int]):
    with connected(server) as client:
        client.sendall(HEAD % b"refused")
        assert is_cut_off(client, b"4000\r\n" + b"a" * 0x4000 + b"\r\n")


def test_a_client_that_does_not_read(server: tuple[str, int]):
    def ended() -> bool:
        try:
            client.sendall(b"a")
        except OSError:
            return True
        return False

    with connected(server) as client:
        client.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        assert _comes_to_hold(ended)


def _comes_to_hold(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_an_honest_client_is_waited_for():
    """A slow upload, an answer that takes its time, and a large one."""

    def slowly() -> Iterator[bytes]:
        for _ in range(6):
            yield b"a" * 20_000
            time.sleep(LATER.seconds / 4)

    with (
        listening("127.0.0.1", 0) as listener,
        running(server_of(app, patience=LATER), listener),
        httpx.Client(base_url="http://{}:{}".format(*listener.getsockname()), timeout=60) as client,
    ):
        assert client.post("/taken", content=slowly()).status_code == 200
        assert client.get("/late").text == "x"
        with client.stream("GET", "/large") as answer:
            held = 0
            for chunk in answer.iter_bytes(1 << 20):
                held += len(chunk)
                time.sleep(
                    1.5 * LATER.seconds / 64
                )  # it is read for longer than it may stand still
        assert held == LARGE


def test_there_are_only_so_many_at_once(server: tuple[str, int]):
    clients = [socket.create_connection(server) for _ in range(SOON.connections)]
    with connected(server) as one_more:
        assert is_cut_off(one_more)
        assert not select.select(clients, [], [], 0)[0]  # before those that were there
    for client in clients:
        client.close()
    url = "http://{}:{}".format(*server)

    def answered() -> bool:
        try:
            return httpx.get(url).text == "x"
        except httpx.TransportError:
            return False

    assert _comes_to_hold(answered)
