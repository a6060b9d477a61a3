"""Reinforcement: from a config to TRL's trainer over rollouts."""

import random
from collections.abc import Sequence
from typing import Any

from datasets import Dataset
from trl import GRPOConfig

from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import SettingsError
from ergo_agent.policies.local.transformers.checkpoint import Checkpoint
from ergo_agent.training.reward import ErgoReward
from ergo_agent.training.trainer.config import TrainConfig
from ergo_agent.training.trainer.environment import RolloutEnvironment
from ergo_agent.training.trainer.judges import reward_of
from ergo_agent.training.trainer.live import LiveRollout
from ergo_agent.training.trainer.options import trainer_options
from ergo_agent.training.trainer.outset import adapters, dialect_of
from ergo_agent.training.trainer.rollout_trainer import RolloutTrainer
from ergo_agent.training.trainer.tasks import FileTasks, SceneTasks, Tasks
from ergo_agent.training.trainer.told_reward import ToldReward

__all__ = ["completion_room", "make_grpo_trainer", "tasks_of"]


def tasks_of(config: TrainConfig) -> Tasks:
    """What the policy is asked.

    Raises:
        SettingsError: If the data cannot be read, or there is none.
    """
    data = config.data
    if data.kind == "examples":
        assert data.path is not None  # `TrainConfig.checked`
        return FileTasks(data.path)
    return SceneTasks(data.count, seed=data.seed, families=data.families, start=data.start)


def completion_room(config: TrainConfig, settings: VisionSettings) -> int:
    """Tokens that everything after a rollout's prompt may need, so that nothing is ever left out.

    A reply for each zoom and one more; the text of a turn after each; and all vision tokens that
    the episode may spend. The coarse view is in the prompt and counted again: a little too much
    costs nothing, TRL fills up to the longest rollout of a batch.
    """
    replies = settings.max_zooms + 2  # the last question may follow a zoom that showed nothing new
    turns = config.policy.reply_tokens + config.policy.turn_tokens
    return replies * turns + settings.episode_budget


def make_grpo_trainer(
    config: TrainConfig,
    checkpoint: Checkpoint,
    *,
    reward: ErgoReward | None = None,
    callbacks: list[Any] | None = None,
) -> RolloutTrainer:
    """The trainer of a run.

    Args:
        config: The run.
        checkpoint: What `load_policy` loaded.
        reward: The config's when left out.
        callbacks: Transformers' own, told of each step.

    Raises:
        SettingsError: If TRL refuses a setting, or the data cannot be used.
    """
    settings, dialect, tasks = config.settings, dialect_of(config), tasks_of(config)
    given = config.grpo
    generation = {
        **given.get("generation_kwargs", {}),
        "max_new_tokens": config.policy.reply_tokens,
    }
    options = trainer_options(
        GRPOConfig,
        {**given, "generation_kwargs": generation},
        config=config,
        max_completion_length=completion_room(config, settings),
        shuffle_dataset=False,
    )
    _check_whole_steps(options)
    order = _order(len(tasks), options)
    trainer = RolloutTrainer(
        model=checkpoint.model,
        reward_funcs=ToldReward(reward or reward_of(config)),
        args=options,
        train_dataset=_rows(dialect, order),
        processing_class=checkpoint.processor,
        callbacks=callbacks,
        peft_config=adapters(config.lora),
        environment_factory=_Environments(dialect, settings, tasks),
    )
    if trainer.chat_template is not None:
        raise SettingsError(
            "the checkpoint's chat template renders a turn otherwise once another one follows, "
            "and TRL would replace it; train from one of the Qwen2.5-VL family"
        )
    return trainer


def _check_whole_steps(options: GRPOConfig) -> None:
    """Rollouts are sampled anew for each step: else a resumed run would sample others."""
    if options.steps_per_generation != options.gradient_accumulation_steps:
        raise SettingsError(
            f"steps_per_generation={options.steps_per_generation} is not "
            f"gradient_accumulation_steps={options.gradient_accumulation_steps}; leave it out, so "
            "that a checkpoint never lies between rollouts and their update"
        )


def _order(count: int, options: GRPOConfig) -> list[int]:
    """The tasks of all steps, shuffled anew for each pass over them, as one long pass.

    TRL's own sampler draws the order of a pass when it begins, and a resumed run begins once more:
    it would go on with other tasks than the run that was killed.
    """
    prompts = options.generation_batch_size // options.num_generations
    steps = options.max_steps
    if steps <= 0:
        steps = max(1, int(options.num_train_epochs * count) // prompts)
        options.num_train_epochs = 1
    chance = random.Random(options.seed)  # noqa: S311  # an order, not a secret
    order: list[int] = []
    while len(order) < steps * prompts:
        order += chance.sample(range(count), count)
    return order[: steps * prompts]


def _rows(dialect: Dialect, order: Sequence[int]) -> Dataset:
    """The data set: numbers of tasks, and the prompt that each environment completes."""
    system = dialect.system_prompt()
    prompt = [] if system is None else [{"role": "system", "content": system}]
    prompt.append({"role": "user", "content": ""})
    return Dataset.from_dict({"prompt": [prompt] * len(order), "task": list(order)})


class _Environments:
    """Makes environments, which share the memory of the process.

    So the rollouts of a group decode their page once: 64 rollouts of 8 scenes take 1.1 s of a core
    for views and graph in place of 2.3.
    """

    def __init__(self, dialect: Dialect, settings: VisionSettings, tasks: Tasks) -> None:
        self._dialect, self._settings, self._tasks = dialect, settings, tasks

    def __call__(self) -> RolloutEnvironment:
        live = LiveRollout(self._dialect, settings=self._settings)
        return RolloutEnvironment(live, self._tasks)
