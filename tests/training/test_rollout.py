"""Finished episodes as rollouts, and their crops made again."""

from pathlib import Path

import pytest

from ergo_agent import VisionAnswer
from ergo_agent.errors import ImageNotFoundError, SettingsError, StateError
from ergo_agent.images import decode_data_url
from ergo_agent.training.crops import made_crops
from ergo_agent.training.reward import ErgoReward, Scored
from ergo_agent.training.reward_model import RewardModel
from ergo_agent.training.rewards import accuracy_reward, format_reward
from ergo_agent.training.rollout import rollout_of
from ergo_agent.training.scenes.reader import mark_reader
from tests.support.runs import answering, episode, some_scene, zoom_into
from tests.support.scripted import image_urls, received, scripted

SCENE = some_scene()
(MARK,) = SCENE.answers
OTHER = "rows" if MARK != "rows" else "bars"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scenes")


@pytest.fixture(scope="module")
def right(folder: Path) -> VisionAnswer:
    return episode(folder, SCENE, zoom_into(SCENE), answering(MARK))


def image(folder: Path) -> Path:
    return folder / f"{SCENE.family}-{SCENE.number}.png"


def test_a_right_episode_earns_everything(folder: Path, right: VisionAnswer):
    rollout = rollout_of(right, SCENE.answers, crops=made_crops(right, image(folder)))
    assert rollout.strict == (True, True)
    (scored,) = ErgoReward(RewardModel(mark_reader())).scored([rollout])
    assert scored == Scored(3.5, 1, 1, 1, 1, share=1 / 16)


def test_crops_are_the_bytes_that_were_sent(folder: Path):
    policy = scripted(zoom_into(SCENE), answering(MARK))
    record = episode(folder, SCENE, policy=policy)
    (crop,) = made_crops(record, image(folder))
    sent = [decode_data_url(url) for url in image_urls(received(policy)[-1])]
    assert crop.data == sent[-1]
    assert crop.digest == record.views[1].digest


def test_the_reward_is_the_same_after_a_journey_as_json(right: VisionAnswer):
    read = VisionAnswer.model_validate_json(right.model_dump_json())
    assert rollout_of(read, SCENE.answers) == rollout_of(right, SCENE.answers)


@pytest.mark.parametrize(
    ("replies", "form", "accuracy"),
    [
        ((zoom_into(SCENE), answering(OTHER)), 1, 0),
        (("<zoom>[0, 0, 56, 56]", answering(MARK)), 0, 1),  # no closing tag
        (("I would look", zoom_into(SCENE), answering(MARK)), 0, 1),  # a second question
        ((zoom_into(SCENE), MARK), 0, 1),  # no tags at all: the last question takes plain words
        ((zoom_into(SCENE), zoom_into(SCENE)), 0, 0),  # it never answers
        ((zoom_into(SCENE), "<think>hm</think><answer></answer><not_found/>"), 1, 0),
    ],
    ids=["wrong", "tolerated", "second question", "plain words", "no answer", "not found"],
)
def test_form_and_answer_are_judged_apart(
    folder: Path, replies: tuple[str, ...], form: int, accuracy: int
):
    rollout = rollout_of(episode(folder, SCENE, *replies), SCENE.answers)
    assert (format_reward(rollout), accuracy_reward(rollout)) == (form, accuracy)


def test_an_episode_of_unreadable_replies_is_worth_nothing(folder: Path):
    rollout = rollout_of(episode(folder, SCENE, "<zoom>left</zoom>"), SCENE.answers)
    assert rollout.unreadable
    assert ErgoReward(None, alpha=0).scored([rollout])[0].total == 0


def test_a_check_of_the_answer_is_no_part_of_it(folder: Path):
    replies = zoom_into(SCENE), answering(MARK), answering(OTHER), answering(OTHER)
    settings = {"verify": True, "max_vision_tokens": 640}
    record = episode(folder, SCENE, *replies, **settings)
    assert (record.answer, record.verified) == (OTHER, "changed")
    rollout = rollout_of(record, SCENE.answers)
    assert rollout.answer == MARK  # what the policy said by itself
    assert len(rollout.views) == len(rollout.strict) == 2
    assert len(record.views) == 4
    assert len(made_crops(record, image(folder))) == 1


def test_options_are_part_of_the_question(right: VisionAnswer):
    rollout = rollout_of(right, SCENE.answers, options=["A. rows", "B. bars"])
    assert rollout.question == f"{SCENE.question}\nOptions:\nA. rows\nB. bars"


@pytest.mark.parametrize("answers", [("B",), ("bars",)])
@pytest.mark.parametrize("options", [["(A) rows", "(B) bars"], ["A. rows", "B. bars"]])
@pytest.mark.parametrize("said", ["B", "(B)", "b.", "B) bars", "Bars"])
def test_letter_and_text_of_an_option_are_the_same(
    right: VisionAnswer, answers: tuple[str, ...], options: list[str], said: str
):
    rollout = rollout_of(right, answers, options=options)
    assert accuracy_reward(rollout.model_copy(update={"answer": said})) == 1
    assert accuracy_reward(rollout.model_copy(update={"answer": "A"})) == 0
    assert accuracy_reward(rollout.model_copy(update={"answer": "(A) rows or (B) bars"})) == 0


def test_another_image_is_refused(folder: Path, right: VisionAnswer):
    other = some_scene(1)
    episode(folder, other, answering("rows"))
    with pytest.raises(ImageNotFoundError, match="is none of the 1 images given; give the file"):
        made_crops(right, folder / f"{other.family}-{other.number}.png")


def test_a_crop_that_comes_out_otherwise_is_refused(folder: Path, right: VisionAnswer):
    views = [view.model_copy(update={"digest": "sha256:" + "0" * 64}) for view in right.views]
    with pytest.raises(ImageNotFoundError, match="view 2 comes out otherwise than it was shown"):
        made_crops(right.model_copy(update={"views": views}), image(folder))


def test_a_wrong_number_of_crops_is_refused(right: VisionAnswer):
    with pytest.raises(StateError, match="0 crops were given for a record with 1; give them all"):
        rollout_of(right, SCENE.answers, crops=[])


def test_an_unknown_dialect_is_refused(right: VisionAnswer):
    with pytest.raises(SettingsError, match="dialect='klingon' is unknown"):
        rollout_of(right.model_copy(update={"policy": "model/klingon"}), SCENE.answers)
