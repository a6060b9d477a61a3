"""nano, the policy that comes with the package: it zooms where the answer is, however it is run."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.state import VisionInput
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local.defaults import NANO
from ergo_agent.policies.local.transformers import create_transformers_policy
from ergo_agent.policies.local.vllm import ChatVllm, create_vllm_policy
from ergo_agent.policies.served import create_served_policy
from ergo_agent.training.scenes import Scene, make_scene
from scripts.nano.asked import SETTINGS
from tests.served.local_models import UNCLOSED_ZMQ, small_vllm
from tests.support.serving import served

FAMILY = "colour"
SEED = 6
"""Of scenes that served no training and no choice."""

pytestmark = pytest.mark.filterwarnings(UNCLOSED_ZMQ)


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Policy]]:
    """nano by its name: served, in vLLM in this process, and in transformers."""
    log = tmp_path_factory.mktemp("nano") / "server.log"
    limits = ("--budget", "64", "--max-zooms", "1")
    with served(Path(NANO), log, options=limits) as server, small_vllm(Path(NANO)) as engine:
        yield {
            "served": create_served_policy(
                base_url=server.base_url, model=server.model, dialect="ergo"
            ),
            "vllm": Policy(ChatVllm(model=NANO, engine=engine), ErgoDialect()),
            "transformers": create_transformers_policy(model=NANO, device="cpu"),
        }


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [make_scene(SEED, number, family=FAMILY) for number in range(60)]


@pytest.mark.parametrize("way", ["served", "vllm", "transformers"])
def test_it_finds_what_is_asked_for_and_reads_it(
    policies: dict[str, Policy], scenes: list[Scene], way: str
):
    answers = asyncio.run(_asked(policies[way], scenes))
    both = list(zip(answers, scenes, strict=True))
    assert sum((answer.answer,) == scene.answers for answer, scene in both) >= 48  # of 60
    crops = [(answer.views[1].region, scene.needed) for answer, scene in both]
    assert sum(needed is not None and shown.contains(needed) for shown, needed in crops) >= 48
    assert all(answer.ledger.spent == 128 for answer in answers)


def test_without_a_zoom_it_only_guesses(policies: dict[str, Policy], scenes: list[Scene]):
    blind = SETTINGS.model_copy(update={"max_zooms": 0})
    answers = asyncio.run(_asked(policies["transformers"], scenes, settings=blind))
    right = sum((one.answer,) == s.answers for one, s in zip(answers, scenes, strict=True))
    assert right <= 24  # of 60, one guess in six; more happen once in ten thousand times


def test_its_name_says_which_dialect_it_speaks():
    assert create_vllm_policy(model=NANO).dialect.name == "ergo"
    assert create_transformers_policy(model=NANO).name == "nano/ergo"


async def _asked(
    policy: Policy, scenes: Sequence[Scene], *, settings: VisionSettings = SETTINGS
) -> list[VisionAnswer]:
    graph = create_vision_graph(policy=policy, settings=settings)
    inputs: list[VisionInput] = [
        {"image": scene.image(), "question": scene.question} for scene in scenes
    ]
    ended = await graph.abatch(inputs, {"max_concurrency": 8})
    return [VisionAnswer.model_validate(state["result"]) for state in ended]
