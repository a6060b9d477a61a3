"""The server as a client starts it: a child process that talks over its stdin and stdout."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.support.mcp_clients import ERAS, ROOT, connected, servers, stdio_server
from tests.support.misbehaving import hang, serving
from tests.support.serving import alive

EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize("era", ERAS)
async def test_it_is_asked_and_answers(era: str):
    async with connected(stdio_server("--root", EXAMPLES), era=era) as client:
        running = servers()
        tools = await client.tools()
        told = await client.call(
            "ask_image", image="page.png", question="What is the invoice number?"
        )
    assert set(tools) == {"ask_image", "extract", "observe", "zoom"}
    for tool in tools.values():
        assert tool["annotations"]["readOnlyHint"] is True
        assert not {"roots", "context"} & tool["inputSchema"]["properties"].keys()
        assert tool["outputSchema"]["properties"]
    assert not told.error
    assert told.facts is not None
    assert "TL-20418" in told.facts["answer"]
    assert told.text.startswith(told.facts["answer"])
    check_cost_and_place(told.facts)
    said = [message for _, _, message in client.progress]
    assert said[0].startswith("view 1: the whole image, shown at ")
    assert said[1].startswith("turn 1: asks to see a region closer")
    assert said[-1].startswith(f"turn {told.facts['cost']['views']}: answers")
    views = [message for message in said if message.startswith("view ")]
    assert len(views) == told.facts["cost"]["views"]
    assert [step for step, _, _ in client.progress] == list(range(1, len(said) + 1))
    assert len(running) == 1
    assert alive(running, seconds=20) == []


def check_cost_and_place(facts: dict) -> None:
    """The places lie in the original, and more was saved than spent."""
    original, cost = facts["original"], facts["cost"]
    assert (original["width"], original["height"]) == (2481, 3508)
    left, top, right, bottom = facts["places"][0]["region"]
    assert 0 <= left < right <= original["width"]
    assert 500 < top < bottom < 700  # where the example's page has its number
    assert 0 < cost["vision_tokens"] < cost["full_resolution_tokens"]


async def test_taking_a_question_back_ends_its_episode():
    with serving(hang) as policy:
        served = stdio_server(*("--root", EXAMPLES, "--policy", "served"), ERGO_BASE_URL=policy.url)
        async with connected(served, era=ERAS[0]) as client:
            await client.cancelled(
                "ask_image", _set_by(policy.asked.wait), image="page.png", question="What is it?"
            )
            assert await asyncio.to_thread(policy.requests[0].closed.wait, 20)
            told = await client.call("observe", image="page.png")
            assert not told.error  # it goes on serving
        assert len(policy.requests) == 1


def _set_by(wait: Callable[[float], bool]) -> asyncio.Event:
    """An event that is set when another thread has seen something."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch() -> None:
        assert wait(100)
        loop.call_soon_threadsafe(event.set)

    loop.run_in_executor(None, watch)
    return event


@pytest.mark.parametrize(("ending", "status"), [("eof", 0), ("SIGTERM", -15), ("SIGINT", -2)])
def test_it_ends_however_the_client_goes(ending: str, status: int):
    how = stdio_server("--root", EXAMPLES)
    process = subprocess.Popen(
        [how.command, *how.args],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(json.dumps(HELLO) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "ergo-agent"
        if ending == "eof":
            process.stdin.close()
        else:
            process.send_signal(signal.Signals[ending])
        try:
            assert process.wait(20) == status
        finally:
            process.kill()
        assert process.stdout.read() == ""  # nothing but the protocol
        assert process.stderr.read() == ""


HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
