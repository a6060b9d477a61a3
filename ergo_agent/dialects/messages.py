"""Model messages as text and as plain JSON: what a state may hold and any server can be sent.

Servers pass on whatever a model wrote: lone surrogates, NaN, numbers of a thousand digits, JSON
nested a thousand deep, megabytes. None of these survives a checkpoint or a second journey over the
wire, and all that is kept is sent again with every later question.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage

from ergo_agent.episode.turn import Ended

__all__ = [
    "MAX_REPLY_CHARS",
    "is_cut",
    "is_longer",
    "plain_json",
    "reasoning_text",
    "reply_end",
    "reply_text",
]

MAX_REPLY_CHARS = 32_000
"""Longest text of a reply that is read and kept, and most that is kept of its tool calls.

Eight times the 1,024 tokens that a reply may have by default; the worst text of this length is
read in 70 ms. Of a longer one the beginning and the end are kept: a move stands at the end."""

_CUT = "\n[... here {left_out:,} characters of the reply were left out ...]\n"
_HEAD = MAX_REPLY_CHARS // 4
_MAX_INTEGER = 2**53
"""Beyond it JSON readers disagree, and a checkpoint cannot hold what is beyond 64 bits."""
_MAX_DEPTH = 32
"""No tool call of ours nests deeper than 4."""
_NODE_CHARS = 4
"""What a value counts beside its text: a number and a comma."""

_REFUSED = frozenset(
    ("content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii")
)
_CUT_OFF = frozenset(("length", "max_tokens", "model_length"))
"""What OpenAI, vLLM, Anthropic, Google and Mistral call it, in lower case."""


def reply_text(reply: AIMessage) -> str:
    """The text of a message, with lone surrogates replaced and no longer than is kept."""
    text = str(reply.text)
    left_out = len(text) - MAX_REPLY_CHARS
    if left_out > 0:
        end = text[_HEAD + left_out :]
        text = f"{text[:_HEAD]}{_CUT.format(left_out=left_out)}{end}"
    return _sendable(text)


def is_cut(reply: AIMessage) -> bool:
    """Whether something of a reply is too long to be kept."""
    calls = [*reply.tool_calls, *reply.invalid_tool_calls]
    return len(str(reply.text)) > MAX_REPLY_CHARS or _Plain(MAX_REPLY_CHARS).cut(calls)


def reasoning_text(reply: AIMessage) -> str:
    """What a model thought apart from its reply, as vLLM sends it; empty where nothing."""
    thought = reply.additional_kwargs.get("reasoning_content")
    return _sendable(thought[:MAX_REPLY_CHARS]).strip() if isinstance(thought, str) else ""


def reply_end(reply: AIMessage) -> Ended | None:
    """Why a reply is less than a whole one; None where it ended by itself, or that is not told."""
    told = reply.response_metadata
    reasons = {str(told.get(name)).lower() for name in ("finish_reason", "stop_reason")}
    if reply.additional_kwargs.get("refusal") or reasons & _REFUSED:
        return "refused"
    if reasons & _CUT_OFF:
        return "cut_off"
    empty = not (reply_text(reply).strip() or reply.tool_calls or reply.invalid_tool_calls)
    return "no_reply" if empty else None


def plain_json(value: object, *, at_most: int = MAX_REPLY_CHARS) -> Any:  # noqa: ANN401  # JSON
    """A value as JSON that survives being stored and sent; what is no JSON becomes text.

    What is nested too deep, or lies beyond a number of characters, is left out.

    Args:
        value: Anything, as a server sent it.
        at_most: So many characters.
    """
    return _Plain(at_most).value(value, _MAX_DEPTH)


def is_longer(value: object, *, than: int) -> bool:
    """Whether `plain_json` would leave out some of a value.

    Args:
        value: As for `plain_json`.
        than: So many characters.
    """
    return _Plain(than).cut(value)


class _Plain:
    """Makes plain JSON, of so many characters in all."""

    def __init__(self, characters: int) -> None:
        self._left = characters

    def cut(self, value: object) -> bool:
        """Whether a value is too long."""
        self.value(value, _MAX_DEPTH)
        return self._left <= 0

    def value(self, value: object, depth: int) -> Any:  # noqa: ANN401
        self._left -= _NODE_CHARS
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):  # before the others: most values are, and all keys
            return self._text(str(value))
        if isinstance(value, int | float):
            return _plain_number(value)
        if isinstance(value, Mapping):
            return self._mapping(value, depth) if depth else None
        if isinstance(value, list | tuple):
            return self._list(value, depth) if depth else None
        return self._text(str(value))

    def _mapping(self, value: Mapping[Any, object], depth: int) -> dict[str, Any]:
        return {
            self._text(str(key)): self.value(item, depth - 1)
            for key, item in value.items()
            if self._left > 0
        }

    def _list(self, value: Sequence[object], depth: int) -> list[Any]:
        return [self.value(item, depth - 1) for item in value if self._left > 0]

    def _text(self, text: str) -> str:
        kept = text[: max(0, self._left)]
        self._left -= len(text)
        return _sendable(kept)


def _plain_number(value: float) -> float | str:
    """The number; its name where it is none, or too long to be a position in any image."""
    if isinstance(value, int):
        small = abs(value) <= _MAX_INTEGER
        return value if small else "inf" if value > 0 else "-inf"
    return value if math.isfinite(value) else str(value)


def _sendable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
