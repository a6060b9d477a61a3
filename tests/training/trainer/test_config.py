"""A run's config: what is wrong with it shows before anything is loaded."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ergo_agent.apps.cli import app
from ergo_agent.errors import SettingsError
from ergo_agent.training.trainer.config import SHIPPED, read_config

CONFIGS = Path(__file__).parents[3] / "ergo_agent" / "training" / "trainer" / "configs"
MARKS = ("# known", "# ?", "# chosen")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_config_can_be_trained(name: str):
    config = read_config(name).checked("grpo")
    assert config.grpo["max_steps"] > 0
    demonstrations = ("data.kind=demonstrations", "data.path=x.jsonl")
    assert read_config(name, changes=demonstrations).checked("sft").sft


def test_every_setting_of_ergo_7b_is_marked():
    lines = (CONFIGS / "ergo-7b.toml").read_text("utf-8").splitlines()
    settings = [line for line in lines if "=" in line and not line.startswith("#")]
    unmarked = [line for line in settings if not any(mark in line for mark in MARKS)]
    assert unmarked == ['path = "questions.jsonl"', 'output = "runs/ergo-7b"']
    assert sum("# known" in line for line in settings) >= 8


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["run"], "give table.key=value"),
        (["policy.modle=x"], r"policy.modle = .* cannot be used"),
        (["reward.box=soft"], r"reward.box = 'soft' cannot be used"),
        (["episode.view_budgett=3"], "there is no setting 'view_budgett'"),
        (["grpo.max_completion_length=9"], "follows from the tables"),
        (["episode.deadline=3.0"], "have no place in training"),
        (["grpo.output_dir=x"], "follows from the tables"),
        (["data.kind=demonstrations"], "cannot be trained on by grpo"),
        (["data.path="], "needs data.path"),
        (["run.output="], "no folder for the run"),
        (["reward.judge=model", "reward.policy=nobody"], "policy='nobody' is unknown"),
    ],
)
def test_what_cannot_be_trained_is_refused(changes: list[str], message: str):
    with pytest.raises(SettingsError, match=message):
        read_config("nano", changes=changes).checked("grpo")


def test_a_file_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"cannot be read.*nano, ergo-7b"):
        read_config(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("[", "utf-8")
    with pytest.raises(SettingsError, match="is no TOML"):
        read_config(tmp_path / "bad.toml")


def test_the_command_says_what_is_wrong_in_one_line():
    done = CliRunner().invoke(app, ["train", "grpo", "--config", "nowhere.toml"])
    assert done.exit_code == 2
    assert done.stderr.startswith("error: nowhere.toml cannot be read")
    assert done.stderr.count("\n") == 1
