"""What TRL lets pass in silence stops the run, or is counted."""

from pathlib import Path

import pytest

from ergo_agent.errors import ImageError, SettingsError
from ergo_agent.training.trainer.rollout_trainer import RolloutTrainer
from ergo_agent.training.trainer.tasks import Task
from tests.training_torch.rollouts import nano, rows, sampled, scripted, trainer_for, zooms

ZOOM = "<think></think><zoom>[14, 14, 84, 84]</zoom><|im_end|>"
ANSWER = "<think></think><answer>blue</answer><|im_end|>"


@pytest.fixture(scope="module")
def trainer(
    checkpoint: Path, examples: Path, tmp_path_factory: pytest.TempPathFactory
) -> RolloutTrainer:
    changes = ("episode.view_budget=64", "episode.max_zooms=2", "grpo.num_generations=2")
    output = tmp_path_factory.mktemp("run")
    return trainer_for(nano(checkpoint, examples, output, *changes))


def test_a_turn_that_does_not_fit_stops_the_run(
    trainer: RolloutTrainer, monkeypatch: pytest.MonkeyPatch
):
    scripted(trainer, [[ZOOM, ANSWER], [ANSWER]], monkeypatch)
    monkeypatch.setattr(trainer, "max_completion_length", 60)
    with pytest.raises(SettingsError, match=r"a turn did not fit.*turn_tokens"):
        trainer._generate_and_score_completions(rows(trainer, [zooms(1)]))


def test_images_that_do_not_reach_the_loss_stop_the_run(
    trainer: RolloutTrainer, monkeypatch: pytest.MonkeyPatch
):
    image = trainer.model.config.image_token_id
    whole = trainer._get_tool_suffix_ids

    def short(messages: list[dict[str, object]]) -> list[int]:
        suffix = whole(messages)
        if image in suffix:
            suffix.remove(image)
        return suffix

    scripted(trainer, [[ZOOM, ANSWER], [ANSWER]], monkeypatch)
    monkeypatch.setattr(trainer, "_get_tool_suffix_ids", short)
    with pytest.raises(SettingsError, match=r"shown 3 views, and 0 of them reached the loss"):
        trainer._generate_and_score_completions(rows(trainer, [zooms(1)]))


def test_what_fails_in_a_rollout_stops_the_run(
    trainer: RolloutTrainer, monkeypatch: pytest.MonkeyPatch
):
    def fail(_: str) -> None:
        raise ImageError("the disk is gone")

    batch = rows(trainer, [zooms(1)])
    scripted(trainer, [[ZOOM, ANSWER]] * 2, monkeypatch)
    monkeypatch.setattr(trainer._environment_pool[None][0].live, "say", fail)
    with pytest.raises(ImageError, match="the disk is gone"):
        trainer._generate_and_score_completions(batch)


def test_an_image_that_cannot_be_opened_stops_the_run(trainer: RolloutTrainer):
    with pytest.raises(ImageError, match="no image"):
        trainer._generate_and_score_completions(rows(trainer, [Task(b"no image", "What?", ())]))


@pytest.mark.parametrize(
    ("bad", "cut"),
    [
        ("I do not know.<|im_end|>", False),
        ("<zoom>[900, 900, 950, 950]</zoom><|im_end|>", False),
        ("<think>on and on", True),
        ("<zoom>[14, 14, 84, 84]</zoom>", True),
    ],
)
@pytest.mark.parametrize("before", [[], [ZOOM]])
def test_an_unusable_reply_ends_the_rollout_and_is_counted(
    trainer: RolloutTrainer,
    monkeypatch: pytest.MonkeyPatch,
    before: list[str],
    bad: str,
    cut: bool,  # noqa: FBT001
):
    batch = rows(trainer, [zooms(1)])
    scripted(trainer, [[*before, bad], [ZOOM, ANSWER]], monkeypatch)
    trainer._metrics["train"].clear()
    trainer.model.train()
    output = trainer._generate_and_score_completions(batch)
    bad_one, good_one = (environment.live for environment in trainer.environments)
    assert bad_one.rollout().unreadable
    assert bad_one.cut == cut
    assert not good_one.rollout().unreadable
    logged = trainer._metrics["train"]
    assert logged["unreadable"][-1] == 0.5
    assert logged["cut_off"][-1] == cut / 2
    # nothing follows the unusable reply, and its reward is below the other's
    assert trainer._tokenizer.decode(sampled(output)[0].ids).endswith(bad)
    assert output["advantages"][0] < 0 < output["advantages"][1]
    assert logged["reward"][-1] * 2 == trainer._logs["rewards"]["ergo_reward"][-1]


def test_a_batch_without_any_crop_keeps_its_images(
    trainer: RolloutTrainer, monkeypatch: pytest.MonkeyPatch
):
    scripted(trainer, [[ANSWER], [ANSWER]], monkeypatch)
    output = trainer._generate_and_score_completions(rows(trainer, [zooms(1)]))
    assert len(output["image_grid_thw"]) == 2
