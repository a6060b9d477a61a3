"""What a server says that a reply cost, read so that no claim of its can break an episode.

A count is a whole number from 0 to 100 million. Anything else, negative, with a fraction, as text,
is taken as not told: the reply was paid for, whatever stands beside it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["Usage", "count"]

_MOST = 10**8
"""Ten times the longest context that any model is served with (10 million tokens)."""


def count(value: object) -> int | None:
    """A number of tokens; None where it cannot be one."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= _MOST else None  # type: ignore[operator,return-value]


class Usage(NamedTuple):
    """Tokens of one request; None where the server did not say, or said what cannot be."""

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    image: int | None = None

    @classmethod
    def of_wire(cls, usage: object) -> "Usage":
        """The `usage` of a chat completion."""
        told = _mapping(usage)
        details = _mapping(told.get("prompt_tokens_details"))
        image = _mapping(details.get("multimodal_tokens")).get("image")
        return cls._checked(
            told.get("prompt_tokens"),
            told.get("completion_tokens"),
            details.get("cached_tokens"),
            image,
        )

    @classmethod
    def of_message(cls, usage: object) -> "Usage":
        """The `usage_metadata` of a LangChain message."""
        told = _mapping(usage)
        details = _mapping(told.get("input_token_details"))
        return cls._checked(
            told.get("input_tokens"),
            told.get("output_tokens"),
            details.get("cache_read"),
            details.get("image"),
        )

    @classmethod
    def _checked(cls, prompt: object, reply: object, cached: object, image: object) -> "Usage":
        """The counts that can be; images are part of the input, so no more than that."""
        whole, shown = count(prompt), count(image)
        if shown is not None and whole is not None and shown > whole:
            shown = None
        return cls(whole, count(reply), count(cached), shown)

    def on_the_wire(self) -> dict[str, Any] | None:
        """The same as the `usage` of a chat completion; None where nothing is known."""
        if self.input is None and self.output is None:
            return None
        details: dict[str, Any] = {}
        if self.cached is not None:
            details["cached_tokens"] = self.cached
        if self.image is not None:
            details["multimodal_tokens"] = {"image": self.image}
        spent, said = self.input or 0, self.output or 0
        return {
            "prompt_tokens": spent,
            "completion_tokens": said,
            "total_tokens": spent + said,
            **({"prompt_tokens_details": details} if details else {}),
        }


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
