"""Trace one question about a page, and show the tree of runs.

    LANGSMITH_API_KEY=... python examples/langsmith_trace.py    # to LangSmith
    python examples/langsmith_trace.py                          # to a receiver of its own
    ERGO_TRACE_IMAGES=none python examples/langsmith_trace.py

Either way LangSmith's own client uploads what LangChain traces; nothing of it is put on here.
"""

import json
import os
import sys
import threading
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import zstandard
from langchain_core.tracers.langchain import wait_for_all_tracers

from ergo_agent import ErgoError, ask
from ergo_agent.report import visible

PAGE = Path(__file__).with_name("page.png")
QUESTION = "What is the due date?"


class Receiver(BaseHTTPRequestHandler):
    """As much of a LangSmith server as its client needs: what it offers, and the upload of runs."""

    runs: ClassVar[dict[str, dict[str, Any]]] = {}
    posted: ClassVar[int] = 0
    """Bytes on the wire."""

    def do_GET(self) -> None:
        """Say that compressed uploads are welcome."""
        self._reply({"instance_flags": {"zstd_compression_enabled": True}})

    def do_POST(self) -> None:
        """Take runs: parts named `post.<run>` or `patch.<run>`, and `.inputs` and the like."""
        body = self.rfile.read(int(self.headers["content-length"]))
        Receiver.posted += len(body)
        if self.headers["content-encoding"] == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        for part in BytesParser().parsebytes(head + body).walk():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            if isinstance(name, str) and isinstance(data, bytes):
                _, run, *field = name.split(".")
                value = json.loads(data)
                self.runs.setdefault(run, {}).update({field[0]: value} if field else value)
        self._reply({})

    def _reply(self, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> int:
    """Ask, and show where the trace is; the exit status is 1 when something could not be used."""
    receiver = None if os.environ.get("LANGSMITH_API_KEY") else _receiver()
    os.environ["LANGSMITH_TRACING"] = "true"
    try:
        answer = ask(PAGE, QUESTION)
    except ErgoError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(visible(f"Q: {QUESTION}\nA: {answer.answer or 'not found'}\n"))
    wait_for_all_tracers()
    if receiver is None:
        project = os.environ.get("LANGSMITH_PROJECT", "default")
        print(f"The trace is in the project {project!r} on LangSmith.")
        return 0
    receiver.shutdown()
    _show(None, depth=0)
    print(f"\n{len(Receiver.runs)} runs, {Receiver.posted:,} bytes posted")
    return 0


def _receiver() -> ThreadingHTTPServer:
    """Start one, and have LangSmith's client send to it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ["LANGSMITH_ENDPOINT"] = f"http://127.0.0.1:{server.server_port}"
    os.environ["LANGSMITH_API_KEY"] = "none"
    return server


def _show(parent: str | None, *, depth: int) -> None:
    """Print the runs below one, each with what it is about."""
    below = [each for each in Receiver.runs.items() if each[1].get("parent_run_id") == parent]
    for run_id, run in sorted(below, key=lambda each: str(each[1]["dotted_order"])):
        print(f"{'  ' * depth}{run['name']} ({run['run_type']}) {_about(run)}".rstrip())
        _show(run_id, depth=depth + 1)


def _about(run: dict[str, Any]) -> str:
    if run["run_type"] == "tool":
        return str(run["outputs"]["output"]["content"])
    if run["run_type"] == "llm":
        told = run["extra"]["metadata"]
        who = f"{told['ls_provider']}/{told['ls_model_name']}"
        tokens = f"{told['ergo_vision_tokens']} vision tokens in {told['ergo_views']} views"
        return f"{who}, {tokens}, {told.get('usage_metadata', 'counts no tokens')}"
    result = (run.get("outputs") or {}).get("result")
    return "" if result is None else f"stopped by: {result['stop_reason']}"


if __name__ == "__main__":
    sys.exit(main())
