"""What is sampled, what is shown and what is learnt are the same in training as at inference."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoProcessor

from ergo_agent import ask
from ergo_agent.images import open_original
from ergo_agent.policies.local.transformers import create_transformers_policy
from ergo_agent.training.trainer.rollout_trainer import RolloutTrainer
from ergo_agent.views.geometry import Region
from tests.training_torch.rollouts import (
    nano,
    recorded,
    rows,
    sampled,
    scripted,
    trainer_for,
    zooms,
)

Made = Callable[[int], RolloutTrainer]
GREEDY = "grpo.generation_kwargs={do_sample = false}"
BUDGET = ("episode.view_budget=64", "episode.min_crop_tokens=16")


@pytest.fixture(scope="module")
def made(checkpoint: Path, examples: Path, tmp_path_factory: pytest.TempPathFactory):
    """Trainers for a number of zooms, each made once."""
    trainers: dict[int, RolloutTrainer] = {}

    def make(zooms: int) -> RolloutTrainer:
        if zooms not in trainers:
            output = tmp_path_factory.mktemp("run")
            changes = (*BUDGET, GREEDY, f"episode.max_zooms={zooms}", "grpo.num_generations=2")
            trainers[zooms] = trainer_for(nano(checkpoint, examples, output, *changes))
        return trainers[zooms]

    return make


def log_probabilities(trainer: RolloutTrainer, output: dict[str, Any]) -> torch.Tensor:
    """What the trainer computes for a scored batch, one row a rollout, padding included."""
    ids = torch.cat([output["prompt_ids"], output["completion_ids"]], dim=1)
    mask = torch.cat([output["prompt_mask"], output["completion_mask"]], dim=1)
    names = ("pixel_values", "image_grid_thw", "num_images", "mm_token_type_ids")
    found, _, _ = trainer._get_per_token_logps_and_entropies(
        trainer.model,
        ids,
        mask,
        output["completion_ids"].size(1),
        **{name: output.get(name) for name in names},
    )
    return found


@pytest.mark.parametrize("padded", [False, True], ids=["alone", "padded"])
@pytest.mark.parametrize("images", [1, 2, 3])
def test_log_probabilities_are_those_of_the_policy(
    made: Made,
    monkeypatch: pytest.MonkeyPatch,
    images: int,
    padded: bool,  # noqa: FBT001
):
    trainer = made(images - 1)
    several = [zooms(images - 1 or 1), zooms(2 if images < 3 else 1, centre=(0.7, 0.3))]
    batch = rows(trainer, several if padded else several[:1] * 2)
    turns = recorded(trainer, monkeypatch)
    with torch.no_grad():
        output = trainer._generate_and_score_completions(batch)
        computed = log_probabilities(trainer, output)

    assert max(output["num_images"]) == images
    uneven = {len(row.ids) for row in sampled(output)}
    assert (len(uneven) > 1) == padded
    worst, compared = 0.0, 0
    for row, mine in enumerate(sampled(output)):
        at = mine.prompt
        while at < len(mine.ids):
            if not mine.own[at]:
                at += 1
                continue
            turn = next(turn for turn in turns if turn.prompt == tuple(mine.ids[:at]))
            while at < len(mine.ids) and mine.own[at]:
                place = at - len(turn.prompt)
                assert turn.tokens[place] == mine.ids[at]
                found = computed[row, at - mine.prompt].item()
                worst = max(worst, abs(found - turn.log_probabilities[place]))
                compared += 1
                at += 1
    assert compared == int(output["tool_mask"].mul(output["completion_mask"]).sum())
    assert compared > 10
    assert worst <= 1e-5


def test_a_rollout_is_the_episode_that_inference_runs(made: Made, checkpoint: Path):
    trainer, task = made(2), zooms(2)
    output = trainer._generate_and_score_completions(rows(trainer, [task]))
    live = trainer.environments[0].live

    policy = create_transformers_policy(
        model=str(checkpoint), dialect="ergo", device="cpu", max_tokens=48
    )
    settings = {"view_budget": 64, "min_crop_tokens": 16, "max_zooms": 2, "max_regions": 1}
    answer = ask(task.image, task.question, policy=policy, **settings)
    assert len(answer.views) == 3
    assert [view.digest for view in answer.views] == [view.digest for view in live.shown]
    assert [view.region for view in answer.views] == [v.region for v in live.rollout().views]
    assert answer.answer == live.rollout().answer

    # and the tokens are those that the checkpoint's own template makes of that episode
    processor = AutoProcessor.from_pretrained(checkpoint)
    processor.image_processor.size = trainer.processing_class.image_processor.size
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": trainer.train_dataset[0]["prompt"][0]["content"]}
    ]
    for turn in answer.turns:
        shown = [{"type": "image"} for _ in turn.views]
        messages.append(
            {"role": "user", "content": [*shown, {"type": "text", "text": turn.question}]}
        )
        messages.append({"role": "assistant", "content": turn.reply})
    text = processor.apply_chat_template(messages, tokenize=False)
    opened = [open_original(view.data) for view in live.shown]
    images = [one.shown(Region.whole(one.size), one.size) for one in opened]
    ids = processor(text=[text], images=images).input_ids[0]
    mine = sampled(output)[0].ids
    assert ids[: len(mine)] == mine
    assert processor.tokenizer.decode(ids[len(mine) :]).strip() == ""


def test_loss_is_on_the_policys_own_words_and_nothing_else(
    made: Made, monkeypatch: pytest.MonkeyPatch
):
    trainer = made(2)
    replies = [
        "<think>there</think><zoom>[14, 14, 84, 84]</zoom><|im_end|>",
        "<think>closer</think><zoom>[28, 28, 98, 98]</zoom><|im_end|>",
        "<think>so</think><answer>blue</answer><|im_end|>",
    ]
    batch = rows(trainer, [zooms(2)])
    scripted(trainer, [replies] * len(batch), monkeypatch)
    output = trainer._generate_and_score_completions(batch)
    image = trainer.model.config.image_token_id
    for row in sampled(output):
        own = [token for token, mine in zip(row.ids, row.own, strict=True) if mine]
        assert trainer._tokenizer.decode(own) == "".join(replies)
        assert image not in own
        assert row.ids[row.prompt :].count(image) == sum(
            view.tokens for view in trainer.environments[0].live.rollout().cropped
        )


def test_several_regions_are_shown_in_one_turn(
    checkpoint: Path, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    changes = (*BUDGET, "episode.max_regions=2", "grpo.num_generations=2")
    trainer = trainer_for(nano(checkpoint, examples, tmp_path, *changes))
    both = "<think></think><zoom>[14, 14, 84, 84]</zoom><zoom>[140, 140, 210, 210]</zoom><|im_end|>"
    batch = rows(trainer, [zooms(1)])
    answer = "<think></think><answer>blue</answer><|im_end|>"
    scripted(trainer, [[both, answer]] * len(batch), monkeypatch)
    output = trainer._generate_and_score_completions(batch)
    assert output["num_images"] == [3, 3]
    assert len(trainer.environments[0].live.rollout().cropped) == 2
