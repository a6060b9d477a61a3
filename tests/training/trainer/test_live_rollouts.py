"""A rollout is an episode of the graph, ended at the first reply that cannot be used."""

import io

import pytest
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage
from PIL import Image

from ergo_agent import ask
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import ImageError, StateError
from ergo_agent.policies.base import Policy
from ergo_agent.training.reward import ErgoReward
from ergo_agent.training.trainer.environment import OVER, RolloutEnvironment
from ergo_agent.training.trainer.live import LiveRollout
from ergo_agent.training.trainer.tasks import Task
from ergo_agent.views.geometry import Region

SETTINGS = {"view_budget": 64, "max_zooms": 3}
ZOOM = "<think>a</think><zoom>[14, 14, 84, 84]</zoom>"
CLOSER = "<think>b</think><zoom>[28, 28, 98, 98]</zoom>"
ANSWER = "<think>c</think><answer>7</answer>"


@pytest.fixture(scope="module")
def task() -> Task:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((700, 500)).convert("RGB").save(file, "PNG")
    box = Region(left=60, top=60, right=90, bottom=90)
    return Task(file.getvalue(), "What number?", ("7",), needed=box)


@pytest.fixture
def live() -> LiveRollout:
    return LiveRollout(ErgoDialect(), settings=VisionSettings(**SETTINGS))


@pytest.mark.parametrize(
    "replies",
    [
        [ANSWER],
        [ZOOM, ANSWER],
        [ZOOM, CLOSER, CLOSER, ANSWER],
        [ZOOM, ZOOM, ANSWER],  # nothing new: the last question follows, without a view
        ["<zoom>[14, 14, 84, 84]</zoom><zoom>[150, 90, 220, 150]</zoom>", ANSWER],
        [ZOOM, CLOSER, CLOSER, "nothing but plain words"],
    ],
)
def test_a_rollout_is_shown_and_asked_what_an_episode_is(
    live: LiveRollout, task: Task, replies: list[str]
):
    turns = [live.begin(task)]
    for reply in replies:
        said = live.say(reply)
        turns += [said] if said is not None else []
    assert live.over
    rollout = live.rollout()

    model = FakeMessagesListChatModel(responses=[AIMessage(reply) for reply in replies])
    policy = Policy(model, ErgoDialect())
    answer = ask(task.image, task.question, policy=policy, **SETTINGS)
    assert [view.digest for view in live.shown] == [view.digest for view in answer.views]
    assert list(rollout.views) == answer.views
    assert rollout.answer == answer.answer
    asked = [next(part["text"] for part in turn if part["type"] == "text") for turn in turns]
    assert asked == [turn.question for turn in answer.turns]
    assert [crop.digest for crop in rollout.crops or ()] == [v.digest for v in rollout.cropped]


def test_the_pixels_are_those_of_the_encoded_view(live: LiveRollout, task: Task):
    parts = [*live.begin(task), *(live.say(ZOOM) or [])]
    images = [part["image"] for part in parts if part["type"] == "image"]
    for image, view in zip(images, live.shown, strict=True):
        with Image.open(io.BytesIO(view.data)) as opened:
            assert opened.convert("RGB").tobytes() == image.tobytes()


@pytest.mark.parametrize(
    "reply",
    ["", "I cannot see it.", "<zoom>[900, 900, 950, 950]</zoom>", "<zoom>[1, 2]</zoom>"],
)
def test_an_unusable_reply_ends_the_rollout_without_a_reward(
    live: LiveRollout, task: Task, reply: str
):
    live.begin(task)
    assert live.say(reply) is None
    assert live.over
    assert not live.cut
    reward = ErgoReward(None, alpha=0)
    rollout = live.rollout()
    assert rollout.unreadable
    assert [scored.total for scored in reward.scored([rollout])] == [0.0]
    assert reward.unreadable == 1
    with pytest.raises(StateError, match="over"):
        live.say(ANSWER)


@pytest.mark.parametrize("before", [[], [ZOOM]])
def test_a_reply_that_was_cut_off_ends_it_too(live: LiveRollout, task: Task, before: list[str]):
    live.begin(task)
    for reply in before:
        live.say(reply)
    live.cut_off()
    assert live.over
    assert live.cut
    assert live.rollout().unreadable
    assert len(live.rollout().cropped) == len(before)


def test_one_that_was_left_unfinished_does_not_disturb_the_next(live: LiveRollout, task: Task):
    first = live.begin(task)
    live.say(ZOOM)
    with pytest.raises(StateError, match="has not ended"):
        live.rollout()
    assert [part["type"] for part in live.begin(task)] == [part["type"] for part in first]
    assert live.say(ANSWER) is None
    assert live.rollout().cropped == ()
    assert len(live.shown) == 1


def test_an_image_that_cannot_be_used_is_an_error(live: LiveRollout):
    with pytest.raises(ImageError, match="no image"):
        live.begin(Task(b"no image", "What?", ()))


def test_what_fails_in_a_turn_is_kept_for_the_trainer(live: LiveRollout, task: Task):
    environment = RolloutEnvironment(live, [task])
    environment.reset(prompt=[], task=0)
    assert environment.reply(ANSWER) == OVER
    assert environment.reply(ANSWER) == OVER  # nothing waits for it
    assert isinstance(live.failure, StateError)


def test_turns_begin_with_their_views(live: LiveRollout, task: Task):
    turns = [live.begin(task), live.say(ZOOM) or []]
    kinds = [part["type"] for turn in turns for part in turn]
    assert kinds == ["image", "text", "image", "text"]
