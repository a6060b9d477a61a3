"""`ergo-agent serve` with vLLM itself."""

import signal
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.serving import (
    CPU_ARGUMENTS,
    ServedModel,
    alive,
    free_port,
    launched,
    served,
)


def test_it_answers_under_the_served_name(server: ServedModel):
    assert httpx.get(server.base_url.replace("/v1", "/health")).status_code == 200
    (model,) = httpx.get(f"{server.base_url}/models").json()["data"]
    assert model["id"] == "ergo"
    assert model["root"] == str(server.checkpoint)
    assert model["max_model_len"] == 14_336  # what an episode with default settings needs


def test_it_is_its_own_group_of_processes(server: ServedModel):
    names = " ".join(" ".join(process.cmdline()) for process in server.processes())
    assert "serve" in names
    assert len(server.processes()) >= 3  # the launcher, the API server, the engine


def test_a_worker_that_is_killed_ends_it_with_an_error(checkpoint: Path, tmp_path: Path):
    """Nothing is left behind, and the log is named."""
    log = tmp_path / "log"
    with served(checkpoint, log) as model:
        processes = model.processes()
        engine = next(one for one in processes if "EngineCore" in " ".join(one.cmdline()))
        engine.kill()
        assert alive(processes, seconds=60) == []
    assert "Engine" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_loads_leaves_nothing_behind(
    checkpoint: Path, tmp_path: Path, number: signal.Signals
):
    log = tmp_path / "log"
    where = ("--model", str(checkpoint), "--port", str(free_port()), "--log", str(log))
    with launched(*where, "--", *CPU_ARGUMENTS) as process:
        launcher = psutil.Process(process.pid)
        while not launcher.children(recursive=True):
            assert process.poll() is None
            time.sleep(0.1)
        below = launcher.children(recursive=True)
        process.send_signal(number)
        assert process.wait(timeout=60) == 0  # before psutil reaps it, and its exit code with it
        assert alive(below, seconds=10) == []


def test_a_taken_port_is_refused_before_anything_is_loaded(server: ServedModel):
    port = server.base_url.removesuffix("/v1").rpartition(":")[2]
    with launched("--model", str(server.checkpoint), "--port", port) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 5
    assert f"port {port} of 127.0.0.1 cannot be used" in errors


def test_a_model_that_cannot_be_loaded_says_why(tmp_path: Path):
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    where = ("--model", str(tmp_path), "--port", str(free_port()), "--log", str(tmp_path / "log"))
    with launched(*where, "--", *CPU_ARGUMENTS) as process:
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 5
    assert "the server ended (exit code 1)" in errors
    assert str(tmp_path / "log") in errors
