"""An episode through the library, and the requests of one, made without a server."""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.served.replies import ANSWER, QUESTION, ZOOM, FixedReplies
from ergo_agent import aask
from ergo_agent.policies.base import Policy
from ergo_agent.policies.served import create_served_policy

__all__ = ["Request", "our_client", "our_episode", "our_policy", "our_requests"]

_KEPT_HEADERS = ("content-type", "x-session-id")


class Request(NamedTuple):
    """A request as it goes out."""

    path: str
    headers: dict[str, str]
    body: bytes


def our_policy(base_url: str, model: str) -> Policy:
    """The served policy with fixed replies."""
    return create_served_policy(
        base_url=base_url, model=model, dialect=FixedReplies(), server="vllm"
    )


def our_client(policy: Policy) -> Any:  # noqa: ANN401  # httpx or httpx2
    """The HTTP client that a policy sends with."""
    return policy.model.http_async_client  # type: ignore[attr-defined]


async def our_episode(policy: Policy, path: Path, view_budget: int) -> int:
    """Ask one question about one image.

    Returns:
        Vision tokens of both views, as the server counted them.
    """
    answer = await aask(path, QUESTION, policy=policy, view_budget=view_budget)
    assert len(answer.turns) == 2, answer.turns
    return sum(entry.reported or 0 for entry in answer.ledger.entries)


async def our_requests(path: Path, *, base_url: str, model: str, view_budget: int) -> list[Request]:
    """The two requests of an episode; nothing is sent, the replies are known."""
    policy = our_policy(base_url, model)
    sent: list[Request] = []

    async def record(request: Any, **_: Any) -> Any:  # noqa: ANN401
        headers = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        sent.append(Request(request.url.raw_path.decode(), headers, request.content))
        said = ZOOM if len(sent) == 1 else ANSWER
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        http = sys.modules[type(request).__module__.partition(".")[0]]
        return http.Response(200, json={"id": "1", "choices": [choice]}, request=request)

    our_client(policy).send = record
    await our_episode(policy, path, view_budget)
    assert len(sent) == 2, sent
    return sent
