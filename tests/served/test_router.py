"""Episodes through a router before two servers: the session's header keeps each on one of them.

The router is vllm-router where that is installed, as `make test-served` does, else one on the
loopback that hashes the header.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from ergo_agent import VisionAnswer, aask
from ergo_agent.policies.base import Policy
from ergo_agent.policies.served import create_served_policy
from scripts.tiny_checkpoint.pages import ask_for, draw_page
from tests.support.routers import routing
from tests.support.serving import ServedModel, served

MOST = 24
"""Episodes until both servers have had one: with fair coins all fall on one side once in 8 million
times."""


@pytest.fixture(scope="module")
def servers(
    server: ServedModel, checkpoint: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    log = tmp_path_factory.mktemp("second") / "server.log"
    with served(checkpoint, log) as second:
        yield [each.base_url.removesuffix("/v1") for each in (server, second)]


def served_so_far(url: str) -> int:
    """Requests that a server has ended."""
    text = httpx2.get(f"{url}/metrics").text
    counts = re.findall(r"^vllm:request_success_total\{.*\} ([\d.e+]+)$", text, re.MULTILINE)
    return int(sum(map(float, counts)))


class Asked(NamedTuple):
    """An episode of two turns, and what it took."""

    result: VisionAnswer
    requests: int

    @property
    def cached(self) -> bool:
        """Whether the second turn found nearly all of the first in its server's cache."""
        first, second = self.result.turns
        return second.cached_tokens >= 0.9 * (first.input_tokens // 32 * 32)


async def episode(url: str, folder: Path, *, seed: int) -> Asked:
    """Two turns about a page that no server has seen."""
    place = random.Random(seed)
    centre = (place.uniform(0.3, 0.7), place.uniform(0.3, 0.7))
    path = folder / f"{seed}.png"
    draw_page(side=1200 + seed, colour="blue", centre=centre).image.save(path, compress_level=1)
    policy = create_served_policy(base_url=url, model="ergo")
    requests = counted(policy)
    result = await aask(path, ask_for(), policy=policy, view_budget=640)
    assert len(result.turns) == 2
    return Asked(result, len(requests))


def counted(policy: Policy) -> list[str]:
    """A list that gets each chat completion that a policy sends from now on."""
    sent: list[str] = []
    client: Any = policy.model.http_async_client  # type: ignore[attr-defined]
    send = client.send

    async def counting(request: httpx2.Request, **options: Any) -> httpx2.Response:
        if request.method == "POST":
            sent.append(str(request.url))
        return await send(request, **options)

    client.send = counting
    return sent


async def test_turns_find_their_prefix_behind_a_router_as_on_one_server(
    servers: list[str], tmp_path: Path
):
    alone = await episode(f"{servers[0]}/v1", tmp_path, seed=0)
    assert (alone.cached, alone.requests) == (True, 2)
    before = [served_so_far(url) for url in servers]
    with routing(servers, by_session=True) as url:
        for seed in range(1, MOST):
            asked = await episode(url, tmp_path, seed=seed)
            assert (asked.cached, asked.requests) == (True, 2), asked.result.turns
            if all(served_so_far(url) > old for url, old in zip(servers, before, strict=True)):
                break
        else:
            pytest.fail("all episodes went to one server")


async def test_a_router_that_takes_turns_meets_a_server_that_has_not_seen_the_page(
    servers: list[str], tmp_path: Path
):
    with routing(servers, by_session=False) as url:
        asked = await episode(url, tmp_path, seed=MOST)
    # the second turn only names the first view, so that one more request sends all of it again
    assert asked.requests > 2
