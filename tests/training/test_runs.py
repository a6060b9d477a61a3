"""Runs scored by the reward, and made into demonstrations."""

from pathlib import Path

import pytest

from ergo_agent import VisionAnswer
from ergo_agent.errors import SettingsError
from ergo_agent.images import open_original
from ergo_agent.training.demonstrations import (
    Exported,
    export_demonstrations,
    read_demonstrations,
)
from ergo_agent.training.reward import ErgoReward
from ergo_agent.training.reward_model import RewardModel
from ergo_agent.training.rollout import own_turns
from ergo_agent.training.runs import read_run, score_run
from ergo_agent.training.scenes.reader import mark_reader
from tests.support.runs import answering, episode, line, some_scene, write_run, zoom_into

SCENES = [some_scene(number) for number in range(3)]
ABSENT = some_scene(3, "absent")
NOT_FOUND = "<think>no</think><answer></answer><not_found/>"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six episodes: right, wrong, right in another form, failed, rightly not found, no image."""
    folder = tmp_path_factory.mktemp("run")
    one, two, three = SCENES
    wrong = "rows" if two.answers != ("rows",) else "bars"
    right = episode(folder, one, zoom_into(one), answering(*one.answers))
    lines = [
        line(one, right, scores={"exact": 1.0}),
        line(two, episode(folder, two, zoom_into(two), answering(wrong))),
        line(three, episode(folder, three, zoom_into(three), f"It is {three.answers[0]}")),
        line(one, None),
        line(ABSENT, episode(folder, ABSENT, NOT_FOUND)),
    ]
    write_run(folder, lines)
    return folder


def test_a_run_is_scored_line_by_line(run: Path):
    scored = list(score_run(run, ErgoReward(RewardModel(mark_reader()))))
    assert [one.total for one in scored] == [3.5, 2.5, 1.5, 0.0, 3.5]
    assert [one.error for one in scored] == [None, None, None, "the episode failed", None]


def test_right_answers_in_their_own_form_become_demonstrations(run: Path, tmp_path: Path):
    file = tmp_path / "sft.jsonl"
    dropped = {"wrong answer": 2, "failed": 1}
    assert export_demonstrations(run, file) == Exported(2, dropped)
    first, second = read_demonstrations(file)
    assert [turn.reply for turn in first.turns] == [zoom_into(SCENES[0]), answering(*first.answers)]
    assert [len(turn.views) for turn in first.turns] == [1, 1]
    assert second.answers == ()
    assert second.turns[0].reply == NOT_FOUND


def test_a_demonstration_is_what_was_asked_and_shown(run: Path, tmp_path: Path):
    export_demonstrations(run, tmp_path / "sft.jsonl")
    first = next(read_demonstrations(tmp_path / "sft.jsonl"))
    record = next(read_run(run))[1].record
    assert record is not None
    assert [turn.question for turn in first.turns] == [t.question for t in own_turns(record)]
    assert [view for turn in first.turns for view in turn.views] == record.views
    assert open_original(first.image).digest == first.facts.digest
    assert first.system is not None
    assert "<think>" in first.system


def test_every_episode_left_out_is_counted_with_its_reason(run: Path, tmp_path: Path):
    (_, right), *_ = read_run(run)
    assert right.record is not None
    lines = [
        {"record": right.record.model_dump(mode="json"), "answers": right.answers},
        line(SCENES[0], _with_turn(right.record, repairs=("smaller_view",))),
        line(SCENES[0], _with_turn(right.record, record={"tool_calls": []})),
        line(SCENES[0], _with_turn(right.record, second_question=True)),
    ]
    write_run(tmp_path, lines)
    exported = export_demonstrations(tmp_path, tmp_path / "sft.jsonl")
    assert exported.kept == 0
    assert exported.dropped == {
        "names no image": 1,
        "not as the policy saw and said it": 1,
        "replies in tool calls": 1,
        "a reply not in its dialect's form": 1,
    }


def _with_turn(of: VisionAnswer, **fields: object) -> VisionAnswer:
    turns = [turn.model_copy(update=fields) for turn in of.turns]
    return of.model_copy(update={"turns": turns})


def test_what_was_written_before_stays_where_a_line_is_wrong(run: Path, tmp_path: Path):
    good = (run / "records.jsonl").read_text().splitlines()[0]
    (tmp_path / "records.jsonl").write_text(f"{good}\n\n{{}}\n")
    (tmp_path / "sft.jsonl").write_text("before")
    with pytest.raises(
        SettingsError, match=r"records\.jsonl, line 3: record is missing; an object"
    ):
        export_demonstrations(tmp_path, tmp_path / "sft.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["records.jsonl", "sft.jsonl"]
    assert (tmp_path / "sft.jsonl").read_text() == "before"


def test_a_file_that_cannot_be_written_is_said_so(run: Path, tmp_path: Path):
    with pytest.raises(SettingsError, match=r"cannot be written .*; give a file in a folder"):
        export_demonstrations(run, tmp_path / "none" / "sft.jsonl")


def test_a_run_without_images_is_scored_only_without_the_region(run: Path, tmp_path: Path):
    (_, right), *_ = read_run(run)
    assert right.record is not None
    write_run(
        tmp_path, [{"record": right.record.model_dump(mode="json"), "answers": right.answers}]
    )
    with pytest.raises(SettingsError, match="line 1 names no image; the region reward takes one"):
        list(score_run(tmp_path, ErgoReward(RewardModel(mark_reader()))))
    (scored,) = score_run(tmp_path, ErgoReward(None, alpha=0))
    assert scored.total == 2.5


def test_the_words_of_an_evaluation_are_understood(run: Path, tmp_path: Path):
    (_, one), (_, two), *_ = read_run(run)
    lines = [
        {
            "gold": each.answers,
            "document": each.image,
            "right": right,
            "record": each.record and each.record.model_dump(mode="json"),
            "sample": "7",
            "mode": "ergo",
        }
        for each, right in ((one, False), (two, True))
    ]
    write_run(tmp_path, lines).rename(tmp_path / "samples.jsonl")
    scored = list(score_run(tmp_path, ErgoReward(RewardModel(mark_reader()))))
    assert [each.accuracy for each in scored] == [0, 1]  # as its scorer has found
    assert [each.region for each in scored] == [1, 1]
    assert export_demonstrations(tmp_path, tmp_path / "sft.jsonl").kept == 1
