"""A chat-completions server on a real socket that calls tools, and refuses what OpenAI refuses.

It checks what it is sent by the rules of the public API: a message with tool calls is followed at
once by one tool message for each of them, arguments are JSON, names and roles are allowed ones, and
images stand in user messages only.
"""

import json
import re
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["ToolServer", "tool_server", "wire_call"]

Json = dict[str, Any]

MOVES = frozenset({"zoom", "answer"})


class ToolServer:
    """What the server says, and what it was sent."""

    def __init__(self, replies: list[Json], *, tools: Collection[str]) -> None:
        self.tools = frozenset(tools)
        self.replies = replies
        """Assistant messages as on the wire, one a request; the last one for ever."""
        self.bodies: list[Json] = []
        self.url = ""

    def answer(self, body: Json) -> tuple[int, Json]:
        self.bodies.append(body)
        problem = problem_with(body, tools=self.tools)
        if problem:
            return 400, {"error": {"message": problem, "type": "invalid_request_error"}}
        message = self.replies[min(len(self.bodies), len(self.replies)) - 1]
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": None, **message},
            "finish_reason": "tool_calls" if message.get("tool_calls") else "stop",
        }
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        return 200, {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [choice],
            "usage": usage,
        }


def wire_call(name: str, arguments: object, *, call_id: str = "call_a") -> Json:
    """A tool call as on the wire; a text is taken as the arguments' JSON."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": text}}


def problem_with(body: Json, *, tools: Collection[str] = MOVES) -> str | None:
    """Why the public API would refuse a request; None if it would not."""
    given = {tool["function"]["name"] for tool in body.get("tools", ())}
    if given != set(tools):
        return f"the tools are {sorted(given)}"
    waiting: list[str] = []
    for at, message in enumerate(body["messages"]):
        role = message["role"]
        if role == "tool":
            if message["tool_call_id"] not in waiting:
                return f"messages[{at}]: no call {message['tool_call_id']!r} waits for a result"
            waiting.remove(message["tool_call_id"])
            if not isinstance(message["content"], str):
                return f"messages[{at}]: a tool message holds text only"
            continue
        if waiting:
            return f"messages[{at}]: the calls {waiting} must be followed by tool messages"
        problem, waiting = _problem_with_message(message)
        if problem:
            return f"messages[{at}]: {problem}"
    return f"the calls {waiting} have no result" if waiting else None


def _problem_with_message(message: Json) -> tuple[str | None, list[str]]:
    """What is wrong with a message that is no tool's, and the ids of the calls that it makes."""
    role, content = message["role"], message.get("content")
    calls = message.get("tool_calls") or []
    ids = [call["id"] for call in calls]
    problem = None
    if role not in {"system", "user", "assistant"} or (calls and role != "assistant"):
        problem = f"a message of the {role} with {len(calls)} calls"
    elif role != "user" and isinstance(content, list):
        problem = f"blocks in a message of the {role}"
    elif not content and not calls:
        problem = "an empty message"
    elif len(set(ids)) < len(ids) or not all(ids):
        problem = f"the call ids {ids}"
    return problem or next(filter(None, map(_problem_with_call, calls)), None), ids


def _problem_with_call(call: Json) -> str | None:
    name, arguments = call["function"]["name"], call["function"]["arguments"]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        return f"the name {name!r}"
    try:
        read = json.loads(arguments, parse_constant=_refuse)
    except ValueError:
        return f"arguments that are no JSON: {arguments[:40]!r}"
    return None if isinstance(read, dict) else "arguments that are no object"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


@contextmanager
def tool_server(*replies: Json, tools: Collection[str] = MOVES) -> Iterator[ToolServer]:
    """Serve on a free loopback port."""
    told = ToolServer(list(replies), tools=tools)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            return

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, reply = told.answer(body)
            data = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(data)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        told.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
