"""An answer as a chat completion; what a completion has no place for stands in `ergo`."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any

from ergo_agent.answer import VisionAnswer
from ergo_agent.apps.openai.requests import Asked

__all__ = ["as_completion", "as_stream"]


def as_completion(answer: VisionAnswer, asked: Asked) -> dict[str, Any]:
    """The body of a `chat.completion`.

    Args:
        answer: What the episode came to; an answer that was not found is an empty text.
        asked: What was asked.
    """
    message = {"role": "assistant", "content": answer.answer or ""}
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.model or answer.policy,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message, "logprobs": None}],
        "usage": _usage(answer),
        "ergo": _extra(answer, asked),
    }


def as_stream(completion: Mapping[str, Any]) -> Iterator[bytes]:
    """The same as events: the answer is known at once, so it is one chunk."""
    choice = completion["choices"][0]
    shared = {name: completion[name] for name in ("id", "created", "model")}
    shared["object"] = "chat.completion.chunk"
    delta = {"index": 0, "delta": choice["message"], "finish_reason": None}
    yield _event({**shared, "choices": [delta], "ergo": completion["ergo"]})
    end = {"index": 0, "delta": {}, "finish_reason": "stop"}
    yield _event({**shared, "choices": [end], "usage": completion["usage"]})
    yield b"data: [DONE]\n\n"


def _event(body: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(body)}\n\n".encode()


def _usage(answer: VisionAnswer) -> dict[str, Any]:
    ledger = answer.ledger
    return {
        "prompt_tokens": ledger.prompt_tokens,
        "completion_tokens": ledger.completion_tokens,
        "total_tokens": ledger.prompt_tokens + ledger.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": ledger.cached_tokens},
    }


def _extra(answer: VisionAnswer, asked: Asked) -> dict[str, Any]:
    """Where it was read, how sure it is, and what it cost."""
    whole = answer.model_dump(mode="json")
    kept = ("answer", "confidence", "reasoning", "evidence", "stop_reason", "verified", "coverage")
    return {
        **{name: whole[name] for name in kept},
        "image": whole["image"],
        "vision_tokens": answer.ledger.spent,
        "full_resolution_tokens": answer.ledger.full_resolution,
        "policy": answer.policy,
        "ignored": list(asked.ignored),
    }
