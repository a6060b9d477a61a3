"""What a server says of itself, read so that nothing it may say is more than unknown.

Both the served policy and the probe of `ergo-agent doctor` read a server's words through this.
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from ergo_agent.dialects.registry import is_known
from ergo_agent.episode.usage import count

__all__ = ["UNREADABLE", "ModelCard", "error_in_words", "model_cards"]

UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError, RecursionError)
"""What reading a body as JSON raises that is none, or is nested thousands deep."""

_MOST_CARDS = 10_000
_LONGEST_NAME = 500


class ModelCard(NamedTuple):
    """What a server says of a model it serves."""

    name: str
    root: str | None = None
    """The checkpoint that is served under that name, as vLLM says it."""

    context: int | None = None
    """Most tokens of a prompt and its reply together."""

    owner: str | None = None

    @property
    def telling(self) -> str:
        """What says which family the model is of: its name, or else the checkpoint behind it."""
        known = self.root is None or is_known(self.name) or not is_known(self.root)
        return self.name if known or self.root is None else self.root


def model_cards(body: object) -> tuple[ModelCard, ...]:
    """The models in the body of `/models`; none where it is no list of models."""
    entries = body.get("data") if isinstance(body, dict) else None
    return tuple(_cards(entries[:_MOST_CARDS])) if isinstance(entries, list) else ()


def _cards(entries: list[object]) -> Iterator[ModelCard]:
    for entry in entries:
        name = _text(entry.get("id")) if isinstance(entry, dict) else None
        if name is not None and isinstance(entry, dict):
            root, owner = _text(entry.get("root")), _text(entry.get("owned_by"))
            yield ModelCard(name, root, count(entry.get("max_model_len")) or None, owner)


def error_in_words(body: object) -> str | None:
    """What an error in a body says, wherever the server puts it; None where there is none."""
    error = body.get("error") if isinstance(body, dict) else None
    if not error:
        return None
    said = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(said or error).split())[:300]


def _text(value: object) -> str | None:
    """A name; None where it is none, or none that could be sent back."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME:
        return None
    return value.encode("utf-8", "replace").decode()
