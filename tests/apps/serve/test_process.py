"""Starting, waiting for and ending a server, with a small HTTP server in vLLM's place.

That it holds for vLLM itself is tested in `tests/served`.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from ergo_agent._common.installation import install_command
from ergo_agent.apps.cli import app
from ergo_agent.apps.serve import ServeOptions, Server, start_server
from ergo_agent.errors import MissingExtraError, ServingError, SettingsError
from tests.support.serving import alive, free_port

SERVER = """
import http.server, os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if sys.argv[2] == "dies":
    print("RuntimeError: out of memory", file=sys.stderr)
    sys.exit(3)
while sys.argv[2].startswith("/") and not os.path.exists(sys.argv[2]):
    time.sleep(0.01)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
"""Starts a child, as vLLM does; then serves `/health`, or dies. A file named is waited for."""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    started: list[Server] = []

    def launch(how: str = "lives") -> Server:
        options, log = ServeOptions(port=free_port()), tmp_path / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVER, str(options.port), how],
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        started.append(Server(process, options=options, log=log))
        return started[-1]

    yield launch
    for server in started:
        server.stop()


def group(pid: int) -> list[psutil.Process]:
    """All running processes of a process group."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (ProcessLookupError, psutil.NoSuchProcess):
            continue
    return found


def test_it_is_waited_for_and_told_about(start: Callable[..., Server], tmp_path: Path):
    lines: list[str] = []
    loaded = tmp_path / "loaded"

    def report(line: str) -> None:
        lines.append(line)
        loaded.touch()

    with start(str(loaded)) as server:
        assert server.wait_until_ready(report=report, timeout=60) > 0
    assert lines
    assert all("loading nota-ai/ERGO-7B" in line for line in lines)


def test_leaving_ends_every_process(start: Callable[..., Server]):
    with start() as server:
        server.wait_until_ready(report=str, timeout=60)
        processes = group(server.pid)
        assert len(processes) == 2
    assert alive(processes, seconds=0) == []
    server.stop()  # a second time is harmless


def test_a_death_while_loading_says_what_the_log_says(start: Callable[..., Server]):
    with start("dies") as server, pytest.raises(ServingError, match="out of memory") as caught:
        server.wait_until_ready(report=str, timeout=60)
    assert "exit code 3" in str(caught.value)
    assert group(server.pid) == []


def test_a_death_later_is_an_error(start: Callable[..., Server]):
    with start() as server:
        server.wait_until_ready(report=str, timeout=60)
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(ServingError, match="signal 9"):
            server.wait()
    assert group(server.pid) == []


def test_what_is_never_ready_is_given_up(start: Callable[..., Server]):
    with start() as server:
        time.sleep(0.1)
        os.kill(server.pid, signal.SIGSTOP)
        with pytest.raises(ServingError, match="not ready after"):
            server.wait_until_ready(report=str, timeout=0.5)
        os.kill(server.pid, signal.SIGCONT)


def test_without_vllm_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(MissingExtraError, match=r"pip install .*\[vllm\]"):
        start_server(ServeOptions())
    result = CliRunner().invoke(app, ["serve"])
    assert result.exit_code == 5
    wanted = f"error: serving a model needs an extra: {install_command('vllm')}"
    assert result.stderr.strip() == wanted


@pytest.fixture
def vllm_installed(monkeypatch: pytest.MonkeyPatch):
    """As if vLLM were there; nothing of it is started by these tests."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())


@pytest.mark.usefixtures("vllm_installed")
def test_a_taken_port_is_refused_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServingError, match=f"port {port} of 127.0.0.1 cannot be used"):
            start_server(ServeOptions(port=port))


@pytest.mark.usefixtures("vllm_installed")
def test_a_host_that_is_no_address():
    with pytest.raises(SettingsError, match="--host no such host is no address"):
        start_server(ServeOptions(host="no such host"))


@pytest.mark.usefixtures("vllm_installed")
def test_a_log_that_cannot_be_written(tmp_path: Path):
    with pytest.raises(SettingsError, match="--log"):
        start_server(ServeOptions(port=free_port()), log=tmp_path / "missing" / "log")
