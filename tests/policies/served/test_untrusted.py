"""Servers that send requests on, send without end, or are not what they seem."""

import gzip
import json
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent import ask
from ergo_agent.apps.serve import probe
from ergo_agent.episode.episode import Episode
from ergo_agent.errors import PolicyReplyError, PolicyRequestError, PolicyTimeoutError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.served import create_served_policy
from tests.support.misbehaving import (
    Misbehaving,
    drip,
    drip_stream,
    fail,
    packed,
    redirect,
    serving,
    stream,
    wrong_reply,
)
from tests.support.pictures import save_picture

ANSWER = "<think>read</think><answer>A. red</answer>"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(640, 480))


def policy_for(running: Misbehaving, **options: Any):
    return create_served_policy(base_url=running.url, **{"max_retries": 1, **options})


def completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"choices": [{"index": 0, "finish_reason": "stop", "message": message}]}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_to_another_server_is_followed(small: Path, status: int):
    with serving(ANSWER) as other, serving(redirect(other.url, status)) as server:
        with pytest.raises(PolicyRequestError, match=r"sends the request on to .* not followed"):
            ask(small, "q", policy=policy_for(server))
        model = policy_for(server, model="ergo").model
        for call in (model.invoke, lambda text: list(model.stream(text))):
            with pytest.raises(PolicyRequestError, match="give that address as base_url"):
                call("q")
        assert len(server.requests) == 3  # none is tried again
    assert other.requests == []


@pytest.mark.parametrize("to", ["http://[", "\x7f", "ftp://127.0.0.1/x"])
def test_a_redirect_to_no_address_is_refused(small: Path, to: str):
    with serving(redirect(to)) as server, pytest.raises(PolicyRequestError, match="not followed"):
        ask(small, "q", policy=policy_for(server))


def test_a_redirect_on_the_same_server_is_followed(small: Path):
    with serving(redirect("/v1/other/chat/completions"), ANSWER) as server:
        assert ask(small, "q", policy=policy_for(server)).answer == "A. red"
    assert len(server.requests) == 2


def test_the_probe_follows_no_redirect_either():
    with serving(ANSWER) as other, serving(redirect(other.url)) as server:
        findings = {each.name: each for each in probe(server.url).findings}
    assert other.requests == []
    assert "not followed" in findings["prefix cache"].found


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(wbits=31)
    piece = b" " * 2**20
    return b"".join([*(packer.compress(piece) for _ in range(megabytes)), packer.flush()])


@pytest.mark.parametrize("data", [(bomb(128), "gzip"), (b" " * 2**24, "identity")])
def test_a_body_without_end_is_cut(data: tuple[bytes, str]):
    with serving(packed(*data)) as server:
        model = policy_for(server, model="ergo").model
        tracemalloc.start()
        try:
            with pytest.raises(PolicyReplyError, match="more than 8,388,608 bytes"):
                model.invoke("q")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert len(server.requests) == 1
        findings = {each.name: each for each in probe(server.url).findings}
    assert peak < 64 * 2**20
    assert "more than 8,388,608 bytes" in findings["prefix cache"].found


def test_an_honest_packed_reply_is_read(small: Path):
    body = json.dumps(completion(ANSWER)).encode()
    for data in (packed(gzip.compress(body, mtime=0)), packed(zlib.compress(body), "deflate")):
        with serving(data) as server:
            assert ask(small, "q", policy=policy_for(server)).answer == "A. red"
            assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (b"no gzip", "gzip", "cannot be unpacked"),
        (gzip.compress(b"{}", mtime=0)[:-12], "gzip", "chat completion"),
        (b"x", "br", "packed as 'br'"),
        (b"x", "gzip, gzip", "not asked for"),
    ],
)
def test_a_reply_packed_amiss_is_a_typed_error(
    small: Path, data: bytes, encoding: str, message: str
):
    with serving(packed(data, encoding)) as server, pytest.raises(PolicyReplyError, match=message):
        ask(small, "q", policy=policy_for(server))


EMPTY_DELTA = 'data: {"choices": [{"index": 0, "delta": {"content": ""}}]}\n\n'


@pytest.mark.parametrize("data", [": still here\n\n", EMPTY_DELTA])
def test_a_stream_that_drips_ends_in_time(small: Path, data: str):
    with serving(drip_stream(data)) as server:
        graph = create_vision_graph(policy=policy_for(server, timeout=1.0))
        with pytest.raises(PolicyTimeoutError, match="no whole reply in time"):
            list(graph.stream({"image": str(small), "question": "q"}, stream_mode="messages"))
        assert server.requests[0].closed.wait(5)
        with pytest.raises(PolicyTimeoutError, match="no whole reply in time"):
            list(policy_for(server, timeout=1.0).model.stream("q"))


def test_a_blocking_call_and_the_probe_end_in_time_too():
    with serving(drip) as server:
        with pytest.raises(PolicyTimeoutError, match=r"in time \(1 s\)"):
            policy_for(server, timeout=1.0).model.invoke("q")
        findings = {each.name: each for each in probe(server.url, timeout=0.5).findings}
    assert "in time" in findings["prefix cache"].found


def test_a_streamed_reply_is_read_as_a_whole_one(small: Path):
    deltas = [{"reasoning_content": "half "}, {"reasoning_content": "read"}, {"content": ANSWER}]
    events = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    with serving(stream(*events, end)) as server:
        graph = create_vision_graph(policy=policy_for(server))
        given = {"image": str(small), "question": "q"}
        chunks = [part for part, _ in graph.stream(given, stream_mode="messages")]
    assert "".join(chunk.text for chunk in chunks) == ANSWER
    thought = [chunk.additional_kwargs.get("reasoning_content", "") for chunk in chunks]
    assert "".join(thought) == "half read"


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([], "without a choice"),
        ([{"choices": []}], "without a choice"),
        ([{"error": {"message": "out of memory"}}], "out of memory"),
    ],
)
def test_a_stream_without_a_reply_is_a_typed_error(
    small: Path, events: list[dict[str, Any]], message: str
):
    with serving(stream(*events)) as server:
        graph = create_vision_graph(policy=policy_for(server))
        with pytest.raises(PolicyReplyError, match=message):
            list(graph.stream({"image": str(small), "question": "q"}, stream_mode="messages"))


@pytest.mark.parametrize(
    "body", [[], "x", 7, {"data": 3}, {"data": [3, {"id": 7}, {"id": ""}]}, {"data": None}]
)
def test_a_list_of_models_that_is_none(small: Path, body: object):
    with serving(ANSWER, listed=body) as server:
        assert ask(small, "q", policy=policy_for(server, model="ergo")).answer == "A. red"


@pytest.mark.parametrize("length", [-1, 0, 1e9, "long", 10**30, True, None, [1]])
def test_a_context_that_cannot_be_is_not_told(length: object):
    listed = {"data": [{"id": "ergo", "max_model_len": length}]}
    with serving(ANSWER, listed=listed) as server:
        report = probe(server.url)
    assert report.context_length is None


@pytest.mark.parametrize(
    ("name", "root", "dialect"),
    [
        ("default", "/models/Qwen3-VL-8B-Instruct", "qwen3_vl"),
        ("default", "OpenGVLab/InternVL3-8B", "internvl"),
        ("my-ergo", "Qwen/Qwen3-VL-8B", "ergo"),
        ("default", "/models/main", "tool_calls"),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_name_that_says_nothing_is_told_by_its_checkpoint(
    small: Path, name: str, root: str, dialect: str, *, named: bool
):
    reply = "<think>t</think><answer>A. red</answer>"
    with serving(reply, models=[name], root=root) as server:
        policy = policy_for(server, model=name if named else None)
        result = ask(small, "q", policy=policy, allow_resized=True)
    assert result.policy == f"{name}/{dialect}"


def test_all_requests_of_an_episode_have_one_random_header(small: Path):
    with serving("unusable", "unusable", ANSWER) as server:
        policy = policy_for(server)
        for _ in range(2):
            ask(small, "q", policy=policy)
    names = [request.headers["x-session-id"] for request in server.requests]
    assert len(names) == 4
    assert len(set(names[:3])) == 1
    assert names[3] != names[0]
    assert all(len(name) == 32 for name in names)


def test_odd_options_are_not_blamed_on_the_address():
    with serving(ANSWER) as server:
        model = policy_for(server, model="ergo").model
        for options, error in (({"nonsense": 1}, TypeError), ({"top_p": float("nan")}, ValueError)):
            with pytest.raises(error) as raised:
                model.invoke("q", **options)
            assert "base_url" not in str(raised.value)
    assert server.requests == []


@pytest.mark.parametrize(
    "raw", [b"[" * 200_000, b'{"choices": ' + b"9" * 5000 + b"}", b"\xff\xfe{}", b"{"]
)
def test_a_body_that_no_json_reader_takes_is_a_typed_error(small: Path, raw: bytes):
    failing = pytest.raises(PolicyReplyError, match="did not reply with a chat completion")
    with serving(packed(raw, "identity")) as server, failing:
        ask(small, "q", policy=policy_for(server))


@pytest.mark.parametrize("body", [{"error": {"message": "busy"}}, {**completion(""), "error": "b"}])
def test_an_error_with_status_200_is_an_error(small: Path, body: dict[str, Any]):
    failing = pytest.raises(PolicyReplyError, match="replied with an error")
    with serving(wrong_reply(body)) as server, failing:
        ask(small, "q", policy=policy_for(server))


def test_an_episode_that_is_resumed_keeps_its_header(small: Path):
    with serving(fail(418), ANSWER, ANSWER) as server:
        graph = create_vision_graph(policy=policy_for(server), checkpointer=InMemorySaver())
        config: Any = {"configurable": {"thread_id": "1"}}
        with pytest.raises(PolicyRequestError):
            graph.invoke({"image": str(small), "question": "q"}, config)
        assert graph.invoke(None, config)["answer"] == "A. red"
        old = Episode.model_validate({**graph.get_state(config).values, "session": None})
    first, second = (request.headers["x-session-id"] for request in server.requests)
    assert first == second
    assert old.session is None  # as in a checkpoint of an older version
