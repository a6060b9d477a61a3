"""The start of the loophole's runs: it knows the answer, and looks anywhere."""

from pathlib import Path

import pytest
from langchain_core.messages import AIMessage

from benchmarks.loophole.__main__ import ARMS, START
from benchmarks.loophole.start import write_demonstrations
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Answer, Zoom
from ergo_agent.training.demonstrations import read_demonstrations
from ergo_agent.training.trainer.config import read_config
from scripts.tiny_pages import write_examples


def test_every_demonstration_zooms_somewhere_and_gives_the_answer(tmp_path: Path):
    examples = write_examples(tmp_path / "pages", count=6)
    demonstrations = list(read_demonstrations(write_demonstrations(examples, tmp_path, each=2)))
    assert len(demonstrations) == 12
    boxes = set()
    for one in demonstrations:
        first, last = one.turns
        zoom = ErgoDialect().read(AIMessage(first.reply), first.views)
        assert isinstance(zoom, Zoom)
        boxes.add(zoom.boxes[0].box)
        answer = ErgoDialect().read(AIMessage(last.reply), [*first.views, *last.views])
        assert isinstance(answer, Answer)
        assert answer.text == one.answers[0]
    assert len(boxes) > 6


def test_the_start_is_a_run_of_the_shipped_config():
    config = read_config("nano", changes=(*START, "data.path=demonstrations.jsonl"))
    assert config.checked("sft").sft["max_steps"] == 150


@pytest.mark.parametrize("changes", ARMS.values(), ids=ARMS)
def test_every_arm_is_a_run_of_the_shipped_config(changes: tuple[str, ...]):
    config = read_config("nano", changes=(*changes, "grpo.max_steps=3"))
    assert config.checked("grpo").reward.judge == "oracle"
