"""A web server on the loopback address that hands out what it is told to, and notes who asked."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import NamedTuple

__all__ = ["Page", "Web", "endless", "garbage", "redirect", "silent", "slow_headers", "web"]

Act = Callable[["Handler"], None]


class Page(NamedTuple):
    """What lies at one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}


@dataclass
class Web:
    """What is served, and what was asked for."""

    pages: dict[str, Page | Act]
    asked: list[str] = field(default_factory=list)
    """The targets of all requests, as they stood in the request line."""
    hosts: list[str] = field(default_factory=list)
    """Their `Host` headers."""
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        """Host and port, as in a URL."""
        return f"127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    told: Web

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        self.told.asked.append(self.path)
        self.told.hosts.append(self.headers.get("host", ""))
        self.told.headers.append({name.lower(): value for name, value in self.headers.items()})
        page = self.told.pages.get(self.path.partition("?")[0], Page(b"nothing here", 404))
        with suppress(OSError):  # the client may have had enough
            page(self) if callable(page) else self.send(page)

    def send(self, page: Page) -> None:
        self.send_response(page.status)
        for name, value in {"content-length": str(len(page.body)), **page.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.body)


def redirect(location: str, *, status: int = 302) -> Page:
    """A page that lies elsewhere."""
    return Page(b"", status, {"location": location})


def endless(handler: Handler) -> None:
    """A body without end and without announced length, as fast as it is read; 1 GB at most."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n\x89PNG\r\n\x1a\n")
    for _ in range(1000):
        handler.wfile.write(b"\0" * 1_000_000)


def garbage(handler: Handler) -> None:
    """What is no HTTP."""
    handler.wfile.write(b"220 CANARY smtp ready\r\n" * 100)


def silent(handler: Handler) -> None:
    """Nothing at all, for at most 20 seconds."""
    handler.connection.settimeout(20)
    handler.connection.recv(1)


def slow_headers(handler: Handler) -> None:
    """A header line that grows by a byte every 50 ms, for at most 20 seconds."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nx-long: ")
    for _ in range(400):
        handler.wfile.write(b"x")
        time.sleep(0.05)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no error here."""


@contextmanager
def web(
    pages: Mapping[str, Page | Act],
    *,
    address: str = "127.0.0.1",
    port: int = 0,
    tls: SSLContext | None = None,
) -> Iterator[Web]:
    """Serve until the block ends, on a free port when none is named."""
    told = Web(dict(pages))
    server = _Server((address, port), type("BoundHandler", (Handler,), {"told": told}))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
