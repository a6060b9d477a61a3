"""The few requests that a probe makes, as plain HTTP, so that nothing hides what a server said."""

import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx
from PIL import Image

from ergo_agent._common.secrets import without
from ergo_agent.episode.usage import Usage
from ergo_agent.errors import PolicyError
from ergo_agent.images import bare_url, data_url, encode_view
from ergo_agent.policies.bodies import ACCEPTED, BodyMeter, check_redirect
from ergo_agent.policies.server_words import ModelCard, error_in_words, model_cards
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
        headers["Accept-Encoding"] = ACCEPTED
        self._secrets = (api_key,) if api_key else ()
        self._seconds = timeout
        self._client = httpx.Client(
            base_url=base_url.rstrip("/") + "/",
            headers=headers,
            timeout=timeout,
            follow_redirects=False,
        )

    def models(self) -> tuple[ModelCard, ...]:
        """The entries of the server's list of models.

        Raises:
            RequestRefusedError: If it does not give one.
            httpx.HTTPError: If it cannot be reached.
        """
        listed = self._asked("GET", "models")
        if not isinstance(listed.get("data"), list):
            raise RequestRefusedError("what it lists under /models is no list of models")
        return model_cards(listed)

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
        answer = self._asked("POST", "chat/completions", json=body)
        said = error_in_words(answer)
        if said is not None:
            raise RequestRefusedError(without(said, self._secrets))
        usage = Usage.of_wire(answer.get("usage"))
        try:
            text = answer["choices"][0]["message"].get("content") or ""
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise RequestRefusedError(f"its reply is no chat completion ({error!r})") from error
        if usage.input is None:
            raise RequestRefusedError("its reply does not tell how many prompt tokens it counted")
        return Reply(str(text), usage.input, usage.cached)

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def _asked(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """What a server answers, no more of it than is taken; its words without the key."""
        with self._client.stream(method, path, **more) as response:
            try:
                body = self._body(response)
            except PolicyError as error:
                raise RequestRefusedError(str(error)) from error
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not response.is_success:
            text = (
                error_in_words(answer)
                or error_in_words({"error": answer})
                or body.decode(errors="replace")
            )
            said = without(" ".join(text.split())[:300], self._secrets)
            raise RequestRefusedError(f"{response.status_code}: {said}")
        if not isinstance(answer, dict):
            raise RequestRefusedError("its reply is no JSON object")
        return answer

    def _body(self, response: httpx.Response) -> bytes:
        """The body of a response.

        Raises:
            PolicyError: If it leads elsewhere, gets too long or takes too long.
        """
        if response.has_redirect_location:
            check_redirect(str(response.request.url), response.headers["location"])
        where = f"the server at {bare_url(response.request.url)}"
        encoding = response.headers.get("content-encoding", "")
        meter = BodyMeter(where, encoding=encoding, seconds=self._seconds)
        return b"".join(part for chunk in response.iter_raw() for part in meter.parts(chunk))

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
