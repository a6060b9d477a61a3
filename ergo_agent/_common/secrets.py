"""Keys, kept out of whatever is said, written or raised.

A server may repeat the key it does not accept, in the text of an error that ends up in a trace.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

__all__ = ["scrub", "secrets_of", "without"]

_SHORTEST = 6
"""Shorter ones are placeholders such as "none", whose removal would only garble messages."""
_MASK = "[secret]"


def secrets_of(model: BaseChatModel) -> tuple[str, ...]:
    """What a chat model keeps as a secret, and the headers it was told to send."""
    values = [getattr(model, name, None) for name in type(model).model_fields]
    secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
    headers = getattr(model, "default_headers", None) or {}
    secrets += [value for value in headers.values() if isinstance(value, str)]
    return tuple(secret for secret in secrets if len(secret) >= _SHORTEST)


def without(text: str, secrets: Sequence[str]) -> str:
    """A text without these secrets."""
    for secret in secrets:
        text = text.replace(secret, _MASK)
    return text


def scrub(error: BaseException, secrets: Sequence[str]) -> None:
    """Take secrets out of an error and of all that led to it, in place: tracers write the chain."""
    if secrets:
        for each in _chain(error):
            each.args = tuple(_scrubbed(value, secrets) for value in each.args)
            for name in ("message", "body"):  # of the openai SDK
                if hasattr(each, name):
                    setattr(each, name, _scrubbed(getattr(each, name), secrets))


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__]


def _scrubbed(value: Any, secrets: Sequence[str]) -> Any:  # noqa: ANN401  # whatever an error holds
    if isinstance(value, str):
        return without(value, secrets)
    if isinstance(value, bytes):
        return without(value.decode("utf-8", "replace"), secrets).encode()
    if isinstance(value, dict):
        return {key: _scrubbed(each, secrets) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_scrubbed(each, secrets) for each in value)
    return value
