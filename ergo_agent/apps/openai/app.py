"""The calls: `/v1/models` and `/v1/chat/completions`, guarded by a key where there is one."""

import hmac
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ergo_agent.apps.openai.replies import as_completion, as_stream
from ergo_agent.apps.openai.requests import read_request
from ergo_agent.apps.page.answers import Refused, read_body
from ergo_agent.ask import aask
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import (
    ErgoError,
    ImageTooLargeError,
    PolicyBusyError,
    PolicyError,
    PolicyTimeoutError,
)
from ergo_agent.images import ImageLimits
from ergo_agent.policies.base import Policy

__all__ = ["CompletionApp"]

_MODEL = "ergo-agent"
_STATUSES: Mapping[type[ErgoError], int] = {
    ImageTooLargeError: 413,
    PolicyBusyError: 429,
    PolicyTimeoutError: 504,
    PolicyError: 502,
}
"""By kind of error; 400 for every other."""


class CompletionApp:
    """Answers completions with episodes."""

    def __init__(  # keyword-only
        self,
        *,
        policy: Policy,
        settings: VisionSettings,
        limits: ImageLimits,
        names: frozenset[str],
        key: str | None,
    ) -> None:
        """Wire the parts.

        Args:
            policy: Whom to ask.
            settings: What an episode may cost; a request may lower it.
            limits: What is too large to be opened.
            names: What a request may name in its `Host` header; any where it is empty.
            key: What requests have to bear; None where none is needed.
        """
        self._policy = policy
        self._settings = settings
        self._limits = limits
        self._names = names
        self._key = key

    def starlette(self) -> Starlette:
        """The application."""
        errors = (Refused, ErgoError, HTTPException, Exception)
        return Starlette(
            routes=[
                Route("/v1/models", self._models),
                Route("/v1/chat/completions", self._completions, methods=["POST"]),
            ],
            exception_handlers=dict.fromkeys(errors, _answered),
        )

    async def _models(self, request: Request) -> Response:
        self._check(request)
        card = {"id": _MODEL, "object": "model", "created": 0, "owned_by": "ergo-agent"}
        return JSONResponse({"object": "list", "data": [card]})

    async def _completions(self, request: Request) -> Response:
        self._check(request)
        most = self._limits.max_bytes * 2  # base64 takes a third more, and there may be several
        asked = read_request(await read_body(request, most=most, what="the request"))
        settings = self._settings.overridden(asked.settings)
        answer = await aask(
            asked.document,
            asked.question,
            policy=self._policy,
            limits=self._limits,
            **{name: getattr(settings, name) for name in sorted(settings.model_fields_set)},
        )
        completion = as_completion(answer, asked)
        if asked.stream:
            return StreamingResponse(as_stream(completion), media_type="text/event-stream")
        return JSONResponse(completion)

    def _check(self, request: Request) -> None:
        """Refuse who may not ask.

        Raises:
            Refused: If the key or the server's name is wrong.
        """
        if self._names and request.headers.get("host", "").lower() not in self._names:
            raise Refused(403, "this is not the server's address; use the one that was printed")
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if self._key is not None and not hmac.compare_digest(given.encode(), self._key.encode()):
            raise Refused(401, "the key is wrong or missing; send it as Authorization: Bearer ...")


async def _answered(_: Request, error: Exception) -> Response:
    """An error as clients of such endpoints know it; one that is not ours without its text."""
    if isinstance(error, Refused):
        return _error(error.status, str(error), type(error).__name__)
    if isinstance(error, ErgoError):
        kinds = (status for kind, status in _STATUSES.items() if isinstance(error, kind))
        return _error(next(kinds, 400), error.for_model, type(error).__name__)
    if isinstance(error, HTTPException):
        return _error(error.status_code, error.detail, "HTTPException")
    return _error(500, "the server failed; what it was is on its terminal", "InternalError")


def _error(status: int, message: str, kind: str) -> Response:
    body = {"message": message, "type": kind, "param": None, "code": status}
    return JSONResponse({"error": body}, status_code=status)
