"""Tool calls, and the notations in which models write them as text.

A server without the right parser hands a call on as the text of the reply. What is read here:

- JSON with a name in it, as Hermes, Qwen and Llama write it (`<tool_call>{"name": ...}`), alone, in
  a list behind `[TOOL_CALLS]`, or in a code fence;
- a name and then JSON, as Mistral (`[TOOL_CALLS]zoom[ARGS]{...}`), Llama (`<function=zoom>{...}`),
  DeepSeek and Kimi (`functions.zoom:0<|tool_call_argument_begin|>{...}`) write it;
- named parameters in tags, as Qwen3-Coder, GLM, MiniMax and Claude write them;
- Python, as Gemini (`default_api.zoom(...)`) and Llama 4 write it.

Each pattern is bounded, and so is the number of places at which JSON is tried.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ergo_agent.dialects.tool_schemas import ANSWER, ZOOM

__all__ = ["Call", "looks_like_call", "own_name", "written_calls"]

_MOST_TRIED = 64
"""Places at which JSON is tried, and calls that are read; a reply of ours holds one."""
_LONGEST_PYTHON = 8_000
"""Characters of a call in Python; 64 regions have half of it."""
_NAME = re.compile(r"(?:[\w-]{1,40}[./:]){0,4}([\w-]{1,40})")
_NUMBERED = re.compile(r":\d{1,4}$")
_NAMED = ("name", "tool", "tool_name", "function", "action")
_GIVEN = ("arguments", "parameters", "args", "input", "tool_input", "action_input")
_JSON = re.compile(r"[\[{]\s{0,8}(?=[\[{\"])")
_BEFORE_JSON = re.compile(
    r"([A-Za-z_][\w./:-]{0,80})(?:[ \t\r\n>(]|\[ARGS\]|<[^<>]{1,40}>|```[a-z]{0,10}){0,8}$"
)
_HEADER = re.compile(
    r"<function=[\"']?([\w./:-]{1,80})[\"']?>|<invoke\s{1,4}name=[\"']([\w./:-]{1,80})[\"']>"
    r"|<tool_call>\s{0,8}([\w./:-]{1,80})\s{0,8}(?=<arg_key>)"
)
_PARAMETER = re.compile(
    r"<parameter(?:=|\s{1,4}name=)[\"']?(\w{1,32})[\"']?>"
    r"|<arg_key>\s{0,8}(\w{1,32})\s{0,8}</arg_key>\s{0,8}<arg_value>"
)
_VALUE_ENDS = re.compile(r"</parameter>|</arg_value>|</function>|</invoke>|</tool_call>")
_PYTHON = re.compile(
    rf"(?<![\w.])((?:\w{{1,40}}\.){{0,3}}\w{{0,20}}(?:{ZOOM}|{ANSWER})\w{{0,20}})\("
)
_TEXT = re.compile(
    r"""[(,]\s{0,8}(?:text|answer)\s{0,4}=\s{0,4}"""
    r"""(?:"((?:[^"\\]|\\.){0,2000})"|'((?:[^'\\]|\\.){0,2000})')"""
)
_NOT_FOUND = re.compile(r"[(,]\s{0,8}found\s{0,4}=\s{0,4}False\b")
_REGIONS = re.compile(r"[(,]\s{0,8}regions\s{0,4}=\s{0,4}")
_MARKS = re.compile(
    r"<\|?/?(?:tool_call|function|invoke|parameter|box|ref|arg_key|python_tag|tool)\b"
    r"|<[|\uff5c][^<>]{0,40}(?:tool|box_|call|object|point)|\[TOOL_CALLS\]|\[ARGS\]|\bdefault_api\."
    rf"|\bfunctions\.|\bb?box_2d\b|[\"'](?:arguments|parameters|regions)[\"']\s{{0,4}}:|\b{ZOOM}\(",
    re.IGNORECASE,
)


class Call(NamedTuple):
    """A tool call as it came."""

    name: str
    arguments: Mapping[str, Any] | str
    """As JSON; the text itself where it is no JSON object."""


def own_name(name: str) -> str | None:
    """Which of the two tools is meant by a name as `functions.zoom:0`; None for another.

    Tools of models that were trained to zoom have names as `image_zoom_in_tool`.
    """
    named = _NAME.fullmatch(_NUMBERED.sub("", name.strip()[:200]))
    bare = named[1].lower() if named else ""
    if bare == ANSWER:
        return ANSWER
    return ZOOM if ZOOM in re.split("[_-]", bare) else None


def looks_like_call(text: str) -> bool:
    """Whether a text holds part of a call or of a box in a notation that somebody uses."""
    return _MARKS.search(text) is not None


def written_calls(text: str) -> list[Call]:
    """The calls in the text of a reply, in order; those of other tools only in JSON with a name."""
    found = list(_json_calls(text)) or list(_tagged_calls(text)) or list(_python_calls(text))
    return found[:_MOST_TRIED]


def _json_calls(text: str) -> Iterator[Call]:
    decoder = json.JSONDecoder()
    at = 0
    for _ in range(_MOST_TRIED):
        opening = _JSON.search(text, at)
        if opening is None:
            return
        try:
            value, end = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            at = opening.start() + 1
            continue
        before = _BEFORE_JSON.search(text[max(at, opening.start() - 160) : opening.start()])
        name = own_name(before[1]) if before else None
        if name is not None and isinstance(value, dict) and _call(value) is None:
            yield Call(name, value)
        for each in value if isinstance(value, list) else [value]:
            call = _call(each)
            if call is not None:
                yield call
        at = end


def _call(value: object) -> Call | None:
    """A call in JSON: `{"name": ..., "arguments": {...}}` in any wording, or `{"zoom": {...}}`."""
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    if isinstance(inner, dict):
        return _call(inner)
    given = next((value[key] for key in _GIVEN if key in value), None)
    name = next((value[key] for key in _NAMED if isinstance(value.get(key), str)), None)
    if name is not None and given is not None:
        return Call(name, _arguments(given))
    if name is not None and own_name(name) is not None:
        return Call(name, {key: item for key, item in value.items() if item is not name})
    for key, item in value.items():
        if len(value) == 1 and isinstance(item, dict) and own_name(key) is not None:
            return Call(key, item)
    return None


def _arguments(given: object) -> Mapping[str, Any] | str:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return str(given)
    return given if isinstance(given, dict) else json.dumps(given)


def _tagged_calls(text: str) -> Iterator[Call]:
    headers = list(_HEADER.finditer(text))[:_MOST_TRIED]
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=False):
        body = text[header.end() : end]
        arguments = dict(_parameters(body))
        name = header[1] or header[2] or header[3]
        if arguments or own_name(name) is not None:
            yield Call(name, arguments or body)


def _parameters(body: str) -> Iterator[tuple[str, Any]]:
    openings = list(_PARAMETER.finditer(body))[:_MOST_TRIED]
    ends = [opening.start() for opening in openings[1:]] + [len(body)]
    for opening, end in zip(openings, ends, strict=False):
        closing = _VALUE_ENDS.search(body, opening.end(), end)
        written = body[opening.end() : closing.start() if closing else end].strip()
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            value = written
        yield opening[1] or opening[2], value


def _python_calls(text: str) -> Iterator[Call]:
    end = 0
    for opening in list(_PYTHON.finditer(text))[:_MOST_TRIED]:
        if opening.start() < end or own_name(opening[1]) is None:
            continue
        written = _balanced(text[opening.end() - 1 : opening.end() + _LONGEST_PYTHON])
        end = opening.end() + len(written)
        yield Call(opening[1], _keywords(written) or written)


def _balanced(text: str) -> str:
    """From an opening bracket to the one that closes it; brackets in strings count, too."""
    depth = 0
    for at, mark in enumerate(text):
        depth += (mark in "([{") - (mark in ")]}")
        if depth == 0:
            return text[: at + 1]
    return text


def _keywords(written: str) -> Mapping[str, Any]:
    """The regions or the text among the arguments of a call in Python, which is never compiled."""
    found: dict[str, Any] = {}
    text = _TEXT.search(written)
    if text is not None:
        found["text"] = (text[1] or text[2] or "").replace("\\'", "'").replace('\\"', '"')
    if _NOT_FOUND.search(written):
        found["found"] = False
    regions = _REGIONS.search(written)
    for quoted in (written, written.replace("'", '"')):
        try:
            if regions is not None:
                return {"regions": json.JSONDecoder().raw_decode(quoted, regions.end())[0]}
        except (ValueError, RecursionError):
            continue
    return found
