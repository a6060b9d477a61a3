"""Errors as answers, and bodies that are read within bounds."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from ergo_agent.errors import (
    ErgoError,
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
    PolicyError,
)

__all__ = ["Refused", "answer_error", "read_body", "read_json", "refusal"]

_Body = TypeVar("_Body", bound=BaseModel)

_JSON_BYTES = 200_000
"""Of a question: 8,000 characters take at most 48 kB as JSON."""

_DRAIN_SECONDS = 5
"""For which a body that is too large is still taken and thrown away: a browser that is cut off
while it sends never reads the answer."""

_STATUSES: Mapping[type[ErgoError], int] = {
    ImageNotFoundError: 404,
    ImageAccessError: 403,
    ImageTooLargeError: 413,
    ImageFormatError: 415,
    PolicyError: 503,
}
"""By kind of error; 422 for every other."""


class Refused(Exception):  # noqa: N818  # it is an answer, not a failure
    """A call that is not answered as it wants; its text says what to do."""

    def __init__(self, status: int, message: str) -> None:
        """Say why.

        Args:
            status: The HTTP status.
            message: One or two sentences.
        """
        super().__init__(message)
        self.status = status


def refusal(status: int, message: str) -> Response:
    """An error as an answer."""
    return JSONResponse({"error": message}, status_code=status)


async def answer_error(_: Request, error: Exception) -> Response:
    """The answer to a call that raised: ours by their kind, any other without its text.

    An error that nobody raised on purpose goes on to the server, which logs it.
    """
    if isinstance(error, Refused):
        return refusal(error.status, str(error))
    if isinstance(error, ErgoError):
        kinds = (status for kind, status in _STATUSES.items() if isinstance(error, kind))
        return refusal(next(kinds, 422), error.for_model)
    if isinstance(error, HTTPException):
        return refusal(error.status_code, error.detail)
    return refusal(500, "the server failed; what it was is on its terminal")


async def read_body(request: Request, *, most: int, what: str) -> bytes:
    """The whole body, counted while it comes.

    Args:
        request: The call.
        most: Bytes that it may have.
        what: What it is, as the subject of a sentence.

    Raises:
        Refused: If it has more, or breaks off.
    """
    told = request.headers.get("content-length", "")
    parts: list[bytes] = []
    held = 0
    chunks = request.stream()
    if told.isdecimal() and (len(told) > 18 or int(told) > most):
        held = most + 1
    else:
        try:
            async for chunk in chunks:
                held += len(chunk)
                if held > most:
                    break
                parts.append(chunk)
        except ClientDisconnect:
            raise Refused(400, f"{what} broke off before its end; send it again") from None
    if held > most:
        parts.clear()
        await _drained(chunks)
        raise Refused(413, f"{what} has more than {most:,} bytes, the limit; give a smaller one")
    return b"".join(parts)


async def _drained(chunks: Any) -> None:  # noqa: ANN401  # an async iterator of bytes
    """Take what is still coming, and keep nothing of it."""
    with contextlib.suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in chunks:
                pass


async def read_json(request: Request, kind: type[_Body]) -> _Body:
    """The body as a record.

    Raises:
        Refused: If it is too large, no JSON, or does not fit.
    """
    body = await read_body(request, most=_JSON_BYTES, what="the request")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "the request is no JSON; send an object") from error
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"])) or "the request"
        raise Refused(422, f"{where}: {_lowered(str(problem['msg']))}") from error


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
