"""Progress on a terminal: a real pseudo-terminal and the installed command."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.pictures import save_picture
from tests.support.terminals import opened_terminal, written_to

PROGRAM = """
from ergo_agent.apps.cli import app
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
app(obj=scripted(ZOOM, "<answer>A. red</answer>", seconds=0.5))
"""


def test_a_terminal_shows_a_spinner_with_stage_and_tokens_and_a_pipe_the_answer(tmp_path: Path):
    page = save_picture(tmp_path, size=(2000, 1500))
    command = [sys.executable, "-c", PROGRAM, "ask", str(page), "What colour?"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with (
        opened_terminal() as (ours, theirs),
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=theirs,
            cwd=Path(__file__).parents[3],
            env=environment,
            text=True,
        ) as running,
    ):
        os.close(theirs)
        shown = written_to(ours)
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
