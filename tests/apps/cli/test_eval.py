"""`ergo-agent eval`: what it lists and refuses before anything is asked."""

import importlib.util
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ergo_agent._common.installation import install_command
from ergo_agent.apps.cli import app
from tests.evaluation import layouts


def run(*arguments: object):
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_benchmarks_are_listed_with_their_sources():
    result = run("list")
    assert result.exit_code == 0
    assert "vstar: V*, scored by choice; test_questions.jsonl" in result.stdout
    assert "https://huggingface.co/datasets/craigwu/vstar_bench" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["vstarr"], "there is no benchmark 'vstarr'"),
        (["vstar"], "give --data"),
        (["vstar", "--data", "nowhere", "--mode", "zoom"], "'zoom' is no mode"),
        (["vstar", "other", "--data", "x"], "only compare takes runs"),
        (["compare", "one"], "compare takes two runs, 1 given"),
        (["compare", "one", "two"], "one holds no run that can be read"),
        (["jsonl", "--data", ".", "--trials", "0"], "trials=0"),
        (["jsonl", "--data", ".", "--budget", "0"], "view_budget=0"),
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], said: str):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_without_the_extra_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "inspect_ai" else found(name)
    )
    rows = [{"document": "a.png", "question": "q", "answer": "x"}]
    result = run("jsonl", "--data", layouts.own_lines(tmp_path, rows))
    assert result.exit_code == 5
    assert install_command("eval") in result.stderr
