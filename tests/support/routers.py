"""A router before several servers: vllm-router where it is installed, else one on the loopback."""

import hashlib
import itertools
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.support.loopback import listening
from tests.support.serving import free_port

__all__ = ["routing", "vllm_router"]

READY_SECONDS = 120


def vllm_router() -> str | None:
    """The program, beside this Python or on the path; None where it is not installed."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return shutil.which("vllm-router", path=places)


@contextmanager
def routing(servers: Sequence[str], *, by_session: bool) -> Iterator[str]:
    """The address of a router, with /v1.

    Args:
        servers: Addresses, without /v1.
        by_session: Whether it keeps to a server for each X-Session-ID; else it takes turns.
    """
    program = vllm_router()
    if program is None:
        with listening(_router(servers, by_session=by_session)) as url:
            yield f"{url}/v1"
        return
    port, metrics = free_port(), free_port()
    policy = "consistent_hash" if by_session else "round_robin"
    where = ("--host", "127.0.0.1", "--port", str(port), "--prometheus-port", str(metrics))
    command = [program, "--worker-urls", *servers, "--policy", policy, *where]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/v1/models", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "the router has ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the router never answered")


def _router(servers: Sequence[str], *, by_session: bool) -> type[BaseHTTPRequestHandler]:
    turns = itertools.cycle(servers)

    class Router(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            self._pass_on(servers[0], None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            session = self.headers.get("X-Session-ID", "").encode()
            number = int.from_bytes(hashlib.sha256(session).digest()[:4])
            self._pass_on(servers[number % len(servers)] if by_session else next(turns), body)

        def _pass_on(self, server: str, body: bytes | None) -> None:
            headers = {"content-type": self.headers.get("content-type", "application/json")}
            request = urllib.request.Request(f"{server}{self.path}", body, headers)
            try:
                with urllib.request.urlopen(request) as reply:
                    status, data = reply.status, reply.read()
            except urllib.error.HTTPError as error:
                status, data = error.code, error.read()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Router
