"""`ergo-agent batch`: what it prints, tells and refuses."""

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from ergo_agent.apps.cli import app
from tests.support.scripted import scripted

ANSWER = "<think>t</think><answer>A. red</answer>"


@pytest.fixture
def folder(tmp_path: Path):
    (tmp_path / "scans").mkdir()
    Image.new("RGB", (300, 200), "red").save(tmp_path / "scans" / "a.png")
    return tmp_path


def run(folder: Path, *options: object):
    arguments = ["batch", folder / "ws", "--inputs", folder / "scans", *options]
    return CliRunner().invoke(app, [*map(str, arguments)], obj=scripted(ANSWER))


def test_it_says_what_it_came_to_and_where_the_results_are(folder: Path):
    result = run(folder, "--question", "one?", "--question", "two?", "--prices", "1,10")
    assert result.exit_code == 0, result.output
    place, *told = result.stdout.splitlines()
    answers = [json.loads(line)["answer"] for line in Path(place).read_text().splitlines()]
    assert answers == ["A. red"] * 2
    assert told[0] == "  2 rows: 2 done, 0 failed"
    assert "200 input (80 cached) and 20 output tokens reported" in result.stdout
    assert "cost 0.0004" in result.stdout
    assert "2 of 2: " in result.stderr
    assert "cost 0.00" in result.stderr


def test_as_json_and_quietly(folder: Path):
    (folder / "scans" / "b.png").write_bytes(b"no image")
    result = run(folder, "--question", "one?", "--json", "--quiet")
    assert result.exit_code == 4
    told = json.loads(result.stdout)
    assert (told["rows"], told["failed"]) == (2, 1)
    assert told["by_error"] == {"ImageFormatError": 1}
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "nothing is asked about the input"),
        (["--question", "q", "--engine", "spark"], "--engine spark is unknown"),
        (["--question", "q", "--prices", "free"], "the prices 'free' are none"),
        (["--question", "q", "--schema", "a.json"], "give one of them"),
        (["--schema", "nothing.json"], "nothing.json cannot be read"),
        (["--question", "q", "--inputs", "nothing"], "'nothing' leads to no file"),
    ],
)
def test_wrong_usage_is_one_line(folder: Path, options: list[str], why: str):
    result = run(folder, *options)
    assert (result.exit_code, why in result.stderr) == (2, True), result.stderr
    assert not (folder / "ws" / "results.jsonl").exists()
