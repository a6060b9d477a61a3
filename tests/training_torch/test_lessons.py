"""Supervision: what is learnt from demonstrations, and from which tokens."""

import json
from pathlib import Path

import pytest
import torch

from ergo_agent import ask
from ergo_agent.errors import StateError
from ergo_agent.policies.local.transformers import create_transformers_policy
from ergo_agent.training.demonstrations import export_demonstrations, read_demonstrations
from ergo_agent.training.trainer.config import read_config
from ergo_agent.training.trainer.outset import load_policy
from ergo_agent.training.trainer.run import train
from ergo_agent.training.trainer.sft import Lessons


@pytest.fixture(scope="module")
def demonstrations(
    checkpoint: Path, examples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """What the tiny checkpoint answered rightly about the examples, exported."""
    folder = tmp_path_factory.mktemp("episodes")
    policy = create_transformers_policy(
        model=str(checkpoint), dialect="ergo", device="cpu", max_tokens=48
    )
    lines = []
    for line in examples.read_text("utf-8").splitlines()[:4]:
        example = json.loads(line)
        image = examples.parent / example["image"]
        record = ask(image, example["question"], policy=policy, view_budget=16, max_zooms=1)
        kept = {"record": record.model_dump(mode="json"), "image": str(image)}
        lines.append(json.dumps({**kept, "answers": example["answers"]}) + "\n")
    (folder / "records.jsonl").write_text("".join(lines), "utf-8")
    to = folder / "demonstrations.jsonl"
    assert export_demonstrations(folder, to).kept >= 2
    return to


def test_labels_are_the_replies_and_nothing_else(checkpoint: Path, demonstrations: Path):
    config = read_config("nano", changes=[f"policy.model='{checkpoint}'"])
    processor = load_policy(config).processor
    lessons = list(read_demonstrations(demonstrations))[:2]
    batch = Lessons(lessons, processor)([{"lesson": 0}, {"lesson": 1}])
    for labels, lesson in zip(batch["labels"], lessons, strict=True):
        taught = labels[labels != -100]
        said = "".join(f"{turn.reply}<|im_end|>" for turn in lesson.turns)
        assert processor.tokenizer.decode(taught) == said
    views = sum(len(turn.views) for lesson in lessons for turn in lesson.turns)
    assert len(batch["image_grid_thw"]) == views
    padding = batch["attention_mask"] == 0
    assert not ((batch["labels"] != -100) & padding).any()


def test_another_image_under_the_same_name_is_refused(
    checkpoint: Path, demonstrations: Path, examples: Path
):
    config = read_config("nano", changes=[f"policy.model='{checkpoint}'"])
    lesson = next(read_demonstrations(demonstrations))
    other = lesson.model_copy(update={"image": str(examples.parent / "0007.png")})
    with pytest.raises(StateError, match="is another image"):
        Lessons([other], load_policy(config).processor)([{"lesson": 0}])


@pytest.mark.parametrize("lora", [False, True], ids=["full", "lora"])
def test_it_learns_what_it_is_shown(
    checkpoint: Path,
    demonstrations: Path,
    tmp_path: Path,
    lora: bool,  # noqa: FBT001
):
    changes = [
        f"policy.model='{checkpoint}'",
        "data.kind=demonstrations",
        f"data.path='{demonstrations}'",
        f"run.output='{tmp_path}'",
        "sft.max_steps=6",
        "sft.per_device_train_batch_size=2",
        "sft.save_steps=6",
        *(["lora.rank=4", "lora.alpha=8"] if lora else []),
    ]
    final = train(read_config("nano", changes=changes), "sft", report=lambda _: None)
    steps = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert steps[-1]["loss"] < steps[0]["loss"]
    trained = load_policy(read_config("nano", changes=[f"policy.model='{final}'"])).model
    start = load_policy(read_config("nano", changes=[f"policy.model='{checkpoint}'"])).model
    names = dict(start.named_parameters())
    moved = [n for n, p in trained.named_parameters() if not torch.equal(p, names[n])]
    assert moved
    assert all("proj" in name for name in moved) == lora
