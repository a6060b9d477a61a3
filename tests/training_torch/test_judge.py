"""A checkpoint judges the crops of a run, in place of an oracle."""

import json
from pathlib import Path

import pytest

from ergo_agent.training.trainer.run import train
from tests.training_torch.rollouts import nano

STEPS = 2
CHANGES = (
    "reward.judge=model",
    "reward.policy=transformers",
    "reward.dialect=ergo",
    "grpo.per_device_train_batch_size=4",
    "grpo.num_generations=2",
    f"grpo.max_steps={STEPS}",
    "grpo.save_steps=2",
)


def test_a_run_is_judged_by_a_checkpoint(
    checkpoint: Path, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ERGO_DIALECT", raising=False)
    config = nano(checkpoint, examples, tmp_path, *CHANGES)
    train(config, "grpo", report=lambda _: None)
    steps = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert [step["step"] for step in steps] == [1, 2]
    assert all(step["judge_errors"] == 0 for step in steps)
    assert all(step["loss"] == step["loss"] for step in steps)  # none is NaN
    # an oracle is sure of a crop or not; this one is a model, and says what it sees in it
    assert sum(step["region"] for step in steps) > 0
