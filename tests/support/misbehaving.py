"""A chat-completions server on a real socket, which misbehaves when it is told to.

It counts what it is sent, decodes the images to count their tokens as vLLM does, keeps images by
their uuid, and forgets them when asked to.
"""

import base64
import contextlib
import io
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

__all__ = [
    "Misbehaving",
    "drip",
    "drip_stream",
    "edited",
    "fail",
    "hang",
    "packed",
    "redirect",
    "reset",
    "serving",
    "stream",
    "wrong_reply",
]

Act = Callable[["Handler", dict[str, Any]], None]


@dataclass
class Request:
    """One chat completion as it came in."""

    body: dict[str, Any]
    size: int
    at: float
    headers: dict[str, str] = field(default_factory=dict)
    """By their names in lower case."""
    closed: threading.Event = field(default_factory=threading.Event)
    """Set where the client closed the connection before it was answered."""

    def images(self) -> list[dict[str, Any]]:
        return [
            block
            for message in self.body["messages"]
            if isinstance(message["content"], list)
            for block in message["content"]
            if block["type"] == "image_url"
        ]


@dataclass
class Misbehaving:
    """What the server does and what it saw."""

    script: list[str | Act]
    """Replies and faults, one a request; the last one for ever."""

    models: list[str] = field(default_factory=lambda: ["ergo"])
    vllm: bool = True
    counts_images: bool = True
    pixels_per_token: int = 28 * 28
    max_images: int = 8
    context: int = 32_768
    key: str | None = None
    root: str | None = None
    """The checkpoint behind each model."""
    listed: object = None
    """What `/models` says in place of the list."""
    requests: list[Request] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    """Set by the first request."""
    probes: int = 0
    known: dict[str, int] = field(default_factory=dict)
    """Vision tokens of the images kept, by uuid."""
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(
        self, body: dict[str, Any], size: int, headers: dict[str, str]
    ) -> tuple[Request, str | Act]:
        with self.lock:
            request = Request(body, size, time.monotonic(), headers)
            self.requests.append(request)
            self.asked.set()
            return request, self.script[min(len(self.requests), len(self.script)) - 1]

    def image_tokens(self, request: Request) -> int:
        """Tokens of all images.

        Raises:
            KeyError: If an image was only named, and is not known.
        """
        total = 0
        for block in request.images():
            name, source = block.get("uuid"), block["image_url"]
            if source is None:
                total += self.known[name]
                continue
            data = base64.b64decode(source["url"].partition(",")[2])
            with Image.open(io.BytesIO(data)) as image:
                tokens = image.width * image.height // self.pixels_per_token
            if name:
                self.known[name] = tokens
            total += tokens
        return total


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Misbehaving
    request_seen: Request

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        if not self._allowed():
            return
        with self.told.lock:
            self.told.probes += 1
        owner = "vllm" if self.told.vllm else "someone"
        cards = [
            {
                "id": name,
                "object": "model",
                "created": 0,
                "owned_by": owner,
                "max_model_len": self.told.context,
                "root": self.told.root or name,
            }
            for name in self.told.models
        ]
        told = self.told.listed
        self.send_json(200, {"object": "list", "data": cards} if told is None else told)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        if not self._allowed():
            return
        body = json.loads(raw)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.request_seen, act = self.told.next(body, len(raw), headers)
        if isinstance(act, str):
            self._complete(act)
        else:
            act(self, body)

    def _allowed(self) -> bool:
        if self.told.key is None or self.headers["authorization"] == f"Bearer {self.told.key}":
            return True
        self.send_error_body(401, "Unauthorized")
        return False

    def _complete(self, text: str) -> None:
        told, request = self.told, self.request_seen
        if request.body["model"] not in told.models:
            self.send_error_body(404, f"The model `{request.body['model']}` does not exist.")
            return
        if len(request.images()) > told.max_images:
            limit = f"At most {told.max_images} image(s) may be provided in one prompt."
            self.send_error_body(400, limit)
            return
        try:
            images = told.image_tokens(request)
        except KeyError:
            self.send_error_body(400, "Cache miss for image at index 0 but data is not provided.")
            return
        words = sum(len(str(m["content"]).split()) for m in request.body["messages"])
        if images + words > told.context:
            self.send_error_body(
                400,
                f"This model's maximum context length is {told.context} tokens. However, your "
                f"prompt contains {images + words} input tokens.",
            )
            return
        self.send_json(200, self.completion(text, images, words))

    def completion(self, text: str, images: int, words: int) -> dict[str, Any]:
        details: dict[str, Any] = {"cached_tokens": 32}
        if self.told.counts_images:
            details["multimodal_tokens"] = {"image": images}
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": text},
        }
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": self.request_seen.body["model"],
            "choices": [choice],
            "usage": {
                "prompt_tokens": images + words,
                "completion_tokens": 5,
                "total_tokens": images + words + 5,
                "prompt_tokens_details": details,
            },
        }

    def send_error_body(self, status: int, message: str, **headers: str) -> None:
        error = {"message": message, "type": "BadRequestError", "param": None, "code": status}
        self.send_json(status, {"error": error}, **headers)

    def send_json(self, status: int, body: object, **headers: str) -> None:
        self.send_bytes(json.dumps(body).encode(), "application/json", status=status, **headers)

    def send_bytes(self, raw: bytes, kind: str, *, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)

    def wait_for_close(self, seconds: float) -> None:
        """Wait until the client has closed the connection."""
        self.connection.settimeout(seconds)
        with contextlib.suppress(OSError):
            if self.connection.recv(1) == b"":
                self.request_seen.closed.set()
        self.close_connection = True


def fail(status: int, message: str = "no", **headers: str) -> Act:
    """Answer with an error."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_error_body(status, message, **headers)

    return act


def reset(handler: Handler, _: dict[str, Any]) -> None:
    """Break off in mid-reply with a TCP reset."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "chatcmpl-1", "choi')
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def hang(handler: Handler, _: dict[str, Any]) -> None:
    """Never answer; note when the client gives up."""
    handler.wait_for_close(30)


def drip(handler: Handler, _: dict[str, Any]) -> None:
    """Send a reply that never ends, a byte every 50 ms, until the client gives up."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("transfer-encoding", "chunked")
    handler.end_headers()
    handler.close_connection = True
    for _ in range(600):
        try:
            handler.wfile.write(b"1\r\n \r\n")
        except OSError:
            handler.request_seen.closed.set()
            return
        time.sleep(0.05)


def drip_stream(data: str) -> Act:
    """Send a stream of events that never ends, one every 50 ms, until the client gives up."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("connection", "close")
        handler.end_headers()
        handler.close_connection = True
        for _ in range(600):
            try:
                handler.wfile.write(data.encode())
            except OSError:
                handler.request_seen.closed.set()
                return
            time.sleep(0.05)

    return act


def stream(*events: object) -> Act:
    """Send some events and end the stream as OpenAI does."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        lines = [f"data: {json.dumps(event)}\n\n" for event in events]
        handler.send_bytes("".join([*lines, "data: [DONE]\n\n"]).encode(), "text/event-stream")

    return act


def redirect(to: str, status: int = 307) -> Act:
    """Send the request elsewhere."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_bytes(b"", "text/plain", status=status, location=to)

    return act


def packed(data: bytes, encoding: str = "gzip") -> Act:
    """Answer with a body that is packed already."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_bytes(data, "application/json", content_encoding=encoding)

    return act


def edited(change: Callable[[dict[str, Any]], object], text: str = "") -> Act:
    """Answer with a completion that was changed."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        body = handler.completion(text, handler.told.image_tokens(handler.request_seen), 7)
        change(body)
        handler.send_json(200, body)

    return act


def wrong_reply(body: object) -> Act:
    """Answer with JSON that is no chat completion."""

    def act(handler: Handler, _: dict[str, Any]) -> None:
        handler.send_json(200, body)

    return act


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is no error here."""


@contextlib.contextmanager
def serving(*script: str | Act, **told: Any) -> Iterator[Misbehaving]:
    """A server that runs until the block ends."""
    behaviour = Misbehaving(list(script), **told)
    handler = type("BoundHandler", (Handler,), {"told": behaviour})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    behaviour.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield behaviour
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
