"""Model messages as text and as plain JSON: what a state may hold and any server can be sent.

Servers pass on whatever a model wrote: lone surrogates, NaN, numbers of a thousand digits, JSON
nested a thousand deep. None of these survives a checkpoint or a second journey over the wire.
"""

import math
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage

from ergo_agent.episode.turn import Ended

__all__ = ["plain_json", "reasoning_text", "reply_end", "reply_text"]

_MAX_INTEGER = 2**53
"""Beyond it JSON readers disagree, and a checkpoint cannot hold what is beyond 64 bits."""
_MAX_DEPTH = 32
"""No tool call of ours nests deeper than 4."""

_REFUSED = frozenset(
    ("content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content", "spii")
)
_CUT_OFF = frozenset(("length", "max_tokens", "model_length"))
"""What OpenAI, vLLM, Anthropic, Google and Mistral call it, in lower case."""


def reply_text(reply: AIMessage) -> str:
    """The text of a message, with lone surrogates replaced."""
    return _sendable(str(reply.text))


def reasoning_text(reply: AIMessage) -> str:
    """What a model thought apart from its reply, as vLLM sends it; empty where nothing."""
    thought = reply.additional_kwargs.get("reasoning_content")
    return _sendable(thought).strip() if isinstance(thought, str) else ""


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


def plain_json(value: object, *, depth: int = _MAX_DEPTH) -> Any:  # noqa: ANN401  # JSON
    """A value as JSON that survives being stored and sent; what is no JSON becomes text.

    Args:
        value: Anything, as a server sent it.
        depth: How deep it may nest; what is deeper is left out.
    """
    if isinstance(value, Mapping | list | tuple) and depth == 0:
        return None
    if isinstance(value, Mapping):
        items = value.items()
        return {_sendable(str(key)): plain_json(item, depth=depth - 1) for key, item in items}
    if isinstance(value, list | tuple):
        return [plain_json(item, depth=depth - 1) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _plain_number(value)
    return value if value is None or isinstance(value, bool) else _sendable(str(value))


def _plain_number(value: float) -> float | str:
    """The number; its name where it is none, or too long to be a position in any image."""
    if isinstance(value, int):
        small = abs(value) <= _MAX_INTEGER
        return value if small else "inf" if value > 0 else "-inf"
    return value if math.isfinite(value) else str(value)


def _sendable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
