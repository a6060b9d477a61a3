"""What goes wrong between us and a server: no episode hangs, and none is lost."""

import asyncio
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import PolicyError, aask, ask
from ergo_agent.errors import (
    ContextOverflowError,
    PolicyAccessError,
    PolicyBusyError,
    PolicyReplyError,
    PolicyRequestError,
    PolicyTimeoutError,
    PolicyUnreachableError,
    UnknownModelError,
)
from ergo_agent.policies.served import create_served_policy
from tests.support.misbehaving import (
    Misbehaving,
    drip,
    fail,
    hang,
    reset,
    serving,
    wrong_reply,
)
from tests.support.pictures import save_picture

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(640, 480))


def policy_for(running: Misbehaving, **options: Any):
    return create_served_policy(base_url=running.url, **options)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gaps(running: Misbehaving):
    times = [request.at for request in running.requests]
    return [after - before for before, after in pairwise(times)]


@pytest.mark.parametrize(
    "fault",
    [fail(500), fail(502), fail(503), fail(429), fail(408), reset],
    ids=["500", "502", "503", "429", "408", "reset"],
)
def test_what_may_pass_is_tried_again(small: Path, fault: Callable[..., None]):
    with serving(fault, ANSWER) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert result.answer == "A. red"
    assert len(server.requests) == 2
    assert gaps(server)[0] >= 0.3  # 0.5 s, less up to a quarter of jitter


def test_waits_grow(small: Path):
    with serving(fail(500), fail(500), ANSWER) as server:
        ask(small, "q", policy=policy_for(server))
    first, second = gaps(server)
    assert second > first


@pytest.mark.parametrize("name", ["retry_after", "retry_after_ms"])
def test_the_server_says_how_long_to_wait(small: Path, name: str):
    busy = fail(429, "slow down", **{name: "1.2" if name == "retry_after" else "1200"})
    with serving(busy, ANSWER) as server:
        result = ask(small, "q", policy=policy_for(server))
    assert result.answer == "A. red"
    assert gaps(server)[0] >= 1.2


def test_a_longer_wait_than_two_minutes_is_not_waited(small: Path):
    busy = pytest.raises(PolicyBusyError, match=r"429: come back.*ask again later")
    with serving(fail(429, "come back", retry_after="3600")) as server, busy:
        ask(small, "q", policy=policy_for(server))
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 451])
def test_no_other_4xx_is_tried_again(small: Path, status: int):
    with serving(fail(status, x_should_retry="true")) as server, pytest.raises(PolicyError):
        ask(small, "q", policy=policy_for(server))
    tried = 1 if status != 413 else 3  # too large: smaller views are tried, none as it was
    assert len(server.requests) == tried
    assert len({request.size for request in server.requests}) == len(server.requests)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        (fail(500, "engine dead"), PolicyUnreachableError, r"failed each time \(500: engine dead"),
        (fail(503, "loading"), PolicyBusyError, r"each time \(503: loading\); ask again later"),
        (fail(408), PolicyTimeoutError, "took too long each time"),
        (fail(418, "teapot"), PolicyRequestError, r"\(418: teapot\); sending it again would"),
        (reset, PolicyUnreachableError, "cannot be reached .*ERGO_BASE_URL"),
        (wrong_reply([]), PolicyReplyError, "did not reply with a chat completion"),
        (wrong_reply({}), PolicyReplyError, "did not reply with a chat completion"),
        (wrong_reply({"choices": None}), PolicyReplyError, "usually ends in /v1"),
        (wrong_reply("hello"), PolicyReplyError, "usually ends in /v1"),
        (wrong_reply({"error": "bad"}), PolicyReplyError, "bad"),
    ],
)
def test_what_stays_is_a_typed_error(
    small: Path, fault: Callable[..., None], error: type[Exception], message: str
):
    with serving(fault) as server, pytest.raises(error, match=message):
        ask(small, "q", policy=policy_for(server, max_retries=1))


def test_nobody_listens(small: Path):
    policy = create_served_policy(base_url=f"http://127.0.0.1:{free_port()}/v1")
    with pytest.raises(PolicyUnreachableError, match="check that it runs"):
        ask(small, "q", policy=policy)


def test_a_wrong_key(small: Path):
    with serving(ANSWER, key="right") as server:
        for options in ({}, {"server": "vllm", "model": "ergo"}):
            wrong = policy_for(server, api_key="wrong", **options)
            with pytest.raises(PolicyAccessError, match="set api_key= or ERGO_API_KEY"):
                ask(small, "q", policy=wrong)
        assert ask(small, "q", policy=policy_for(server, api_key="right")).answer == "A. red"


@pytest.mark.parametrize("kind", ["auto", "openai", "vllm"])
def test_a_wrong_model_name_lists_what_is_served(small: Path, kind: str):
    wrong = pytest.raises(UnknownModelError, match=r"model 'nope'.*it serves: ergo, other; set")
    with serving(ANSWER, models=["ergo", "other"]) as server, wrong:
        ask(small, "q", policy=policy_for(server, model="nope", server=kind))


@pytest.mark.parametrize("endless", [drip, hang])
def test_the_deadline_ends_an_endless_reply(small: Path, endless: Callable[..., None]):
    with serving(endless) as server:
        started = time.monotonic()
        result = ask(small, "q", policy=policy_for(server), deadline=1.0)
        assert time.monotonic() - started < 10
        assert server.requests[0].closed.wait(5)
    assert result.stop_reason == "deadline"
    assert result.answer is None


@pytest.mark.parametrize("endless", [drip, hang])
def test_without_a_deadline_a_reply_has_its_time(small: Path, endless: Callable[..., None]):
    late = pytest.raises(PolicyTimeoutError, match="no whole reply in time")
    with serving(endless) as server, late:
        ask(small, "q", policy=policy_for(server, timeout=1.0))


def test_retries_end_at_the_deadline(small: Path):
    with serving(fail(500)) as server:
        result = ask(small, "q", policy=policy_for(server, max_retries=100), deadline=2.0)
    assert result.stop_reason == "deadline"
    assert 2 <= len(server.requests) <= 4


async def test_a_cancelled_episode_closes_its_request(small: Path):
    with serving(hang) as server:
        task = asyncio.create_task(aask(small, "q", policy=policy_for(server)))
        assert await asyncio.to_thread(server.asked.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.requests[0].closed.wait, 5)


async def test_faults_of_some_episodes_leave_the_others_alone(small: Path):
    faults = [ANSWER, fail(500), reset, ANSWER, fail(429), ANSWER]
    with serving(*faults, ANSWER) as server:
        policy = policy_for(server)
        asked = (aask(small, f"question {n}", policy=policy) for n in range(12))
        results = await asyncio.gather(*asked)
    assert [result.answer for result in results] == ["A. red"] * 12
    assert len(server.requests) == 15


DYING = f"""
import os, time
from tests.support.misbehaving import serving
def die(handler, body):
    os._exit(1)
with serving({ZOOM!r}, die) as server:
    print(server.url, flush=True)
    time.sleep(60)
"""


def test_a_server_killed_in_mid_episode(page: Path):
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", DYING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        gone = pytest.raises(PolicyUnreachableError, match=re.escape(f"{url} cannot be reached"))
        with gone:
            ask(page, "q", policy=create_served_policy(base_url=url, max_retries=2))
        assert process.wait(10) == 1


def test_a_coarse_view_too_long_for_the_model_is_made_smaller(page: Path):
    with serving("unused", ZOOM, ANSWER, context=1700) as server:
        result = ask(page, "q", policy=policy_for(server), view_budget=2000)
    assert (result.answer, result.stop_reason) == ("A. red", "answered")
    assert [turn.repairs for turn in result.turns] == [("smaller_view",), ()]
    assert result.views[0].tokens <= 1000
    assert [entry.reported for entry in result.ledger.entries] == [v.tokens for v in result.views]


def test_a_crop_too_long_by_itself_is_made_smaller(page: Path):
    with serving("unused", ZOOM, "unused", "unused", ANSWER, context=700) as server:
        result = ask(page, "q", policy=policy_for(server))
    assert (result.answer, result.stop_reason) == ("A. red", "context_length")
    assert result.turns[1].repairs == ("fewer_views", "smaller_view")
    assert result.views[1].tokens <= 640
    assert result.ledger.spent == sum(view.tokens for view in result.views)


def test_a_conversation_too_long_is_asked_about_its_newest_views(page: Path):
    with serving(ZOOM, "unused", ANSWER, context=1450) as server:
        result = ask(page, "q", policy=policy_for(server))
    assert result.answer == "A. red"
    assert result.stop_reason == "context_length"
    assert result.turns[1].repairs == ("fewer_views",)
    assert [len(request.images()) for request in server.requests] == [1, 2, 1]
    assert result.turns[1].image_tokens == result.views[1].tokens
    assert result.ledger.entries[1].reported == result.views[1].tokens


def test_too_many_images_for_the_server(page: Path):
    with serving(ZOOM, "unused", ANSWER, max_images=1) as server:
        result = ask(page, "q", policy=policy_for(server))
    assert (result.answer, result.stop_reason) == ("A. red", "context_length")


def test_a_context_too_short_for_any_view_is_said(page: Path):
    short = pytest.raises(ContextOverflowError, match=r"too long for 'ergo'.*lower view_budget")
    with serving(ANSWER, context=3) as server, short:
        ask(page, "q", policy=policy_for(server))
    sizes = [request.size for request in server.requests]
    assert sizes == sorted(set(sizes), reverse=True)  # never the same again
