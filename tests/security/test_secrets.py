"""Keys never leave the request: whatever is written of an episode, failed or not, is searched."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from langchain_core.load import dumpd
from langchain_core.tracers.context import collect_runs
from langchain_openai import ChatOpenAI

from ergo_agent import (
    ErgoVisionTool,
    ImageError,
    Policy,
    PolicyError,
    SettingsError,
    ask,
)
from ergo_agent.apps.serve.probe import probe
from ergo_agent.dialects import ErgoDialect
from ergo_agent.policies.choice import choose_policy
from ergo_agent.policies.served import create_served_policy
from tests.support.misbehaving import fail, hang, reset, serving, wrong_reply
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.serving import free_port
from tests.support.web import Page, redirect, web
from tests.support.written import Written, in_words

KEY = "sk-MARKED-7d1f0c"
ANSWER = "<think>read</think><answer>A. red</answer>"
ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return save_picture(tmp_path, size=(640, 480))


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> Written:
    return Written(caplog)


ECHO = f"Incorrect API key provided: {KEY}. Authorization: Bearer {KEY}"

FAULTS: dict[str, Callable[..., None]] = {
    "wrong-key": fail(401, ECHO),
    "forbidden": fail(403, ECHO),
    "bad-request": fail(400, ECHO),
    "unknown-model": fail(404, ECHO),
    "broken": fail(500, ECHO),
    "busy": fail(429, ECHO),
    "reset": reset,
    "no-completion": wrong_reply({"error": ECHO}),
    "text": wrong_reply(ECHO),
    "timeout": hang,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_failing_episode(page: Path, written: Written, name: str):
    with serving(FAULTS[name], models=["ergo"]) as server:
        policy = create_served_policy(base_url=server.url, api_key=KEY, max_retries=0, timeout=1.0)
        error = written.run({"image": str(page), "question": "q"}, policy)
    assert isinstance(error, PolicyError)
    assert len(server.requests) >= 1
    assert KEY not in written.all()
    assert KEY not in repr(policy)


def test_an_episode(page: Path, written: Written):
    with serving(ZOOM, ANSWER, key=KEY) as server:
        policy = create_served_policy(base_url=server.url, api_key=KEY)
        assert written.run({"image": str(page), "question": "q"}, policy) is None
    assert len(server.requests) == 2
    assert "A. red" in written.all()
    assert KEY not in written.all()


def test_nobody_listens(page: Path, written: Written):
    url = f"http://127.0.0.1:{free_port()}/v1"
    policy = create_served_policy(base_url=url, api_key=KEY, max_retries=0)
    assert isinstance(written.run({"image": str(page), "question": "q"}, policy), PolicyError)
    assert KEY not in written.all()


def test_a_key_from_the_environment(page: Path, written: Written, monkeypatch: pytest.MonkeyPatch):
    with serving(ANSWER, key=KEY) as server:
        monkeypatch.setenv("ERGO_BASE_URL", server.url)
        monkeypatch.setenv("ERGO_API_KEY", KEY)
        assert written.run({"image": str(page), "question": "q"}, choose_policy("served")) is None
        monkeypatch.setenv("ERGO_API_KEY", f"{KEY}-wrong")
        error = written.run({"image": str(page), "question": "q"}, choose_policy("served"))
    assert isinstance(error, PolicyError)
    assert KEY not in written.all()


def test_keys_and_headers_of_a_model_of_langchains(page: Path):
    with serving(fail(401, ECHO)) as server:
        model = ChatOpenAI(
            model="ergo",
            base_url=server.url,
            api_key="sk-another-key",
            default_headers={"X-Api-Key": KEY},
            max_retries=0,
        )
        with pytest.raises(PolicyError, match=r"\[secret\]") as info:
            ask(page, "q", policy=Policy(model, ErgoDialect()))
    assert not [text for text in in_words(info.value) if KEY in text]


def test_what_is_no_policy_is_not_quoted():
    bound = ChatOpenAI(model="m", api_key="none", default_headers={"X-Api-Key": KEY}).bind(a=1)
    with pytest.raises(SettingsError, match=r"policy=a \w+ is unknown") as info:
        choose_policy(bound)  # type: ignore[arg-type]
    assert KEY not in str(info.value)


@pytest.mark.parametrize(
    "url",
    [
        f"http://me:{KEY}@127.0.0.1:9/v1",
        f"http://{KEY}@127.0.0.1:9/v1",
        f"http://127.0.0.1:9/v1?key={KEY}",
        f"http://127.0.0.1:9/v1#{KEY}",
        f"ftp://me:{KEY}@127.0.0.1:9/v1",
    ],
)
def test_a_key_in_the_servers_address_is_refused_and_not_repeated(url: str):
    with pytest.raises(SettingsError, match=r"base_url=") as info:
        create_served_policy(base_url=url)
    assert KEY not in "".join(in_words(info.value))


IMAGES = [
    "/page.png",
    "/moved.png",
    "/gone.png",
    "/broken.png",
    "/empty.png",
    "/text.png",
    "/out.png",
]


@pytest.mark.parametrize("path", [f"/{name}.png" for name in IMAGES])
def test_a_key_in_an_images_address(page: Path, caplog: pytest.LogCaptureFixture, path: str):
    """`ask` and the tool put the image into the store before anything is written of it."""
    caplog.set_level(logging.DEBUG)
    png = page.read_bytes()
    pages = {
        "/page.png": Page(png),
        "/moved.png": redirect(f"/page.png?again={KEY}"),
        "/broken.png": Page(KEY.encode(), 500),
        "/empty.png": Page(b""),
        "/text.png": Page(KEY.encode()),
        "/out.png": redirect(f"http://out.test/?key={KEY}"),
    }
    policy, texts = scripted(ANSWER), list[str]()
    with web(pages) as host, collect_runs() as runs:
        url, hosts = f"http://{host.host}{path}?key={KEY}", [f"private:{host.host}"]
        try:
            texts.append(ask(url, "q", policy=policy, allowed_hosts=hosts).model_dump_json())
        except ImageError as error:
            texts += in_words(error)
        texts += [json.dumps(run.model_dump(), default=repr) for run in runs.traced_runs]
        tool = ErgoVisionTool(policy=policy, allowed_roots=[], allowed_hosts=hosts)
        texts.append(str(tool.invoke({"image": url, "question": "q"})))
    assert len(runs.traced_runs) >= (1 if path in {"/page.png", "/moved.png"} else 0)
    assert f"key={KEY}" in host.asked[0]
    logs = [f"{record.getMessage()} {record.args!r}" for record in caplog.records]
    where = [text for text in (*texts, *logs) if KEY in text]
    redirected = [text for text in where if "receive_response_headers" in text]
    assert where == redirected  # httpcore's own debug log has the reply's Location header


def test_what_a_state_keeps_of_an_address(page: Path, written: Written):
    with web({"/page.png": Page(page.read_bytes())}) as host:
        hosts = [f"private:{host.host}"]
        url = f"http://{host.host}/page.png"
        error = written.run({"image": url, "question": "q"}, scripted(ANSWER), allowed_hosts=hosts)
    assert error is None
    states = [saved.checkpoint["channel_values"] for saved in written.saver.list(None)]
    kept = [state for state in states if "facts" in state]
    assert kept
    for state in kept:
        assert state["source"] == url
        assert state["image"] == state["facts"]["digest"]


def test_a_state_keeps_no_address_with_a_key(page: Path, written: Written):
    """What LangGraph was given it keeps as its input: that is the caller's to choose."""
    with web({"/page.png": Page(page.read_bytes())}) as host:
        hosts = [f"private:{host.host}"]
        url = f"http://{host.host}/page.png?key={KEY}"
        written.run({"image": url, "question": "q"}, scripted(ANSWER), allowed_hosts=hosts)
    states = [saved.checkpoint["channel_values"] for saved in written.saver.list(None)]
    kept = [state for state in states if "facts" in state]
    assert kept
    for state in kept:
        assert state["source"] is None
        assert KEY not in repr(state)


def test_a_model_that_is_written_down_keeps_its_key():
    policy = create_served_policy(base_url="http://127.0.0.1:9/v1", model="m", api_key=KEY)
    for text in (repr(policy), str(policy.model), json.dumps(dumpd(policy.model)), policy.name):
        assert KEY not in text


@pytest.mark.parametrize("end", ["", f"?key={KEY}"])
def test_a_doctors_report(end: str):
    """A server that repeats the key it does not accept, first when it is asked what it serves."""
    with serving(fail(401, ECHO)) as server:
        reports = [probe(server.url + end, api_key=KEY)]
        server.key = "another"
        reports.append(probe(server.url + end, api_key=KEY))
    if not end:
        assert "[secret]" in reports[0].model_dump_json()
    for report in reports:
        assert not all(finding.ok for finding in report.findings)
        assert KEY not in report.model_dump_json()
