"""A LangSmith endpoint on a real socket: takes what the real client uploads, puts runs together.

It can be slow, or refuse everything, when it is told to.
"""

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler
from typing import Any

import zstandard
from langsmith import Client
from langsmith.run_helpers import tracing_context

from tests.support.loopback import listening

__all__ = [
    "Endpoint",
    "TraceHandler",
    "Upload",
    "receiving",
    "traced_to",
    "tracing_environment",
    "untraced_environment",
]

Run = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """One multipart upload as it came in."""

    size: int
    """Bytes on the wire, headers not counted."""

    encoding: str
    """`zstd`, or nothing."""

    body: bytes
    """The body, decompressed."""


@dataclass
class Endpoint:
    """What the endpoint does and what it received."""

    zstd: bool = True
    """Whether it offers to take compressed uploads, as LangSmith does."""

    status: int = 202
    seconds: float = 0.0
    """How long it waits before each reply, at most; closing it ends the wait."""

    url: str = ""
    uploads: list[Upload] = field(default_factory=list)
    requests: int = 0
    runs: dict[str, Run] = field(default_factory=dict)
    """Everything known of each run, by its id."""

    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def posted(self) -> int:
        """Bytes of all uploads, on the wire."""
        return sum(upload.size for upload in self.uploads)

    @property
    def roots(self) -> list[Run]:
        """The runs without a parent, in order."""
        return self.children(None)

    def children(self, parent: Run | None) -> list[Run]:
        """The runs below a run, in order."""
        wanted = None if parent is None else parent["id"]
        found = [run for run in self.runs.values() if run.get("parent_run_id") == wanted]
        return sorted(found, key=lambda run: run["dotted_order"])

    def named(self, name: str, kind: str | None = None) -> list[Run]:
        """The runs of a name, and of a kind where one is given, in order."""
        found = [
            run
            for run in self.runs.values()
            if run["name"] == name and kind in {None, run["run_type"]}
        ]
        return sorted(found, key=lambda run: run["dotted_order"])

    def of_kind(self, kind: str) -> list[Run]:
        """The runs of a kind (`chain`, `tool`, `llm`), in order."""
        found = [run for run in self.runs.values() if run["run_type"] == kind]
        return sorted(found, key=lambda run: run["dotted_order"])

    def outline(self, parent: Run | None = None) -> list[Any]:
        """Names and kinds as nested lists: `[[name, kind, [children]]]`.

        LangGraph also traces the functions that choose the next node, here all private: they are
        left out.
        """
        return [
            [run["name"], run["run_type"], self.outline(run)]
            for run in self.children(parent)
            if not run["name"].startswith("_")
        ]

    def take(self, upload: Upload, content_type: str) -> None:
        """Keep an upload, and enter its parts into the runs."""
        with self.lock:
            self.uploads.append(upload)
            for name, data in _parts(upload.body, content_type):
                _, run_id, *rest = name.split(".")
                run = self.runs.setdefault(run_id, {})
                value = json.loads(data)
                if rest:
                    run[rest[0]] = value
                else:
                    run.update({key: each for key, each in value.items() if each is not None})


def _parts(body: bytes, content_type: str) -> Iterator[tuple[str, bytes]]:
    """The named parts of a multipart body."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    for part in BytesParser().parsebytes(head + body).walk():
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(data, bytes):
            yield name, data


class TraceHandler(BaseHTTPRequestHandler):
    """Takes uploads of runs, and says what it can."""

    protocol_version = "HTTP/1.1"
    told: Endpoint

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        flags = {"zstd_compression_enabled": self.told.zstd}
        batching = {
            "use_multipart_endpoint": True,
            "size_limit": 100,
            "size_limit_bytes": 20_971_520,
            "scale_up_qsize_trigger": 1000,
            "scale_up_nthreads_limit": 16,
            "scale_down_nempty_limit": 4,
        }
        self.reply({"version": "0", "instance_flags": flags, "batch_ingest_config": batching})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        if self.told.status < 400:
            encoding = self.headers.get("content-encoding", "")
            opened = zstandard.ZstdDecompressor().decompressobj() if encoding == "zstd" else None
            body = opened.decompress(raw) if opened else raw
            self.told.take(Upload(len(raw), encoding, body), self.headers["content-type"])
        self.reply({})

    def reply(self, body: object) -> None:
        self.told.requests += 1
        if self.told.seconds:
            self.told.closing.wait(self.told.seconds)
        raw = json.dumps(body).encode()
        with contextlib.suppress(OSError):  # a client that gave up is no error here
            self.send_response(self.told.status if self.command == "POST" else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)


@contextlib.contextmanager
def receiving(**told: Any) -> Iterator[Endpoint]:
    """An endpoint that runs until the block ends."""
    endpoint = Endpoint(**told)
    with listening(type("BoundHandler", (TraceHandler,), {"told": endpoint})) as endpoint.url:
        try:
            yield endpoint
        finally:
            endpoint.closing.set()


@contextlib.contextmanager
def traced_to(
    url: str, *, wait: float = 30.0, settled: bool = False, **options: Any
) -> Iterator[Client]:
    """Trace what runs in the block to an endpoint, and wait until it is all sent.

    Args:
        url: Of the endpoint.
        wait: Seconds, at most, that the end of the block waits for what is still to be sent.
        settled: Whether to begin only once the client has learnt that it may compress; what it
            uploads before is not compressed.
        **options: Of the client.
    """
    client = Client(api_url=url, api_key="key-of-the-tests", **options)
    try:
        if settled:
            _settle(client)
        with tracing_context(enabled=True, client=client, project_name="tests"):
            yield client
    finally:
        client.close(timeout=wait)


def _settle(client: Client) -> None:
    deadline = time.monotonic() + 30
    while client.compressed_traces is None:
        assert time.monotonic() < deadline, "the client does not compress"
        time.sleep(0.01)


def untraced_environment() -> dict[str, str]:
    """This process's environment without what it says of tracing."""
    said = ("LANGSMITH_", "LANGCHAIN_", "ERGO_TRACE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(said)}


def tracing_environment(url: str, **more: str) -> dict[str, str]:
    """The environment of a process that is traced to an endpoint, as a user sets it."""
    return {
        **untraced_environment(),
        "LANGSMITH_TRACING": "true",
        "LANGSMITH_ENDPOINT": url,
        "LANGSMITH_API_KEY": "key-of-the-tests",
        **more,
    }
