"""Rollouts of the tiny checkpoint, sampled by the trainer, or said for it word by word."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from ergo_agent.training.trainer.config import TrainConfig, read_config
from ergo_agent.training.trainer.grpo import make_grpo_trainer
from ergo_agent.training.trainer.outset import load_policy
from ergo_agent.training.trainer.rollout_trainer import RolloutTrainer
from ergo_agent.training.trainer.tasks import Task
from scripts.tiny_checkpoint.pages import ask_for, draw_page

__all__ = [
    "Sampled",
    "Turn",
    "nano",
    "recorded",
    "rows",
    "sampled",
    "scripted",
    "trainer_for",
    "zooms",
]


def nano(checkpoint: Path, examples: Path, output: Path, *changes: str) -> TrainConfig:
    """The shipped config, with other folders."""
    named = (f"policy.model='{checkpoint}'", f"data.path='{examples}'", f"run.output='{output}'")
    return read_config("nano", changes=[*changes, *named]).checked("grpo")


def trainer_for(config: TrainConfig) -> RolloutTrainer:
    return make_grpo_trainer(config, load_policy(config))


def zooms(count: int, *, colour: str = "blue", centre: tuple[float, float] = (0.3, 0.7)) -> Task:
    """A page, and a question after which the tiny checkpoint zooms so often.

    On a page of 336 pixels its first crop is at full resolution where a processor taught it to draw
    small boxes, and then there is nothing to zoom into.
    """
    page = draw_page(side=336 * count, colour=colour, centre=centre)
    file = io.BytesIO()
    page.image.save(file, "PNG")
    return Task(file.getvalue(), ask_for(count), (colour,), needed=page.square)


def rows(trainer: RolloutTrainer, tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """A generation batch about some tasks, one rollout each; groups are filled up."""
    group = trainer.num_generations
    several = [*tasks] * group if len(tasks) % group else [*tasks]
    prompt = trainer.train_dataset[0]["prompt"]
    trainer.environment_factories[None]._tasks = several
    for environment in trainer._environment_pool[None]:
        environment._tasks = several
    return [{"prompt": prompt, "task": number} for number in range(len(several))]


class Turn(NamedTuple):
    """What was sampled for one row of one call."""

    prompt: tuple[int, ...]
    tokens: list[int]
    log_probabilities: list[float]


def recorded(trainer: RolloutTrainer, monkeypatch: pytest.MonkeyPatch) -> list[Turn]:
    """Every turn that the trainer samples from now on, with the policy's own log-probabilities.

    They are those of the decoding with its cache, one token at a time, at temperature 1.
    """
    turns: list[Turn] = []
    generate = trainer.model.generate

    def heard(**inputs: Any) -> torch.Tensor:
        made = generate(**inputs, output_logits=True, return_dict_in_generate=True)
        ids, mask = inputs["input_ids"], inputs["attention_mask"].bool()
        new = made.sequences[:, ids.shape[1] :]
        logits = torch.stack(made.logits, dim=1).float()
        chosen = logits.log_softmax(-1).gather(-1, new[..., None])[..., 0]
        for row in range(len(ids)):
            turns.append(
                Turn(tuple(ids[row][mask[row]].tolist()), new[row].tolist(), chosen[row].tolist())
            )
        return made.sequences

    monkeypatch.setattr(trainer.model, "generate", heard)
    return turns


def scripted(
    trainer: RolloutTrainer, replies: Sequence[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Say the replies of each row in place of the policy; a text without its end mark is cut."""
    said = [list(one) for one in replies]
    tokenizer = trainer._tokenizer

    def say(prompt_ids: list[list[int]], *_: Any, **__: Any) -> tuple[list[list[int]], None]:
        waiting = [
            at
            for at, environment in enumerate(trainer.environments)
            if not environment.live.over and said[at]
        ]
        assert len(waiting) == len(prompt_ids)
        return [tokenizer(said[at].pop(0)).input_ids for at in waiting], None

    monkeypatch.setattr(trainer, "_generate_single_turn", say)


class Sampled(NamedTuple):
    """One row of what the trainer made of its rollouts, without the padding."""

    ids: list[int]
    """Prompt and all that came after."""

    own: list[bool]
    """Which of them carry loss."""

    prompt: int
    """How many belong to the prompt."""


def sampled(output: dict[str, Any]) -> list[Sampled]:
    """The rows of a scored generation batch."""
    found = []
    for row in range(len(output["prompt_ids"])):
        before = output["prompt_ids"][row][output["prompt_mask"][row].bool()]
        kept = output["completion_mask"][row].bool()
        after = output["completion_ids"][row][kept]
        own = output["tool_mask"][row][kept].bool().tolist()
        ids = [*before.tolist(), *after.tolist()]
        found.append(Sampled(ids, [False] * len(before) + own, len(before)))
    return found
