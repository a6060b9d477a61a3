"""A server's reply as a chat completion that LangChain can read, whatever the server sent.

What is of no use is left out: only the first choice is read, with its text, its tool calls, why it
ended and what it cost. What a model wrote amiss is left for the dialect to complain about; only a
body without any choice is an error.
"""

import json
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import InvalidToolCall

from ergo_agent.episode.usage import Usage
from ergo_agent.errors import PolicyReplyError
from ergo_agent.policies.server_words import UNREADABLE, error_in_words

__all__ = ["clean_chunk", "clean_completion", "odd_calls", "reasoning_of"]

_Json = dict[str, Any]
_REASONING = ("reasoning_content", "reasoning")
"""Where servers put what a model thought apart from its answer; vLLM has used both names."""


def clean_completion(body: object, *, where: str) -> _Json:
    """The body of a chat completion, with what LangChain reads and in the types it expects.

    Args:
        body: As it came.
        where: Which server sent it, to be named in errors.

    Raises:
        PolicyReplyError: If it holds an error, or no choice.
    """
    _check_error(body, where)
    choice = _first(body)
    if not isinstance(body, Mapping) or choice is None:
        holds = "no choices" if isinstance(body, Mapping) else f"a {type(body).__name__}"
        raise PolicyReplyError(
            f"{where} did not reply with a chat completion (it holds {holds}); "
            "base_url must be that of an OpenAI-compatible API, and usually ends in /v1"
        )
    message = _mapping(choice.get("message"))
    calls = [call for call in _calls(message) if _arguments_are_object(call)]
    said: _Json = {"role": "assistant", "content": _text(message.get("content"))}
    if calls:
        said["tool_calls"] = calls
    if isinstance(message.get("refusal"), str):
        said["refusal"] = message["refusal"]
    ended = {"finish_reason": _short(choice.get("finish_reason")), "index": 0, "message": said}
    return {
        **{name: _short(body.get(name)) for name in ("id", "model") if _short(body.get(name))},
        "choices": [ended],
        "usage": Usage.of_wire(body.get("usage")).on_the_wire(),
    }


def clean_chunk(body: _Json, *, where: str) -> _Json:
    """A chunk of a streamed completion, likewise.

    Raises:
        PolicyReplyError: If it holds an error.
    """
    _check_error(body, where)
    usage = Usage.of_wire(body.get("usage")).on_the_wire()
    choice = _first(body)
    if choice is None:
        return {"choices": [], "usage": usage}
    delta = _mapping(choice.get("delta"))
    calls = [
        {**call, "index": at if not isinstance(index := call.get("index"), int) else index}
        for at, call in enumerate(_calls(delta, streamed=True))
    ]
    said: _Json = {"role": "assistant", "content": _text(delta.get("content"))}
    if calls:
        said["tool_calls"] = calls
    chosen = {"delta": said, "finish_reason": _short(choice.get("finish_reason"))}
    return {"choices": [chosen], "usage": usage, "model": _short(body.get("model"))}


def odd_calls(body: object) -> list[InvalidToolCall]:
    """The calls of a completion whose arguments are JSON, but no object: LangChain takes none."""
    message = _mapping((_first(body) or {}).get("message"))
    return [
        InvalidToolCall(
            type="invalid_tool_call",
            id=call["id"],
            name=call["function"]["name"],
            args=call["function"]["arguments"],
            error="the arguments are no JSON object",
        )
        for call in _calls(message)
        if not _arguments_are_object(call)
    ]


def reasoning_of(body: object, *, part: str) -> dict[str, str]:
    """What a model thought and why it refused, as LangChain's `additional_kwargs`.

    Args:
        body: A completion or a chunk, as it came.
        part: `message` or `delta`.
    """
    said = _mapping((_first(body) or {}).get(part))
    thought = next((said[name] for name in _REASONING if isinstance(said.get(name), str)), "")
    refusal = said.get("refusal")
    return {
        **({"reasoning_content": thought} if thought else {}),
        **({"refusal": refusal} if isinstance(refusal, str) and refusal else {}),
    }


def _check_error(body: object, where: str) -> None:
    said = error_in_words(body)
    if said is not None:
        raise PolicyReplyError(
            f"{where} replied with an error in place of a completion ({said}); look into its log"
        )


def _first(body: object) -> Mapping[str, Any] | None:
    choices = body.get("choices") if isinstance(body, Mapping) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, Mapping) else None


def _calls(message: Mapping[str, Any], *, streamed: bool = False) -> list[_Json]:
    """The tool calls of a message with text in each place where text belongs."""
    calls: list[_Json] = []
    listed = message.get("tool_calls")
    for call in listed if isinstance(listed, list) else ():
        function = _mapping(_mapping(call).get("function"))
        name, arguments = function.get("name"), function.get("arguments")
        written = arguments if isinstance(arguments, str | None) else json.dumps(arguments)
        told = _mapping(call)
        calls.append(
            {
                "id": told["id"] if isinstance(told.get("id"), str) else None,
                "type": "function",
                **({"index": told.get("index")} if streamed else {}),
                "function": {
                    "name": name if isinstance(name, str) or streamed else str(name or ""),
                    "arguments": written if written is not None or streamed else "",
                },
            }
        )
    return calls


def _arguments_are_object(call: _Json) -> bool:
    """Whether they are an object, or no JSON at all, which LangChain tells by itself."""
    try:
        read = json.loads(call["function"]["arguments"], strict=False)
    except (*UNREADABLE, ValueError):
        return True
    return isinstance(read, dict)


def _text(content: object) -> str:
    """The text of a message; of one in parts, that of its parts."""
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, Mapping) else part for part in content)
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else "" if content is None else json.dumps(content)


def _short(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= 200 else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
