"""A vLLM server as a child process: started, waited for, and ended with all that it started."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from ergo_agent.apps.serve.command import ServeOptions, serve_command, serve_environment
from ergo_agent.errors import MissingExtraError, ServingError, SettingsError

__all__ = ["Server", "start_server"]

_POLL = 0.25
"""Seconds between two looks at a server that is starting."""
_GRACE = 30.0
"""Seconds that vLLM has to end after SIGTERM; it needs about three."""
_GONE = 5.0
"""Seconds that the system has to clear away killed processes."""
_LAST_LINES = 12
"""Lines of the log that an error shows."""

Report = Callable[[str], object]


class Server:
    """A running `vllm serve`; leaving its context ends it."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", *, options: ServeOptions, log: Path
    ) -> None:
        """Take over a process that leads its own process group.

        Args:
            process: The child.
            options: What it serves.
            log: Where its output goes.
        """
        self._process = process
        self._log = log
        self._stopped = False
        self.options = options

    @property
    def base_url(self) -> str:
        """The URL for an OpenAI client."""
        return self.options.base_url

    @property
    def pid(self) -> int:
        """The process id of vLLM's API server, and the id of the group of all its processes."""
        return self._process.pid

    def wait_until_ready(self, *, report: Report, timeout: float | None = None) -> float:
        """Wait until the server answers; returns the seconds that took.

        Args:
            report: Told what goes on, a line a second.
            timeout: Seconds after which to give up; None to wait as long as the server lives.

        Raises:
            ServingError: If it ends, or is not ready in time.
        """
        started = time.monotonic()
        health = self.base_url.removesuffix("/v1") + "/health"
        with httpx.Client(timeout=5, trust_env=False) as client:
            while not _answers(client, health):
                seconds = time.monotonic() - started
                self._check_alive()
                if timeout is not None and seconds > timeout:
                    raise ServingError(
                        f"the server was not ready after {seconds:.0f} s; {self._last_words()}"
                    )
                report(f"loading {self.options.model} ... {seconds:.0f} s")
                time.sleep(_POLL)
        return time.monotonic() - started

    def wait(self) -> None:
        """Wait until the server ends.

        Raises:
            ServingError: If it ends without having been told to.
        """
        self._process.wait()
        self._check_alive()

    def stop(self) -> None:
        """End the server and every process that it started; again is harmless."""
        if self._stopped:
            return  # its number may belong to another group by now
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        # The API server ends its workers; whatever is left of the group has lost its parent.
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._stopped = True
        for _ in range(round(_GONE / _POLL)):
            if not self._signal(0):
                return
            time.sleep(_POLL)

    def __enter__(self) -> Self:
        """The server itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the server."""
        self.stop()

    def _check_alive(self) -> None:
        code = self._process.poll()
        if code is not None:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise ServingError(f"the server ended ({how}); {self._last_words()}")

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        telling = [line for line in lines if "Error" in line] or lines
        return "\n".join([f"its log {self._log} ends with:", *telling[-_LAST_LINES:]])

    def _signal(self, number: int) -> bool:
        """Send a signal to all processes; whether there are any. Signal 0 only asks."""
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return False
        return True


def start_server(options: ServeOptions, *, log: Path | None = None) -> Server:
    """Start `vllm serve`; it is not ready yet when this returns.

    Args:
        options: What to serve.
        log: Where its output goes; a new temporary file when left out.

    Raises:
        MissingExtraError: If vLLM is not installed.
        ServingError: If the port is taken.
        SettingsError: If the address cannot be listened on, or the log cannot be written.
    """
    program = _program()
    _check_port(options)
    path = _log_file() if log is None else log
    command = [*program, *serve_command(options)[1:]]
    try:
        with path.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603  # no shell; the caller chose what is served
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=serve_environment(options, base=os.environ),
                start_new_session=True,
            )
    except OSError as error:
        raise SettingsError(f"--log {path}: the server cannot be started: {error}") from error
    return Server(process, options=options, log=path)


def _program() -> Sequence[str]:
    """The `vllm` command of this very environment, so that it is the one that was looked for.

    Raises:
        MissingExtraError: If it is not installed.
    """
    if importlib.util.find_spec("vllm") is None:
        raise MissingExtraError("serving a model", extra="vllm")
    beside = shutil.which("vllm", path=str(Path(sys.executable).parent))
    return [beside] if beside else [sys.executable, "-m", "vllm.entrypoints.cli.main"]


def _check_port(options: ServeOptions) -> None:
    """Refuse a taken port at once; vLLM would find out only after loading.

    Raises:
        ServingError: If something listens there.
        SettingsError: If there is no such address here.
    """
    try:
        found = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise SettingsError(f"--host {options.host} is no address: {error}") from error
    family, kind, _, _, address = found[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise ServingError(
                f"port {options.port} of {options.host} cannot be used ({error.strerror}); "
                "end what listens there, or give another --port"
            ) from error


def _log_file() -> Path:
    handle, name = tempfile.mkstemp(prefix="ergo-agent-vllm-", suffix=".log")
    os.close(handle)
    return Path(name)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.HTTPError:
        return False
