"""Who judges the crops of a run: any policy that is registered, or an oracle."""

import pytest

from ergo_agent.errors import SettingsError
from ergo_agent.policies.base import Policy
from ergo_agent.policies.registry import register_policy
from ergo_agent.training.scenes import make_scene
from ergo_agent.training.trainer.config import TrainConfig, read_config
from ergo_agent.training.trainer.judges import reward_of
from tests.support.registered import forget_policies
from tests.support.rollouts import box, scene_rollout
from tests.support.scripted import scripted

SCENE = make_scene(3, 0, family="colour")
LOADS = {"model": "ERGO_MODEL", "dialect": "ERGO_DIALECT"}
ASKS = {"model": "ERGO_MODEL", "base_url": "ERGO_BASE_URL"}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str | None]]:
    """What two policies of somebody else's were made of: one loads a model, one asks a server."""
    forget_policies(monkeypatch)
    for name in {*LOADS.values(), *ASKS.values()}:
        monkeypatch.delenv(name, raising=False)
    found: list[dict[str, str | None]] = []

    def make(**given: str | None) -> Policy:
        found.append(given)
        return scripted(f"<answer>{SCENE.answers[0]}</answer>")

    register_policy("test_loads", settings=LOADS)(make)
    register_policy("test_asks", settings=ASKS)(make)
    return found


def config(*changes: str) -> TrainConfig:
    return read_config("nano", changes=["reward.judge=model", *changes]).checked("grpo")


@pytest.mark.parametrize(
    ("changes", "given"),
    [
        (["reward.policy=test_loads"], {"model": "build/tiny-checkpoint", "dialect": "auto"}),
        (
            ["reward.policy=test_loads", "reward.model=mine", "reward.dialect=ergo"],
            {"model": "mine", "dialect": "ergo"},
        ),
        (["reward.policy=test_asks"], {"model": None, "base_url": None}),
        (
            ["reward.policy=test_asks", "reward.base_url='http://127.0.0.1:9'"],
            {"model": None, "base_url": "http://127.0.0.1:9"},
        ),
    ],
)
def test_a_registered_policy_judges(
    made: list[dict[str, str | None]], changes: list[str], given: dict[str, str | None]
):
    reward = reward_of(config(*changes))
    assert made == [given]
    assert reward.needs_crops
    (scored,) = reward.scored([scene_rollout(SCENE, [box(0, 0, 224, 224)])])
    assert (scored.region, scored.error) == (1.0, None)


def test_a_setting_that_the_judge_has_not_is_refused():
    with pytest.raises(SettingsError, match="the policy ocr has no setting base_url"):
        reward_of(config("reward.policy=ocr", "reward.base_url='http://127.0.0.1:9'"))


def test_an_oracle_looks_at_no_crop():
    assert not reward_of(config("reward.judge=oracle")).needs_crops
