"""One conversation, three ways to run the policy, the same moves: float32, temperature 0."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Answer, Stage, Zoom
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.turn import Turn
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local.transformers import ChatTransformers
from ergo_agent.policies.local.vllm import ChatVllm
from ergo_agent.policies.served import create_served_policy
from ergo_agent.views.view import View
from scripts.tiny_checkpoint.pages import COLOURS, ask_for, draw_page
from tests.served.local_models import UNCLOSED_ZMQ, small_vllm
from tests.support.pictures import save_picture
from tests.support.serving import ServedModel

SETTINGS = VisionSettings(view_budget=256)

pytestmark = pytest.mark.filterwarnings(UNCLOSED_ZMQ)


PAIRS = [
    ("vllm", "served"),
    ("free vllm", "free served"),
    ("free transformers", "free served"),
]
"""What is compared, what with: vLLM with its grammar enforced on both sides and without it, and
transformers, which cannot enforce it, without."""


class _Free(ErgoDialect):
    """ERGO's dialect, its grammar not enforced."""

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> None:
        """None: every reply is possible."""


@pytest.fixture(scope="module")
def policies(checkpoint: Path, server: ServedModel) -> Iterator[dict[str, Policy]]:
    """The checkpoint on the real server, in vLLM in this process, and in transformers."""
    shared: dict[str, Any] = {"model": str(checkpoint), "max_tokens": 200}
    # a wide window: that episodes share padded batches is part of what is compared
    transformers = ChatTransformers(**shared, device="cpu", batch_window=0.05)
    served = create_served_policy(
        base_url=server.base_url, model=server.model, dialect="ergo", max_tokens=200
    )
    with small_vllm(checkpoint, max_images=8) as engine, transformers:
        vllm = ChatVllm(**shared, engine=engine)
        yield {
            "served": served,
            "vllm": Policy(vllm, ErgoDialect(), form="webp"),  # as the server takes them
            "free served": Policy(served.model, _Free()),
            "free vllm": Policy(vllm, _Free()),
            "free transformers": Policy(transformers, _Free()),
        }


@pytest.fixture(scope="module")
def episodes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Image.Image | Path, str]]:
    """Pages and a picture the checkpoint was not taught, with questions of one to three zooms."""
    folder = tmp_path_factory.mktemp("pictures")
    places = [(1120, (0.3, 0.7)), (896, (0.8, 0.25)), (1400, (0.55, 0.5))]
    pages = [
        draw_page(side=side, colour=colour, centre=centre)
        for (side, centre), colour in zip(places, COLOURS, strict=False)
    ]
    asked = [(page.image, ask_for(zooms)) for page in pages for zooms in (1, 2, 3)]
    picture = save_picture(folder, size=(1300, 700))
    return [*asked, (picture, "Who wrote this?"), (picture, "What does the line mean?")]


@pytest.fixture(scope="module")
def answers(
    policies: dict[str, Policy], episodes: list[tuple[Image.Image | Path, str]]
) -> dict[str, list[VisionAnswer]]:
    """All episodes by every policy, four at a time."""
    return {name: asyncio.run(_run(policy, episodes)) for name, policy in policies.items()}


async def _run(
    policy: Policy, episodes: list[tuple[Image.Image | Path, str]]
) -> list[VisionAnswer]:
    graph = create_vision_graph(policy=policy, settings=SETTINGS)
    inputs = [{"image": image, "question": question} for image, question in episodes]
    ended = await graph.abatch(inputs, {"max_concurrency": 4})
    return [VisionAnswer.model_validate(state["result"]) for state in ended]


@pytest.mark.parametrize(("way", "reference"), PAIRS)
def test_every_reply_and_every_move_is_the_server_s(
    answers: dict[str, list[VisionAnswer]], way: str, reference: str
):
    for served, local in zip(answers[reference], answers[way], strict=True):
        assert [_said(turn) for turn in local.turns] == [_said(turn) for turn in served.turns]
        assert local.views == served.views
        assert local.evidence == served.evidence
        assert (local.answer, local.stop_reason) == (served.answer, served.stop_reason)


@pytest.mark.parametrize(("way", "reference"), PAIRS)
def test_every_turn_costs_the_tokens_that_the_server_counts(
    answers: dict[str, list[VisionAnswer]], way: str, reference: str
):
    for served, local in zip(answers[reference], answers[way], strict=True):
        assert [_tokens(turn) for turn in local.turns] == [_tokens(turn) for turn in served.turns]


def test_the_episodes_compared_are_whole_ones(answers: dict[str, list[VisionAnswer]]):
    """Otherwise equal moves would say nothing: they zoom, once and more often, and then answer.

    Whether a third zoom is made depends on the processor that taught the checkpoint: on one each
    third region repeated an earlier one.
    """
    zooms = [
        sum(isinstance(turn.move, Zoom) for turn in answer.turns) for answer in answers["served"]
    ]
    assert set(zooms) >= {1, 2}
    assert all(isinstance(answer.turns[-1].move, Answer) for answer in answers["served"])
    assert len({answer.answer for answer in answers["served"]}) > 1


def _said(turn: Turn) -> tuple[object, ...]:
    return turn.stage, turn.question, turn.reply, turn.move, turn.repairs


def _tokens(turn: Turn) -> tuple[int, int]:
    return turn.input_tokens, turn.output_tokens
