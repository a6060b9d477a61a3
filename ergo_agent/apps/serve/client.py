"""The few requests that a probe makes, as plain HTTP, so that nothing hides what a server said."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
from PIL import Image

from ergo_agent._common.secrets import without
from ergo_agent.images import data_url, encode_view
from ergo_agent.views.geometry import Size

__all__ = ["ProbeClient", "Reply", "RequestRefusedError", "image_block"]


class RequestRefusedError(Exception):
    """The server answered with an error; the text is what it said."""


class Reply(NamedTuple):
    """What came back for one prompt."""

    text: str
    prompt_tokens: int
    cached_tokens: int | None
    """None where the server does not tell."""


class ProbeClient:
    """Asks one OpenAI-compatible server; the connection is closed when its context is left."""

    def __init__(self, base_url: str, *, api_key: str | None, timeout: float) -> None:
        """Say whom to ask.

        Args:
            base_url: With the version, as in `http://127.0.0.1:8000/v1`.
            api_key: Sent as a bearer token, if there is one.
            timeout: Seconds that one request may take.
        """
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._secrets = (api_key,) if api_key else ()
        self._client = httpx.Client(
            base_url=base_url.rstrip("/") + "/", headers=headers, timeout=timeout
        )

    def models(self) -> list[dict[str, Any]]:
        """The entries of the server's list of models.

        Raises:
            RequestRefusedError: If it does not give one.
            httpx.HTTPError: If it cannot be reached.
        """
        entries = self._checked(self._client.get("models")).get("data")
        if not isinstance(entries, list):
            raise RequestRefusedError("what it lists under /models is no list of models")
        return [entry for entry in entries if isinstance(entry, dict) and "id" in entry]

    def ask(
        self,
        model: str,
        content: str | Sequence[Mapping[str, Any]],
        *,
        max_tokens: int = 1,
        **more: Any,
    ) -> Reply:
        """Ask one question at temperature 0.

        Args:
            model: The model's served name.
            content: The text, or the blocks, of the only message.
            max_tokens: Longest reply.
            **more: Further fields of the request.

        Raises:
            RequestRefusedError: If it is refused, or answered with something else.
            httpx.HTTPError: If the server cannot be reached.
        """
        body = {
            "model": model,
            "messages": [{"role": "user", "content": content}],
            "max_tokens": max_tokens,
            "temperature": 0,
            **more,
        }
        answer = self._checked(self._client.post("chat/completions", json=body))
        try:
            usage = answer["usage"]
            details = usage.get("prompt_tokens_details") or {}
            text = answer["choices"][0]["message"].get("content") or ""
            return Reply(text, int(usage["prompt_tokens"]), details.get("cached_tokens"))
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise RequestRefusedError(f"its reply is no chat completion ({error!r})") from error

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def _checked(self, response: httpx.Response) -> dict[str, Any]:
        """What a server answered; its words without the key, which it may repeat."""
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if response.is_error:
            said = without(_message(answer, response.text), self._secrets)
            raise RequestRefusedError(f"{response.status_code}: {said}")
        if not isinstance(answer, dict):
            raise RequestRefusedError("its reply is no JSON object")
        return answer

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self._client.close()


def image_block(shown: Size, *, shade: int = 128) -> dict[str, Any]:
    """A grey image as a content block.

    Args:
        shown: Its size in view pixels.
        shade: How grey, from 0 to 255; other shades make other images.
    """
    view = encode_view(Image.new("RGB", shown, (shade, shade, shade)))
    return {"type": "image_url", "image_url": {"url": data_url(view)}}


def _message(answer: object, text: str) -> str:
    """What an error response says, wherever the server puts it."""
    if isinstance(answer, dict):
        error = answer.get("error", answer)
        said = error.get("message") if isinstance(error, dict) else error
        text = str(said) if said else text
    return " ".join(text.split())[:300]
