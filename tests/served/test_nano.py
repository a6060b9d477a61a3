"""nano, which learnt where to look, by vLLM and by transformers: the same, mostly right replies."""

import asyncio
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local.defaults import NANO, located
from ergo_agent.policies.local.transformers import ChatTransformers
from ergo_agent.policies.local.vllm import ChatVllm
from ergo_agent.training.scenes import Scene, make_scene
from ergo_agent.views.view import View
from scripts.nano.asked import SETTINGS
from tests.served.local_models import UNCLOSED_ZMQ, small_vllm

pytestmark = pytest.mark.filterwarnings(UNCLOSED_ZMQ)

SCENES = [
    make_scene(9, number, family=family) for family in ("colour", "beside") for number in range(8)
]


class _Free(ErgoDialect):
    """ERGO's dialect, its grammar not enforced: transformers cannot enforce it."""

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> None:
        """None: every reply is possible."""


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, list[VisionAnswer]]]:
    """Every scene by each way to run it."""
    shared: dict[str, Any] = {"model": NANO, "max_tokens": 48}
    with (
        small_vllm(Path(located(NANO))) as engine,
        ChatTransformers(**shared, device="cpu") as transformers,
    ):
        vllm = ChatVllm(**shared, engine=engine)
        ways = {
            "transformers": Policy(transformers, _Free()),
            "vllm": Policy(vllm, _Free()),
            "vllm, grammar enforced": Policy(vllm, ErgoDialect()),
        }
        yield {name: asyncio.run(_run(policy)) for name, policy in ways.items()}


async def _run(policy: Policy) -> list[VisionAnswer]:
    graph = create_vision_graph(policy=policy, settings=SETTINGS)
    inputs = [{"image": _png(scene), "question": scene.question} for scene in SCENES]
    ended = await graph.abatch(inputs, {"max_concurrency": 4})
    return [VisionAnswer.model_validate(state["result"]) for state in ended]


def _png(scene: Scene) -> bytes:
    file = io.BytesIO()
    scene.image().save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("way", ["vllm", "vllm, grammar enforced"])
def test_vllm_says_what_transformers_says(answers: dict[str, list[VisionAnswer]], way: str):
    for one, other in zip(answers["transformers"], answers[way], strict=True):
        assert [turn.reply for turn in one.turns] == [turn.reply for turn in other.turns]
        assert one.views == other.views
        assert one.answer == other.answer


def test_it_looks_and_answers_rightly(answers: dict[str, list[VisionAnswer]]):
    given = zip(answers["transformers"], SCENES, strict=True)
    right = sum((answer.answer,) == (scene.answers or (None,)) for answer, scene in given)
    assert right >= len(SCENES) - 1
    assert all(len(answer.views) == 2 for answer in answers["transformers"])
