"""`ergo-agent mcp`: what it refuses before it serves."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ergo_agent._common.installation import install_command
from ergo_agent.apps.cli import app
from tests.support.terminals import opened_terminal, shown_until

ROOT = Path(__file__).parents[3]

WITHOUT_MCP = """
import sys
sys.modules["mcp"] = None
from ergo_agent.apps.cli import main
sys.argv = ["ergo-agent", "mcp", "--root", "."]
main()
"""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--root"),
        (["--root", "absent"], "--root absent is no folder"),
        (["--root", ".", "--transport", "pigeon"], "--transport pigeon is unknown"),
        (["--root", ".", "--policy", "nobody"], "policy='nobody' is unknown"),
        (["--root", ".", "--budget", "1"], "view_budget=1"),
        (["--root", ".", "--transport", "http", "--port", "99999"], "65535"),
        (["--root", ".", "--transport", "http", "--host", "no such host"], "--host no such host"),
    ],
)
def test_wrong_usage(options: list[str], message: str):
    result = CliRunner().invoke(app, ["mcp", *options])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_taken_port(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        options = ["mcp", "--root", str(tmp_path), "--transport", "http", "--port", port]
        result = CliRunner().invoke(app, options)
    assert result.exit_code == 2
    assert f"--port {port} cannot be listened on" in result.stderr


def test_on_a_terminal_it_says_what_it_waits_for(tmp_path: Path):
    command = [sys.executable, "-m", "ergo_agent.apps.cli", "mcp", "--root", str(tmp_path)]
    with (
        opened_terminal() as (ours, theirs),
        subprocess.Popen(
            command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT
        ) as running,
    ):
        os.close(theirs)
        assert "waiting for an MCP client" in shown_until(ours, "Ctrl-C ends it.\n")
        running.kill()
        assert running.communicate()[0] == b""  # which is the protocol's


def test_without_the_sdk_it_says_what_to_install():
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_MCP], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 5
    assert ran.stderr == f"error: an MCP server needs an extra: {install_command('mcp')}\n"
