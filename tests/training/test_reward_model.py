"""What the reward model is shown, what it costs where it fails, and what is kept."""

import threading

import pytest
from langchain_core.messages import BaseMessage

from ergo_agent.errors import SettingsError, StateError
from ergo_agent.images import decode_data_url
from ergo_agent.training.reward import ErgoReward
from ergo_agent.training.reward_model import Oracle, RewardModel
from ergo_agent.training.rollout import Rollout, Seen
from ergo_agent.training.scenes import Scene, make_scene
from ergo_agent.training.scenes.reader import mark_reader
from ergo_agent.views.geometry import Region, Size
from tests.support.rollouts import box, rollout, scene_rollout
from tests.support.scripted import image_urls, received, scripted, sent_texts

SCENE = make_scene(3, 0, family="colour")
RED = "<think>seen</think><answer>red</answer>"


def around(scene: Scene, *, side: int = 224) -> Region:
    assert scene.target is not None
    return scene.target.grown(to=Size(side, side), within=scene.size)


def right(scene: Scene = SCENE) -> Rollout:
    return scene_rollout(scene, [around(scene)], answer=scene.answers[0])


def test_it_is_shown_the_crops_the_question_and_nothing_else():
    policy = scripted(RED)
    one = scene_rollout(SCENE, [around(SCENE), box(0, 0, 224, 224)])
    assert RewardModel(policy).answers([one]) == [Seen("red")]
    (messages,) = received(policy)
    assert [decode_data_url(url) for url in image_urls(messages)] == [c.data for c in one.crops]
    assert SCENE.question in sent_texts(policy)[0]
    assert [message.type for message in messages] == ["system", "human"]


def test_a_real_reader_sees_the_mark_in_its_crop_and_not_beside_it():
    other = next(panel for panel in SCENE.panels if panel.region != SCENE.target)
    beside = other.region.grown(to=Size(224, 224), within=SCENE.size)
    seen = RewardModel(mark_reader()).answers([right(), scene_rollout(SCENE, [beside])])
    assert seen[0] == Seen(SCENE.answers[0])
    assert seen[1].answer is None


def test_a_crop_of_everything_is_as_unreadable_as_the_coarse_view():
    whole = scene_rollout(SCENE, [Region.whole(SCENE.size)])
    assert RewardModel(mark_reader()).answers([whole]) == [Seen(None)]
    assert Oracle().answers([whole]) == [Seen(SCENE.answers[0])]  # which an oracle does not mind


@pytest.mark.parametrize("number", range(4))
def test_nothing_outside_the_crop_counts(number: int):
    scene = make_scene(4, number)
    crop = around(scene)
    far = [panel for panel in scene.panels if panel.region.intersection(crop) is None]
    changed = [panel for panel in scene.panels if panel not in far]  # all else is gone
    assert far
    other = Scene(**{**vars(scene), "panels": tuple(changed)})
    assert scene.image() != other.image()
    policies = mark_reader(), scripted(RED), scripted(RED)
    both = [scene_rollout(each, [crop], answer=each.answers[0]) for each in (scene, other)]
    for policy, one in zip(policies[1:], both, strict=True):
        RewardModel(policy).answers([one])
    assert received(policies[1]) == received(policies[2])  # byte for byte
    reward = ErgoReward(RewardModel(policies[0]))
    first, second = reward.scored(both)
    assert first == second
    assert first.region == 1


def test_the_same_crops_and_question_are_asked_about_once():
    policy = scripted(RED)
    model = RewardModel(policy)
    one, other = right(), scene_rollout(SCENE, [box(0, 0, 224, 224)])
    model.answers([one, one, other])
    assert len(received(policy)) == 2
    model.answers([other, one])
    assert len(received(policy)) == 2
    model.answers([one.model_copy(update={"question": "What else?"})])
    assert len(received(policy)) == 3


def test_no_more_is_kept_than_was_said():
    policy = scripted(RED)
    model = RewardModel(policy, most_kept=1)
    one, other = right(), scene_rollout(SCENE, [box(0, 0, 224, 224)])
    model.answers([one])
    model.answers([other])
    model.answers([one])
    assert len(received(policy)) == 3


def test_a_rollout_without_a_crop_is_not_asked_about():
    policy = scripted(RED)
    assert RewardModel(policy).answers([rollout(crops=())]) == [Seen(None)]
    assert received(policy) == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (RuntimeError("out of memory"), "RuntimeError: out of memory"),
        ("<think>hm</think><zoom>[1, 2, 3, 4]</zoom>", "no answer: it asks for a closer look"),
        ("<answer></answer>", "no answer: the answer is empty"),
    ],
)
def test_a_failure_is_counted_and_costs_its_own_rollout(reply: object, error: str):
    model = RewardModel(scripted(reply, RED), at_once=1)
    failing, fine = scene_rollout(SCENE, [box(0, 0, 224, 224)], answers=("red",)), right()
    fine = fine.model_copy(update={"answers": ("red",)})
    first, second = ErgoReward(model).scored([failing, fine])
    assert (first.region, first.error) == (0, error)
    assert (second.region, second.error) == (1, None)
    assert model.failures == 1


def test_a_failure_is_not_kept():
    model = RewardModel(scripted(RuntimeError("busy"), RED))
    assert model.answers([right()])[0].error == "RuntimeError: busy"
    assert model.answers([right()]) == [Seen("red")]


def test_a_model_that_hangs_costs_one_wait():
    opened = threading.Event()

    def hang(_: list[BaseMessage]) -> str:
        opened.wait(60)
        return RED

    try:
        model = RewardModel(scripted(hang), seconds=0.2, at_once=1)
        group = [right(), scene_rollout(SCENE, [box(0, 0, 224, 224)])]
        scored = ErgoReward(model).scored(group)
    finally:
        opened.set()
    assert [one.error for one in scored] == [
        "TimeoutError: no reply in 0.2 s",
        "TimeoutError: 1 earlier calls have not come back",
    ]
    assert [one.region for one in scored] == [0, 0]
    assert scored[0].total == 2.5  # what needs no reward model stands
    assert model.failures == 2


def test_crops_that_nobody_made_are_asked_for():
    with pytest.raises(StateError, match=r"the crops of the rollout about .* were not made; make"):
        RewardModel(scripted(RED)).answers([rollout(box(0, 0, 300, 300))])


@pytest.mark.parametrize("given", [{"seconds": 0}, {"at_once": 0}, {"most_kept": 0}])
def test_bounds_that_bound_nothing_are_refused(given: dict[str, int]):
    with pytest.raises(SettingsError, match="bound nothing; give numbers above 0"):
        RewardModel(scripted(RED), **given)


def test_an_oracle_says_what_it_lacks():
    with pytest.raises(StateError, match="without `needed` or `answers`; give both"):
        Oracle().answers([rollout(box(0, 0, 9, 9))])
