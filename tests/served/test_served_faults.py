"""What goes wrong on a real vLLM server."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest
from langchain_core.messages import HumanMessage

from ergo_agent import aask
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.errors import ContextOverflowError, PolicyUnreachableError, UnknownModelError
from ergo_agent.policies.base import Policy
from ergo_agent.policies.served import create_served_policy
from ergo_agent.views.view import View
from scripts.tiny_checkpoint.pages import ask_for, draw_page
from tests.support.serving import ServedModel, served

_ANSWER = "<answer>red</answer>"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("pages") / "page.png"
    draw_page(side=1800, colour="blue", centre=(0.4, 0.6)).image.save(path, compress_level=1)
    return path


def policy_for(server: ServedModel, **options: Any) -> Policy:
    return create_served_policy(base_url=server.base_url, **options)


async def metric(server: ServedModel, name: str) -> float:
    async with httpx2.AsyncClient() as client:
        text = (await client.get(server.base_url.removesuffix("/v1") + "/metrics")).text
    return sum(float(value) for value in re.findall(rf"^vllm:{name}\{{.*\}} (\S+)$", text, re.M))


async def writing(policy: Policy, *, letters: int = 7900) -> asyncio.Task[Any]:
    """Start a call that takes half a minute, and let two seconds of it pass.

    Its progress cannot be asked for: a server that writes one reply as fast as it can on two cores
    may answer `/metrics` only when it is done.
    """
    model: Any = policy.model
    await model.facts()
    task = asyncio.create_task(model.ainvoke([HumanMessage("write")], pattern=f"a{{{letters}}}"))
    await asyncio.sleep(2)
    assert not task.done()
    return task


async def context_of(server: ServedModel) -> int:
    """Most tokens of prompt and reply together."""
    model: Any = policy_for(server).model
    return int((await model.facts()).context)


async def test_a_wrong_model_name(server: ServedModel, page: Path):
    with pytest.raises(UnknownModelError, match=r"does not know the model 'nope'.*serves: ergo"):
        await aask(page, ask_for(), policy=policy_for(server, model="nope"))


async def test_a_prompt_longer_than_the_context_is_said(server: ServedModel, page: Path):
    endless = "why? " * 5000
    too_long = pytest.raises(ContextOverflowError, match="maximum context length")
    with too_long:
        await aask(page, endless, policy=policy_for(server), max_question_chars=100_000)


async def test_a_conversation_longer_than_the_context_is_cut(server: ServedModel, page: Path):
    long = "a" * (
        await context_of(server) // 2
    )  # once it fits, twice it does not; a letter is a token
    policy = policy_for(server, dialect=OneZoom())
    result = await aask(page, long, policy=policy, max_question_chars=100_000, view_budget=640)
    assert result.answer == "red"
    assert result.stop_reason == "context_length"
    assert result.turns[-1].repairs[0] == "fewer_views"


class OneZoom(ErgoDialect):
    """Has the server keep to a zoom and then an answer: so long a prompt confuses a tiny model."""

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> str:  # noqa: ARG002
        move = r"<zoom>\[100, 100, 300, 300\]</zoom>" if stage == "observe" else _ANSWER
        return f"<think>look</think>{move}"


async def test_a_cancelled_call_ends_the_servers_work(server: ServedModel):
    letters = await context_of(server) - 500  # as long a reply as there is room for
    before = await metric(server, "generation_tokens_total")
    task = await writing(policy_for(server, max_tokens=letters + 100), letters=letters)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    while await metric(server, "num_requests_running"):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    assert 0 < await metric(server, "generation_tokens_total") - before < letters


async def test_an_engine_killed_in_mid_episode(checkpoint: Path, page: Path, tmp_path: Path):
    with served(checkpoint, tmp_path / "log") as server:
        policy = policy_for(server, max_retries=2, max_tokens=8000)
        task = await writing(policy)
        launcher = psutil.Process(server.pid)
        for process in launcher.children(recursive=True):
            if "EngineCore" in " ".join(process.cmdline()):
                process.kill()
        with pytest.raises(PolicyUnreachableError):
            await task
        with pytest.raises(PolicyUnreachableError):
            await aask(page, ask_for(), policy=policy)
