"""The example of an agent runs as it stands, with no key and no network."""

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "langchain_agent.py"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLE), *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_agent_answers_from_the_image_that_it_was_sent(tmp_path: Path):
    ran = run(cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    asked, called, told, said = ran.stdout.splitlines()[:2] + ran.stdout.splitlines()[-3:-1]
    assert asked == "human: What is the invoice number?"
    assert called.startswith("agent calls look_at_image({'image': 'image 1'")
    assert "TL-20418" in ran.stdout
    assert told
    assert said


def test_what_cannot_be_used_is_one_line_and_not_a_traceback(tmp_path: Path):
    ran = run("--image", "absent.png", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr
