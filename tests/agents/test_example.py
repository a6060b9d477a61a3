"""The example of an agent runs as it stands, with no key and no network."""

import os
import subprocess
from pathlib import Path

from tests.support.agents import save_grid
from tests.support.forked import run_forked
from tests.support.tool_server import tool_server, wire_call

EXAMPLE = Path(__file__).parents[2] / "examples" / "langchain_agent.py"


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_forked(EXAMPLE, *arguments, cwd=cwd, env={**os.environ, **environment})


def test_the_agent_answers_from_the_image_that_it_was_sent(tmp_path: Path):
    ran = run(cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    asked, called, told, _, said = ran.stdout.splitlines()
    assert asked == "human: What is the invoice number?"
    assert called.startswith("agent calls look_at_image({'image': 'image 1'")
    assert told.startswith("tool: ")
    assert "TL-20418" in told
    assert said == "ai: That is what the image says."


def test_with_a_key_any_model_does_it(tmp_path: Path):
    """OpenAI's own client, against a server that refuses what OpenAI's refuses."""
    small = save_grid(tmp_path / "page.png", columns=30, rows=20)
    call = wire_call("look_at_image", {"image": "image 1", "question": "What?"})
    replies = ({"tool_calls": [call]}, {"content": "It holds no text."})
    with tool_server(*replies, tools={"look_at_image"}) as server:
        ran = run(
            *("--model", "openai:some-model", "--image", str(small)),
            cwd=tmp_path,
            OPENAI_API_KEY="key",
            OPENAI_BASE_URL=server.url,
        )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("ai: It holds no text.\n")
    assert len(server.bodies) == 2
    shown = server.bodies[0]["messages"][1]["content"]
    assert shown[1]["text"].startswith("image 1: 3000x2000 pixels, shown reduced to")
    assert shown[2]["type"] == "image_url"
    assert server.bodies[1]["messages"][-1]["content"].startswith("Not found in the image")


def test_what_cannot_be_used_is_one_line_and_not_a_traceback(tmp_path: Path):
    ran = run("--image", "absent.png", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr
