"""`ergo-agent train`, as a person calls it: logged in full, repeatable, resumed after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from ergo_agent import ask
from ergo_agent.policies.local.transformers import create_transformers_policy
from ergo_agent.training.trainer.watch import last_whole_checkpoint

STEPS = 6
SMALL = (
    "grpo.per_device_train_batch_size=8",
    "grpo.num_generations=4",
    f"grpo.max_steps={STEPS}",
    "grpo.save_steps=2",
    "grpo.beta=0.1",  # so that a reference model is loaded, too
)
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


def command(
    method: str, checkpoint: Path, data: Path, output: Path, changes: Sequence[str] = SMALL
) -> list[str]:
    sets = [part for change in changes for part in ("--set", change)]
    folders = ["--model", str(checkpoint), "--data", str(data), "--output", str(output)]
    start = [sys.executable, "-m", "ergo_agent.apps.cli", "train", method, "--config", "nano"]
    return [*start, *folders, *sets]


def run(*arguments: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments), env=ENVIRONMENT, check=False, capture_output=True, text=True
    )


def curve(output: Path) -> list[dict[str, Any]]:
    """What was logged of each step, without what the clock says."""
    lines = (output / "metrics.jsonl").read_text("utf-8").splitlines()
    clock = {"step_time", "epoch"}
    return [{k: v for k, v in json.loads(line).items() if k not in clock} for line in lines]


@pytest.fixture(scope="module")
def whole(checkpoint: Path, examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the public command that was left alone."""
    output = tmp_path_factory.mktemp("runs") / "whole"
    done = run("grpo", checkpoint, examples, output)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(output / "final")
    return output


def test_every_step_is_logged_in_full(whole: Path):
    steps = curve(whole)
    assert [step["step"] for step in steps] == list(range(1, STEPS + 1))
    names = {"loss", "reward", "accuracy", "region", "box", "format", "share", "zooms", "entropy"}
    names |= {"vision_tokens", "unreadable", "cut_off", "completions/mean_length", "hit"}
    for step in steps:
        assert names <= step.keys()
        assert all(step[name] == step[name] for name in names)  # none is NaN
    events = EventAccumulator(str(next(whole.rglob("events.out.*")).parent)).Reload()
    assert {f"train/{name}" for name in names} <= set(events.Tags()["scalars"])
    with Image.open(whole / "curves.png") as picture:
        assert picture.width > 500


def test_what_was_trained_is_a_policy(whole: Path, examples: Path, checkpoint: Path):
    first = json.loads(examples.read_text("utf-8").splitlines()[0])
    policy = create_transformers_policy(
        model=str(whole / "final"), dialect="ergo", device="cpu", max_tokens=48
    )
    answer = ask(
        examples.parent / first["image"],
        first["question"],
        policy=policy,
        view_budget=16,
        min_crop_tokens=4,
        max_zooms=1,
        max_regions=1,
    )
    assert answer.turns
    before = json.loads((checkpoint / "tokenizer_config.json").read_text("utf-8"))
    after = json.loads((whole / "final" / "tokenizer_config.json").read_text("utf-8"))
    assert after.get("response_template") == before.get("response_template")
    template = "chat_template.jinja"
    assert (whole / "final" / template).read_text() == (checkpoint / template).read_text()


def test_a_run_that_was_killed_goes_on_to_the_same_curve(
    whole: Path, checkpoint: Path, examples: Path, tmp_path: Path
):
    output = tmp_path / "killed"
    process = subprocess.Popen(
        command("grpo", checkpoint, examples, output),
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while last_whole_checkpoint(output) is None:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    half = output / "checkpoint-99"  # one that was being written when the process was killed
    half.mkdir()
    done = run("grpo", checkpoint, examples, output)
    assert done.returncode == 0, done.stderr
    assert "going on from" in done.stderr
    # the same seed gives the same curve, whether it was killed or not
    assert curve(output) == curve(whole)

    refused = run("grpo", checkpoint, examples, output, (*SMALL, "grpo.learning_rate=1.0"))
    assert refused.returncode == 2
    assert "holds a run with another grpo" in refused.stderr
