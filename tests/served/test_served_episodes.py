"""Episodes on a real vLLM server: what is sent, what is cached, what is reported."""

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ergo_agent import VisionAnswer, aask
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.policies.base import Policy
from ergo_agent.policies.served import create_served_policy
from ergo_agent.views.view import View
from scripts.tiny_checkpoint.pages import Page, ask_for, draw_page
from tests.support.misbehaving import serving
from tests.support.serving import ServedModel

CENTRES = [(0.3, 0.3), (0.7, 0.6), (0.4, 0.7)]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("pages")
    drawn: list[tuple[Path, Page]] = []
    for number, centre in enumerate(CENTRES):
        page = draw_page(side=1800, colour="blue", centre=centre)
        page.image.save(folder / f"{number}.png", compress_level=1)
        drawn.append((folder / f"{number}.png", page))
    return [path for path, _ in drawn]


def policy_for(server: ServedModel, **options: Any) -> Policy:
    return create_served_policy(base_url=server.base_url, **options)


def watch(policy: Policy) -> list[dict[str, Any]]:
    """Every chat completion that a policy sends from now on, as JSON."""
    sent: list[dict[str, Any]] = []
    client: Any = policy.model.http_async_client  # type: ignore[attr-defined]
    send: Callable[..., Awaitable[httpx2.Response]] = client.send

    async def recorded(request: httpx2.Request, **options: Any) -> httpx2.Response:
        if request.method == "POST":
            sent.append(json.loads(request.content))
        return await send(request, **options)

    client.send = recorded
    return sent


def sizes_of_images(body: dict[str, Any]) -> list[int]:
    return [
        len((block["image_url"] or {}).get("url", ""))
        for message in body["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block["type"] == "image_url"
    ]


def block_size(server: ServedModel) -> int:
    text = httpx2.get(server.base_url.removesuffix("/v1") + "/metrics").text
    found = re.search(r'cache_config_info\{[^}]*block_size="(\d+)"', text)
    assert found
    return int(found[1])


def assert_cached(result: VisionAnswer, *, block: int) -> None:
    for before, after in zip(result.turns, result.turns[1:], strict=False):
        whole_blocks = before.input_tokens // block * block
        assert after.cached_tokens >= min(0.9 * before.input_tokens, whole_blocks)


async def test_two_turns_share_their_prefix_and_send_each_view_once(
    server: ServedModel, pages: list[Path]
):
    policy = policy_for(server)
    sent = watch(policy)
    result = await aask(pages[0], ask_for(), policy=policy, view_budget=640)
    assert result.policy == "ergo/ergo"
    assert len(result.turns) == 2
    assert_cached(result, block=block_size(server))
    first, second = map(sizes_of_images, sent)
    assert first[0] > 2_000
    assert second[0] == 0
    assert second[1] > 2_000


async def test_three_zooms_share_their_prefix(server: ServedModel, pages: list[Path]):
    policy = policy_for(server, dialect=ThreeZooms())
    sent = watch(policy)
    result = await aask(pages[1], ask_for(3), policy=policy, view_budget=640, margin=0.0)
    assert len(result.views) == 4
    assert len(result.turns) == 4
    assert_cached(result, block=block_size(server))
    sizes = [[size > 0 for size in sizes_of_images(body)] for body in sent]
    assert sizes == [[False] * turn + [True] for turn in range(4)]


class ThreeZooms(ErgoDialect):
    """Has the server keep to three zooms, each in another place, and then an answer."""

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> str:  # noqa: ARG002
        places = ["100, 100, 300, 300", "400, 100, 600, 300", "100, 400, 300, 600"]
        if len(views) > len(places):
            return "<think>seen</think><answer>red</answer>"
        return rf'<think>look</think><zoom view="1">\[{places[len(views) - 1]}\]</zoom>'


async def test_the_server_counts_the_tokens_that_were_predicted(
    server: ServedModel, pages: list[Path]
):
    for budget in (64, 640, 1280):
        result = await aask(pages[2], ask_for(), policy=policy_for(server), view_budget=budget)
        for entry in result.ledger.entries:
            assert entry.reported == entry.predicted
        assert result.ledger.text_tokens


async def test_replies_keep_to_the_pattern(server: ServedModel, pages: list[Path]):
    policy = policy_for(server)
    sent = watch(policy)
    result = await aask(pages[0], "What is it?", policy=policy, view_budget=64)
    for body, turn in zip(sent, result.turns, strict=True):
        pattern = body["structured_outputs"]["regex"]
        assert re.fullmatch(pattern, turn.reply or "")
        # a box that is small is grown, which is not a matter of how it was written
        assert set(turn.repairs) <= {"enlarged"} or turn.stage == "last"


async def test_images_that_the_server_does_not_know_are_sent_unnoticed(
    server: ServedModel, tmp_path: Path
):
    page = draw_page(side=1700, colour="blue", centre=(0.51, 0.52))
    page.image.save(tmp_path / "page.png")
    answer = "<think>seen</think><answer>blue</answer>"
    with serving(answer) as other:  # learns what another server was sent
        learnt = create_served_policy(base_url=other.url, model="ergo")
        await aask(tmp_path / "page.png", ask_for(), policy=learnt, view_budget=640)
    policy = policy_for(server)
    policy.model._sent = learnt.model._sent  # type: ignore[attr-defined]
    sent = watch(policy)
    result = await aask(tmp_path / "page.png", ask_for(), policy=policy, view_budget=640)
    assert result.answer is not None
    assert [sizes_of_images(body)[0] > 0 for body in sent[:3]] == [False, True, False]
    assert len(sent) == len(result.turns) + 1
