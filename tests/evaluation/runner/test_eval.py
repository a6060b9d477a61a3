"""`ergo-agent eval` through inspect_ai: faults, kills, logs, retries."""

import gc
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import BaseMessage
from typer.testing import CliRunner

from benchmarks.faults import act, ask_all, expected_failures, write_questions
from ergo_agent.apps.cli import app
from ergo_agent.errors import PolicyUnreachableError
from tests.evaluation import layouts
from tests.support.documents import ROOT
from tests.support.misbehaving import serving
from tests.support.scripted import scripted

if TYPE_CHECKING:  # it takes two seconds to import, in each of the processes that collect tests
    from inspect_ai.log import EvalLog

pytestmark = [
    # inspect_ai leaves streams of anyio to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

SAMPLES = 60
HOW: dict[str, Any] = {"modes": ["coarse"], "patience": 5.0, "concurrency": 4}


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """What inspect_ai leaves is collected here, and not within somebody else's test."""
    yield
    gc.collect()


def test_sixty_samples_are_counted_whatever_fails_and_whoever_kills_it(tmp_path: Path):
    data = write_questions(tmp_path / "data", SAMPLES)
    with serving(act) as told:
        whole = ask_all(tmp_path / "whole", data, told.url, **HOW)
        folder = tmp_path / "killed"
        command = [sys.executable, "-m", "benchmarks.faults", "--child"]
        process = subprocess.Popen([*command, folder, data, told.url, json.dumps(HOW)], cwd=ROOT)
        journal = folder / "samples.jsonl"
        while process.poll() is None and _lines(journal) < SAMPLES // 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert SAMPLES // 3 <= _lines(journal) < SAMPLES
        resumed = ask_all(folder, data, told.url, **HOW)
    for mode in whole.modes:
        assert (mode.samples, mode.failed) == (SAMPLES, expected_failures(SAMPLES))
        assert mode.right == sum(
            number % 5 != 0 and number not in {1, 2, 51} for number in range(60)
        )
        assert set(mode.errors) == {
            "PolicyUnreachableError",
            "PolicyTimeoutError",
        }, "errors and resets, and what hangs"
    assert [m.without_times() for m in resumed.modes] == [m.without_times() for m in whole.modes]
    assert _lines(journal) == SAMPLES


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _reply(messages: list[BaseMessage]) -> str:
    found = re.search(r"number (\d)", messages[-1].text)
    assert found is not None
    if found[1] == "3":
        raise PolicyUnreachableError("made to fail")
    return f"<think>x</think><answer>({'AB'[int(found[1]) % 2]})</answer>"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        {
            "document": f"{number}.png",
            "question": f"What is number {number}?",
            "options": ["even", "odd"],
            "answer": "A",
        }
        for number in range(4)
    ]
    return layouts.own_lines(tmp_path / "data", rows)


def _logs(folder: Path) -> "list[EvalLog]":
    from inspect_ai.log import list_eval_logs, read_eval_log  # noqa: PLC0415  # see above

    found = list_eval_logs(str(folder / "logs"))
    return [read_eval_log(info, resolve_attachments=True) for info in found]


def test_the_command_prints_a_table_and_writes_one_folder(tmp_path: Path, data: Path):
    out = tmp_path / "run"
    arguments = ["eval", "jsonl", "--data", data, "--mode", "coarse,ergo", "--out", out]
    arguments += ["--budget", "64", "--concurrency", "2"]
    result = CliRunner().invoke(app, list(map(str, arguments)), obj=scripted(_reply))
    assert result.exit_code == 0, result.stderr
    assert re.search(r"coarse +4 +1 +50\.0%", result.stdout)
    assert re.search(r"ergo +4 +1 +50\.0%", result.stdout)
    assert {path.name for path in out.iterdir()} == {
        "episodes",
        "logs",
        "report.html",
        "samples.jsonl",
        "settings.json",
        "summary.json",
    }
    sample = json.loads((out / "samples.jsonl").read_text().splitlines()[0])
    assert sample["record"]["turns"][0]["reply"].endswith("</answer>")
    assert sample["tokens"]["predicted"] > 0
    assert json.loads((out / "settings.json").read_text())["versions"]["inspect_ai"]
    logs = _logs(out)
    assert [log.status for log in logs] == ["success", "success"]
    for log in logs:
        assert log.results is not None
        assert log.results.scores[0].metrics["mean"].value == 0.5, "of four, not of three"
        samples = log.samples or []
        assert sum(one.error is not None for one in samples) == 1
        shown = next(one for one in samples if one.error is None).messages[1].content
        assert not isinstance(shown, str)
        assert str(getattr(shown[0], "image", "")).startswith("data:image/jpeg;base64,")


def test_eval_retry_asks_again_what_failed_and_nothing_else(tmp_path: Path, data: Path):
    from inspect_ai import eval_retry  # noqa: PLC0415  # see above

    from ergo_agent.evaluation.runner import tasks  # noqa: PLC0415  # see above

    out = tmp_path / "run"
    arguments = ["eval", "jsonl", "--data", data, "--mode", "coarse", "--out", out]
    arguments += ["--budget", "64"]
    result = CliRunner().invoke(app, list(map(str, arguments)), obj=scripted(_reply))
    assert result.exit_code == 0, result.stderr
    policy = scripted("<think>x</think><answer>A</answer>")
    run = tasks._runs[str(out.resolve())]
    tasks.at_hand(type(run)(run.folder, run.settings, policy, retry_errors=True))
    (log,) = _logs(out)
    (again,) = eval_retry(log, log_dir=str(out / "logs"), display="none")
    assert again.status == "success"
    assert not any(sample.error for sample in again.samples or [])
    assert len(policy.model.received) == 1  # type: ignore[attr-defined]
    result = CliRunner().invoke(app, list(map(str, arguments)), obj=scripted(_reply))
    assert re.search(r"coarse +4 +0 +75\.0%", result.stdout)
