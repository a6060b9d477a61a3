"""From what the SDK raises to what the caller can act on."""

import re

import openai

from ergo_agent.errors import (
    ContextOverflowError,
    PolicyAccessError,
    PolicyBusyError,
    PolicyError,
    PolicyReplyError,
    PolicyRequestError,
    PolicyTimeoutError,
    PolicyUnreachableError,
    UnknownModelError,
)
from ergo_agent.images import bare_url
from ergo_agent.policies.served.server import ServerFacts
from ergo_agent.policies.server_words import UNREADABLE

__all__ = ["is_cache_miss", "is_failure", "policy_error"]

_OVERFLOW = re.compile(
    r"context[ _]length|context window|maximum model length|prompt is too long|"
    r"At most \d+ image|input tokens exceed",
    re.IGNORECASE,
)
"""How vLLM, OpenAI and gateways say that a prompt is too long, or holds too many images."""
_CACHE_MISS = re.compile(r"cache miss for image", re.IGNORECASE)

_ACCESS = (PolicyAccessError, "does not accept the key", "set api_key= or ERGO_API_KEY")
_BUSY = (
    PolicyBusyError,
    "turned the request away each time",
    "ask again later, or with fewer questions at once",
)
_FAILED = (PolicyUnreachableError, "failed each time", "look into the server's log")
_REFUSED = (PolicyRequestError, "refuses the request", "sending it again would change nothing")
_REFUSALS: dict[int, tuple[type[PolicyError], str, str]] = {
    401: _ACCESS,
    403: _ACCESS,
    408: (PolicyTimeoutError, "took too long each time", "ask less of it"),
    429: _BUSY,
    503: _BUSY,
}
"""By status: the error, what the server did, and what to do."""


_TOO_MANY_DIGITS = "integer string conversion"
"""What Python says of a number of thousands of digits, as a plain `ValueError`."""


def is_failure(error: Exception) -> bool:
    """Whether an error is the server's: no connection, a refusal, no reply, or no JSON in it."""
    if isinstance(error, (openai.OpenAIError, TimeoutError, *UNREADABLE)):
        return True
    return isinstance(error, ValueError) and _TOO_MANY_DIGITS in str(error)


def is_cache_miss(error: openai.BadRequestError) -> bool:
    """Whether a server says that it does not know an image it was only named."""
    return _CACHE_MISS.search(str(error)) is not None


def policy_error(
    error: Exception, *, base_url: str, model: str, facts: ServerFacts | None
) -> PolicyError:
    """What went wrong, and what to do about it.

    Args:
        error: What the SDK raised, its own retries over.
        base_url: Where the server is.
        model: The model that was asked for.
        facts: What the server says of itself, where it was asked.
    """
    own = _own(error)
    if own is not None:
        return own
    said = _said(error)
    where = f"the server at {bare_url(base_url)}"
    if isinstance(error, openai.APIStatusError):
        return _refused(error, said, where, model, facts)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return PolicyTimeoutError(
            f"{where} gave no whole reply in time ({said}); raise timeout=, or ask less of it"
        )
    if isinstance(error, openai.APIConnectionError):
        return PolicyUnreachableError(
            f"{where} cannot be reached ({said}); check that it runs and that ERGO_BASE_URL or "
            "base_url names it"
        )
    return PolicyReplyError(
        f"{where} did not reply with a chat completion ({said}); "
        "base_url must be that of an OpenAI-compatible API, and usually ends in /v1"
    )


def _own(error: BaseException) -> PolicyError | None:
    """An error of this package that an SDK of another version has wrapped."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, PolicyError):
        cause = cause.__cause__
    return cause


def _refused(
    error: openai.APIStatusError, said: str, where: str, model: str, facts: ServerFacts | None
) -> PolicyError:
    """The error of a reply with a status from 400 on."""
    status = error.status_code
    if status == 413 or (status in {400, 422} and _OVERFLOW.search(said)):
        return ContextOverflowError(
            f"the conversation is too long for {model!r} ({said}); lower view_budget, "
            "max_vision_tokens or max_zooms, or serve it with a longer context"
        )
    if status == 404:
        served = ", ".join(facts.models[:20]) if facts and facts.models else "unknown"
        return UnknownModelError(
            f"{where} does not know the model {model!r} ({said}); it serves: {served}; "
            "set model= or ERGO_MODEL, and check that base_url ends in /v1"
        )
    kind, what, advice = _REFUSALS.get(status, _FAILED if status >= 500 else _REFUSED)
    return kind(f"{where} {what} ({status}: {said}); {advice}")


def _said(error: Exception) -> str:
    """What the server said, or the cause of a lost connection, in one line."""
    body = getattr(error, "body", None)
    told = body.get("message") if isinstance(body, dict) else None
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else None
    while isinstance(cause, openai.APIConnectionError):  # LangChain wraps the SDK's own
        cause = cause.__cause__
    text = " ".join(str(told or cause or error).split())[:400]
    return text or type(cause or error).__name__
