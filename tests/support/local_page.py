"""The server of `ergo-agent ui`: as a process, and in a thread with a policy of the test's own."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import httpx

from ergo_agent.apps.loopback import server_of
from ergo_agent.apps.page import PageOptions
from ergo_agent.apps.page.server import open_page
from tests.support.forked import ForkedProgram
from tests.support.loopback import running

__all__ = [
    "PAGE",
    "ROOT",
    "Browser",
    "Event",
    "Gate",
    "PageProcess",
    "forked_page",
    "page_process",
    "page_server",
]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "examples" / "page.png"

SECONDS = 120
"""No call takes longer, however busy the machine."""


class Event(NamedTuple):
    """One event of a stream."""

    id: int
    name: str
    data: dict[str, Any]


class Gate:
    """A scripted reply that is held back until it is let through."""

    def __init__(self, reply: str) -> None:
        self.asked, self.open = threading.Event(), threading.Event()
        self._reply = reply

    def __call__(self, _: object) -> str:
        self.asked.set()
        assert self.open.wait(60)
        return self._reply


class Browser(httpx.Client):
    """A client with the cookie, which reads streams."""

    def __init__(self, url: str) -> None:
        """Prepare to enter by the URL that was printed."""
        # its address is one of this machine's, by http: without certificates it begins 30 ms sooner
        super().__init__(base_url=httpx.URL(url).join("/"), timeout=SECONDS, verify=False)
        self.entrance = url

    def __enter__(self) -> Self:
        super().__enter__()
        assert self.get(self.entrance).status_code == 200
        return self

    def upload(self, data: bytes, *, name: str = "image.png") -> httpx.Response:
        headers = {"content-type": "application/octet-stream", "x-file-name": name}
        return self.post("/api/images", content=data, headers=headers)

    def image(self, path: Path) -> str:
        """The digest of an image that is uploaded."""
        answer = self.upload(path.read_bytes(), name=quote(path.name))
        assert answer.status_code == 201, answer.text
        digest: str = answer.json()["image"]
        return digest

    def ask(self, image: str, question: str = "What is it?", **more: Any) -> str:
        """The name of a run that is started."""
        asked = {"image": image, "question": question, **more}
        return _run(self.post("/api/runs", json=asked))

    def fork(self, run: str, *boxes: list[int], zoom: int = 1) -> str:
        """The name of a fork that is started."""
        return _run(self.post(f"/api/runs/{run}/forks", json={"zoom": zoom, "boxes": boxes}))

    def follow(self, run: str, *, last: int | None = None) -> Iterator[Event]:
        """The events of a run as they come, after the last one that is known."""
        headers = {} if last is None else {"last-event-id": str(last)}
        with self.stream("GET", f"/api/runs/{run}/events", headers=headers) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            fields: dict[str, str] = {}
            for line in answer.iter_lines():
                if line and not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif fields:
                    yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
                    fields = {}

    def events(self, run: str, *, last: int | None = None) -> list[Event]:
        """All events of a run, once it has ended."""
        return list(self.follow(run, last=last))

    def wait_until(self, run: str, name: str) -> None:
        """Wait for an event of a run."""
        for event in self.follow(run):
            if event.name == name:
                return
        raise AssertionError(f"the run ended without {name}")


def _run(answer: httpx.Response) -> str:
    assert answer.status_code == 201, answer.text
    run: str = answer.json()["run"]
    return run


class PageProcess(subprocess.Popen[str]):
    """`ergo-agent ui` as a process."""

    url: str
    """What it printed, with the token; empty before."""


@contextmanager
def page_process(
    *arguments: object, browser: bool = False, **environment: str
) -> Iterator[PageProcess]:
    """`ergo-agent ui` as a process, once it has printed its URL; ended by SIGTERM."""
    if not browser:
        arguments = ("--no-browser", *arguments)
    process = PageProcess(
        [sys.executable, "-m", "ergo_agent.apps.cli", "ui", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            process.url = process.stdout.readline().strip()  # it ends where the process does
            assert process.url, process.stderr.read()
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@contextmanager
def forked_page(*arguments: object, **environment: str) -> Iterator[Browser]:
    """A client of `ergo-agent ui` in a fork, for tests of what it answers: it is there at once."""
    words = ("-m", "ergo_agent.apps.cli", "ui", "--no-browser", *arguments)
    with ForkedProgram(*words, cwd=ROOT, env={**os.environ, **environment}) as program:
        with Browser(program.first_line()) as browser:
            yield browser
        assert program.end() == -signal.SIGTERM


@contextmanager
def page_server(**options: Any) -> Iterator[Browser]:
    """A server in a thread of this process, and a client of it."""
    with open_page(PageOptions(**options)) as page:
        server = server_of(page.app, ending=page.runs.cancel_all)
        with running(server, page.listener), Browser(page.url) as browser:
            yield browser
