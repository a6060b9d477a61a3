"""Progress on a terminal: a real pseudo-terminal and the installed command."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from tests.support.pictures import save_picture

PROGRAM = """
from ergo_agent.cli import app
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
app(obj=scripted(ZOOM, "<answer>A. red</answer>", seconds=0.5))
"""


def test_a_terminal_shows_a_spinner_with_stage_and_tokens_and_a_pipe_the_answer(tmp_path: Path):
    page = save_picture(tmp_path, size=(2000, 1500))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, "ask", str(page), "What colour?"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=Path(__file__).parents[1],
        env=environment,
        text=True,
    ) as running:
        os.close(theirs)
        shown = _all_of(ours)
        answer, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert answer.splitlines()[0] == "A. red"
    assert "\x1b[?25l" in shown  # the cursor is hidden while the spinner turns
    stages = re.findall(r"\x1b\[0m ([a-z ]+) \.\.\. ([\d,]+) of 5,120 vision tokens", shown)
    assert set(stages) >= {
        ("opening the image", "0"),
        ("reading what is shown", "1,230"),
        ("reading what is shown", "1,342"),
    }
    assert re.search(r"view 2: pixels \(\d+, \d+, \d+, \d+\)", shown)
    assert "turn 2: answers" in shown
    assert "\x1b[?25h" in shown  # and it is given back


def _all_of(terminal: int) -> str:
    """What a process writes to a terminal until it closes it."""
    written = b""
    while True:
        try:
            more = os.read(terminal, 65_536)
        except OSError:  # Linux says so where the other end is closed
            more = b""
        if not more:
            os.close(terminal)
            return written.decode("utf-8", "replace")
        written += more
