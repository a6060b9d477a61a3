"""`ergo-agent ui`: how it starts, what it refuses, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from typer.testing import CliRunner

from ergo_agent._common.installation import install_command
from ergo_agent.apps.cli import app
from tests.support.local_page import PAGE, Browser, PageProcess, forked_page, page_process
from tests.support.misbehaving import hang, serving
from tests.support.serving import alive

WITHOUT = """
import sys
sys.modules[{module!r}] = None
from ergo_agent.apps.cli import main
sys.argv = ["ergo-agent", "ui", "--no-browser"]
main()
"""


def test_it_prints_where_it_is_and_serves_the_page():
    with page_process("--root", PAGE.parent) as process:
        assert process.url.startswith("http://127.0.0.1:")
        with Browser(process.url) as browser:
            setup = browser.get("/api/setup").json()
            files = browser.get("/api/files").json()
    assert setup["root"] == "examples"
    assert setup["default_policy"] == "ocr"
    why_not = {policy["name"]: policy["why_not"] for policy in setup["policies"]}
    assert why_not["ocr"] is None
    assert "ERGO_BASE_URL" in why_not["served"]
    assert setup["settings"]["view_budget"] == {"default": 1280, "least": 64, "most": 16384}
    assert setup["settings"]["max_vision_tokens"]["default"] is None
    examples = [
        {"path": path.name, "bytes": path.stat().st_size}
        for path in (PAGE.parent / "manual.pdf", PAGE)
    ]
    assert files == {"files": examples, "left_out": 0}


def test_the_server_that_is_set_is_asked_first():
    with (
        serving("<answer>served</answer>") as server,
        forked_page(ERGO_BASE_URL=server.url) as browser,
    ):
        assert browser.get("/api/setup").json()["default_policy"] == "served"
        events = browser.events(browser.ask(browser.image(PAGE)))
    assert events[-1].data["result"]["answer"] == "served"


@pytest.mark.parametrize("address", ["::1", "localhost", "127.0.0.2"])
def test_any_address_of_this_machine_will_do(address: str):
    with forked_page("--host", address) as browser:
        assert browser.get("/api/setup").status_code == 200
        assert browser.get("/api/files").json() == {"files": [], "left_out": 0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0 can be reached from other machines"),
        (["--host", "::"], "--host :: can be reached from other machines"),
        (["--host", "example.org"], "--host example.org can be reached from other machines"),
        (["--root", "absent"], "--root absent is no folder"),
        (["--root", str(PAGE)], "page.png is no folder"),
        (["--policy", "nobody"], "policy='nobody' is unknown"),
        (["--policy", "served"], "set ERGO_BASE_URL"),
        (["--port", "99999"], "65535"),
    ],
)
def test_wrong_usage(options: list[str], message: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ERGO_BASE_URL", raising=False)
    result = CliRunner().invoke(app, ["ui", "--no-browser", *options])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_taken_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["ui", "--no-browser", "--port", port])
    assert result.exit_code == 2
    assert f"--port {port} cannot be listened on" in result.stderr


@pytest.mark.parametrize("module", ["starlette", "uvicorn", "sse_starlette"])
def test_without_its_extra_it_says_what_to_install(module: str):
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(module=module)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 5
    assert ran.stderr == f"error: the local page needs an extra: {install_command('ui')}\n"


def test_a_policy_that_is_not_installed():
    program = WITHOUT.format(module="vllm").replace('"--no-browser"', '"--policy", "vllm"')
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 5
    assert install_command("vllm") in ran.stderr


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)]
)
def test_a_signal_ends_it_and_what_it_was_doing(number: signal.Signals, code: int):
    with (
        serving(hang) as server,
        page_process(ERGO_BASE_URL=server.url) as process,
        Browser(process.url) as browser,
    ):
        run = browser.ask(browser.image(PAGE))
        stream = browser.follow(run)
        assert next(stream).name == "view_made"
        assert server.asked.wait(60)
        tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        process.send_signal(number)
        assert [event.name for event in stream] == ["cancelled"]
        assert server.requests[0].closed.wait(20)
        assert process.wait(20) == code
        assert not alive(tree, seconds=5)
        with pytest.raises(httpx.TransportError):
            browser.get("/api/setup")


def test_it_does_not_wait_for_the_embedded_reader(tmp_path: Path):
    """A page at 16,384 vision tokens is read for many seconds."""
    del tmp_path
    with page_process() as process, Browser(process.url) as browser:
        run = browser.ask(browser.image(PAGE), settings={"view_budget": 16_384})
        browser.wait_until(run, "view_made")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr is not None
        assert process.stderr.read().endswith("interrupted\n")


BROWSER = """#!{python}
import json, pathlib, re, stat, sys, urllib.parse, urllib.request
file = pathlib.Path(urllib.parse.unquote(urllib.parse.urlsplit(sys.argv[1]).path))
told = {{
    "command": pathlib.Path("/proc/self/cmdline").read_text(),
    "file": stat.S_IMODE(file.stat().st_mode),
    "folder": stat.S_IMODE(file.parent.stat().st_mode),
    "leads": re.search('url=([^"]+)', file.read_text())[1],
    "path": str(file),
}}
told["status"] = urllib.request.urlopen(told["leads"]).status
pathlib.Path({told!r}).write_text(json.dumps(told))
"""


def comes_to_hold(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


@contextmanager
def opening(folder: Path, program: str) -> Iterator[PageProcess]:
    """`ergo-agent ui` with a browser of the test's own."""
    browser = folder / "browser"
    browser.write_text(program)
    browser.chmod(0o700)
    temporary = folder / "tmp"
    temporary.mkdir()
    with page_process(browser=True, BROWSER=str(browser), TMPDIR=str(temporary)) as process:
        yield process


def test_the_browsers_command_line_does_not_hold_the_token(tmp_path: Path):
    told = tmp_path / "told.json"
    program = BROWSER.format(python=sys.executable, told=str(told))
    with opening(tmp_path, program) as process:
        assert comes_to_hold(told.exists)
        seen = json.loads(told.read_text())
        assert process.url.partition("token=")[2] not in seen["command"]
        assert seen["leads"] == process.url
        assert (seen["status"], seen["file"], seen["folder"]) == (200, 0o600, 0o700)
        assert comes_to_hold(lambda: not Path(seen["path"]).parent.exists())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nor_does_a_file_hold_it_once_the_server_has_ended(tmp_path: Path, number: signal.Signals):
    opened = tmp_path / "opened"
    with opening(tmp_path, f"#!/bin/sh\ntouch {opened}\n") as process:
        assert comes_to_hold(opened.exists)
        (opener,) = (tmp_path / "tmp").glob("*/open.html")
        folder = opener.parent
        token = process.url.partition("token=")[2].encode()
        process.send_signal(number)
        process.wait(20)
    assert not folder.exists()
    left = [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]  # onnxruntime's own
    assert token
    assert not [path for path in left if token in path.read_bytes()]
