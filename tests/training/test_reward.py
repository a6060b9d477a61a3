"""The whole reward: over groups of rollouts, and in TRL's signature."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ergo_agent.errors import SettingsError
from ergo_agent.training.reward import BoxRule, ErgoReward
from ergo_agent.training.reward_model import Oracle, RewardModel
from ergo_agent.training.rollout import Rollout
from ergo_agent.training.scenes import make_scene
from ergo_agent.training.scenes.reader import mark_reader
from ergo_agent.views.geometry import Region, Size
from tests.support.rollouts import box, rollout, scene_rollout

SCENE = make_scene(3, 1, family="colour")
NEEDED = box(100, 100, 200, 200)
GROUP = [
    rollout(box(50, 50, 300, 300), needed=NEEDED),
    rollout(box(0, 0, 1000, 800), needed=NEEDED),
    rollout(box(500, 500, 600, 600), needed=NEEDED, answer="blue"),
    rollout(box(50, 50, 300, 300), needed=NEEDED, strict=(False, True)),
    rollout(box(50, 50, 300, 300), needed=NEEDED, unreadable=True),
    rollout(needed=NEEDED),
]


class Ended:
    """An environment whose rollout has ended."""

    def __init__(self, ended: Rollout) -> None:
        self._ended = ended

    def rollout(self, completion: object, completion_ids: Sequence[int]) -> Rollout:
        assert completion == [{"role": "assistant", "content": "..."}]
        assert completion_ids == [1, 2]
        return self._ended


@pytest.mark.parametrize(
    ("rule", "totals"),
    [
        ("hard", [3.5, 3.0, 1.5, 2.5, 0.0, 2.0]),
        ("smooth", [3.5, 3.0, 1.5, 2.5, 0.0, 2.0]),
        ("gated", [3.5, 2.0, 1.5, 2.5, 0.0, 2.0]),
    ],
)
def test_a_group_is_scored_by_each_rule(rule: BoxRule, totals: list[float]):
    reward = ErgoReward(Oracle(), box=rule)
    assert [one.total for one in reward.scored(GROUP)] == totals
    assert reward.unreadable == 1


@pytest.mark.parametrize(
    ("weights", "total"), [((1, 1), 4.0), ((0.5, 0.25), 2.75), ((1, 2), 5.0), ((0, 0), 2.0)]
)
def test_weights_are_those_of_the_papers_ablation(weights: tuple[float, float], total: float):
    alpha, beta = weights
    assert ErgoReward(Oracle(), alpha=alpha, beta=beta).scored(GROUP[:1])[0].total == total


@settings(max_examples=30)
@given(order=st.permutations(range(len(GROUP))), rule=st.sampled_from(["hard", "smooth", "gated"]))
def test_a_permutation_of_the_group_changes_nothing(order: list[int], rule: BoxRule):
    one, other = ErgoReward(Oracle(), box=rule), ErgoReward(Oracle(), box=rule)
    scored = one.scored(GROUP)
    assert other.scored([GROUP[at] for at in order]) == [scored[at] for at in order]


def test_a_permutation_changes_nothing_with_a_real_reader():
    assert SCENE.target is not None
    near = SCENE.target.grown(to=Size(224, 224), within=SCENE.size)
    regions = [near, box(0, 0, 224, 224), Region.whole(SCENE.size), near]
    group = [scene_rollout(SCENE, [each], answer=SCENE.answers[0]) for each in regions]
    scored = ErgoReward(RewardModel(mark_reader())).scored(group)
    assert [one.total for one in scored] == [3.5, 2.5, 2.0, 3.5]
    turned = ErgoReward(RewardModel(mark_reader())).scored(group[::-1])
    assert turned[::-1] == scored


def test_trl_gets_the_same_totals_and_the_means_of_the_parts():
    logged: dict[str, float] = {}
    reward = ErgoReward(Oracle())
    totals = reward(
        ["..."] * len(GROUP),
        [[{"role": "assistant", "content": "..."}]] * len(GROUP),
        [[1, 2]] * len(GROUP),
        environments=[Ended(one) for one in GROUP],
        log_metric=logged.__setitem__,
        trainer_state=None,
        image=["page.png"] * len(GROUP),
    )
    scored = ErgoReward(Oracle()).scored(GROUP)
    assert totals == [one.total for one in scored]
    assert logged == {
        "format": pytest.approx(4 / 6),
        "accuracy": pytest.approx(4 / 6),
        "region": pytest.approx(3 / 6),
        "box": pytest.approx(3 / 6),
        "share": pytest.approx(sum(one.share for one in scored) / 6),
        "judge_errors": 0,
    }
    assert reward.__name__ == "ergo_reward"


def test_without_a_region_no_reward_model_is_needed():
    reward = ErgoReward(None, alpha=0)
    assert not reward.needs_crops
    assert reward.scored(GROUP[:1])[0].total == 2.5
    assert ErgoReward(RewardModel(mark_reader())).needs_crops


@pytest.mark.parametrize(
    "given", [{"alpha": -1}, {"beta": float("nan")}, {"gamma": 0}, {"gamma": 2}, {"box": "soft"}]
)
def test_what_makes_no_reward_is_refused(given: dict[str, Any]):
    with pytest.raises(SettingsError, match="make no reward; give weights of 0 or more"):
        ErgoReward(Oracle(), **given)


def test_a_missing_reward_model_is_asked_for():
    with pytest.raises(SettingsError, match="there is no reward model; give one, or alpha=0"):
        ErgoReward(None)
