"""A batch over a real Ray cluster: an actor is killed, the driver is killed and started again.

Run it with `make test-ray`, which has an environment of its own: Ray takes 640 MB.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.batch import killed_twice
from ergo_agent.batch import Cluster, run_batch
from ergo_agent.errors import BatchError
from tests.support.batch_process import (
    AT_ONCE,
    BatchProcess,
    Plan,
    calls_of,
    check_results,
    write_inputs,
)
from tests.support.serving import free_port

RAY = Path(sys.executable).with_name("ray")
ACTORS = 2


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster with two CPUs; RAY_ADDRESS says it to whom it may concern."""
    address = f"127.0.0.1:{free_port()}"
    log = tmp_path_factory.mktemp("ray") / "log"
    options = ("--num-cpus=2", "--include-dashboard=false", "--object-store-memory=100000000")
    command = [RAY, "start", "--head", "--block", f"--port={address.partition(':')[2]}", *options]
    with log.open("wb") as file, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ADDRESS", address)
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        process = subprocess.Popen(command, stdout=file, stderr=file)
        try:
            _wait_for(address, process, log)
            yield address
        finally:
            started = psutil.Process(process.pid).children(recursive=True)
            for each in (*started, process):
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            process.wait(60)


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        found = subprocess.run(
            [RAY, "health-check", f"--address={address}"], capture_output=True, check=False
        )
        if found.returncode == 0:
            return
        time.sleep(0.5)
    raise AssertionError(log.read_text())


@pytest.mark.usefixtures("cluster")
def test_a_driver_that_is_killed_twice_loses_nothing(tmp_path: Path):
    found = killed_twice(tmp_path, 150, actors=ACTORS)
    assert (found.lost, found.twice) == (0, 0)
    assert found.repeated <= found.said <= 2 * ACTORS * AT_ONCE


@pytest.mark.usefixtures("cluster")
def test_an_actor_that_is_killed_loses_nothing(tmp_path: Path):
    rows = 150
    write_inputs(tmp_path, rows)
    process = BatchProcess(Plan(str(tmp_path), 0.1, ACTORS))
    process.wait_for_calls(rows // 4)
    lines = (tmp_path / "calls").read_text().splitlines()
    os.kill(int(lines[-1].split()[1]), signal.SIGKILL)
    summary = process.result()
    repeated = sum(calls_of(tmp_path).values()) - rows
    assert check_results(tmp_path, rows) == (0, 0)
    assert 0 < repeated <= summary["repeated"] <= AT_ONCE


@pytest.mark.usefixtures("cluster")
def test_rows_go_to_the_policy_that_is_named(tmp_path: Path):
    (tmp_path / "in.jsonl").write_text('{"document": "no.png", "question": "q?"}\nnonsense\n')
    summary = run_batch(
        tmp_path / "ws", tmp_path / "in.jsonl", policy="ocr", cluster=Cluster(actors=1)
    )
    assert summary.by_error == {"ImageNotFoundError": 1, "RowError": 1}


def test_without_a_cluster_it_says_how_to_have_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{free_port()}")
    (tmp_path / "in.jsonl").write_text('{"document": "no.png", "question": "q?"}\n')
    with pytest.raises(BatchError, match="no Ray cluster to be reached"):
        run_batch(tmp_path / "ws", tmp_path / "in.jsonl", policy="ocr", cluster=Cluster())
