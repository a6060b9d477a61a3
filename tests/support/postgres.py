"""A PostgreSQL of the tests' own, on loopback, in a folder that is removed afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

__all__ = ["postgres_folder", "running_postgres"]

READY_SECONDS = 60
"""It is ready within 2 s on two idle cores."""


def postgres_folder() -> Path | None:
    """The folder of the newest `initdb` and `postgres` on this machine; None where there is none.

    Debian keeps them off the path, in a folder for each version.
    """
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "initdb").exists() and (found / "postgres").exists():
            return found
    there = shutil.which("initdb")
    if there is None or shutil.which("postgres", path=Path(there).parent) is None:
        return None
    return Path(there).parent


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a server that runs until the block ends."""
    programs = postgres_folder()
    assert programs is not None
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="ergo-postgres-"))
    try:
        if user:
            shutil.chown(folder, user["user"], user["group"])
        _init(programs, folder, user)
        with _server(programs, folder, user) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> dict[str, Any]:
    """Whom to run it as: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _init(programs: Path, folder: Path, user: dict[str, Any]) -> None:
    command = [
        *(str(programs / "initdb"), "--pgdata", str(folder / "data")),
        *("--username", "ergo", "--auth", "trust", "--no-sync"),
        *("--encoding", "UTF8", "--locale", "C"),
    ]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120, **user
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def _server(programs: Path, folder: Path, user: dict[str, Any]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)),
        *("-h", "127.0.0.1", "-k", str(folder), "-c", "fsync=off"),
    ]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output, **user)
    address = f"postgresql://ergo@127.0.0.1:{port}/postgres"
    try:
        _wait(address, process, log)
        yield address
    finally:
        process.send_signal(signal.SIGINT)  # a fast shutdown
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text("utf-8", "replace")
            assert time.monotonic() < end, log.read_text("utf-8", "replace")
            time.sleep(0.1)
        else:
            return
