"""Greedy episodes about scenes that served no choice, by family, with intervals.

The episodes are those of the graph, as in training, and many run side by side: each turn of all
that are not over is sampled in one batch.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch

from ergo_agent.dialects import ErgoDialect
from ergo_agent.evaluation.statistics.intervals import Estimate, mean
from ergo_agent.policies.local.transformers.checkpoint import Checkpoint
from ergo_agent.training.reward import ErgoReward
from ergo_agent.training.reward_model import RewardModel
from ergo_agent.training.rollout import Rollout
from ergo_agent.training.scenes.reader import mark_reader
from ergo_agent.training.trainer.live import LiveRollout
from ergo_agent.training.trainer.tasks import SceneTasks, Task
from scripts.nano.asked import SETTINGS

__all__ = ["CHOICE_SEED", "MEASURES", "TEST_SEED", "Sat", "examine", "run_episodes"]

CHOICE_SEED, TEST_SEED = 3, 4
"""Of the scenes that rates and steps were chosen by, and of those that were only tested on."""

MEASURES = ("reward", "accuracy", "region", "hit", "share", "format")
_AT_ONCE = 64
_REPLY = 48


class Sat(NamedTuple):
    """An episode that was scored: one number for each of `MEASURES`."""

    reward: float
    accuracy: float
    region: float
    hit: float
    share: float
    format: float


def examine(
    checkpoint: Checkpoint, family: str, *, seed: int, count: int
) -> dict[str, Estimate | None]:
    """The means over a family's scenes, with 95 % intervals.

    `hit` is the share of scenes whose mark lies within a crop whole, of those that have one.

    Args:
        checkpoint: The policy.
        family: Of scenes.
        seed: Of the scenes.
        count: How many.
    """
    tasks = SceneTasks(count, seed=seed, families=(family,))
    reward = ErgoReward(RewardModel(mark_reader()), box="gated")
    sat: list[Sat] = []
    for first in range(0, count, _AT_ONCE):
        asked = [tasks[number] for number in range(first, min(count, first + _AT_ONCE))]
        sat += _scored(run_episodes(checkpoint, asked), reward)
    found: dict[str, Estimate | None] = {}
    for at, name in enumerate(MEASURES):
        values = [each[at] for each in sat if each[at] == each[at]]  # not NaN
        found[name] = mean(values, [str(number) for number in range(len(values))])
    return found


def run_episodes(
    checkpoint: Checkpoint, tasks: Sequence[Task], *, temperature: float = 0.0
) -> list[Rollout]:
    """One episode for each task, side by side.

    Args:
        checkpoint: The policy.
        tasks: What is asked.
        temperature: 0 is greedy.
    """
    dialect = ErgoDialect()
    lives = [LiveRollout(dialect, settings=SETTINGS) for _ in tasks]
    turns: list[list[dict[str, Any]]] = []
    for live, task in zip(lives, tasks, strict=True):
        system = {"role": "system", "content": dialect.system_prompt()}
        turns.append([system, {"role": "user", "content": live.begin(task)}])
    while waiting := [at for at, live in enumerate(lives) if not live.over]:
        replies = _replies(checkpoint, [turns[at] for at in waiting], temperature)
        for at, (text, whole) in zip(waiting, replies, strict=True):
            turns[at].append({"role": "assistant", "content": text})
            if not whole:
                lives[at].cut_off()
            elif parts := lives[at].say(text):
                turns[at].append({"role": "user", "content": parts})
    return [live.rollout() for live in lives]


def _replies(
    checkpoint: Checkpoint, conversations: Sequence[Any], temperature: float
) -> Iterator[tuple[str, bool]]:
    """Each reply, and whether it came to its own end."""
    processor = checkpoint.processor
    texts = [
        processor.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        for turns in conversations
    ]
    images = [
        part["image"]
        for turns in conversations
        for turn in turns
        if isinstance(turn["content"], list)
        for part in turn["content"]
        if part["type"] == "image"
    ]
    batch = processor(
        text=texts,
        images=images,
        return_tensors="pt",
        padding=True,
        padding_side="left",
        return_mm_token_type_ids=True,
    )
    drawn = {"do_sample": True, "temperature": temperature} if temperature else {}
    with torch.inference_mode():
        made = checkpoint.model.generate(**batch, max_new_tokens=_REPLY, **drawn)
    for row in made[:, batch["input_ids"].shape[1] :].tolist():
        end = next((at for at, token in enumerate(row) if token in checkpoint.ends), None)
        yield processor.tokenizer.decode(row[:end], skip_special_tokens=True), end is not None


def _scored(rollouts: Sequence[Rollout], reward: ErgoReward) -> Iterator[Sat]:
    for rollout, given in zip(rollouts, reward.scored(rollouts), strict=True):
        hit = float("nan")
        if rollout.needed is not None:
            hit = float(any(view.region.contains(rollout.needed) for view in rollout.cropped))
        yield Sat(given.total, given.accuracy, given.region, hit, given.share, given.format)
