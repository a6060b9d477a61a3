"""Episodes behind an OpenAI-compatible endpoint, asked over HTTP and by OpenAI's own client."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import openai
import pytest

from ergo_agent.apps.loopback import server_of
from ergo_agent.apps.openai.server import KEY, CompletionOptions, open_endpoint
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import PolicyBusyError, SettingsError
from ergo_agent.images import DEFAULT_LIMITS
from ergo_agent.policies.base import Policy
from tests.evaluation.layouts import picture
from tests.support.loopback import running
from tests.support.scripted import received, scripted

ZOOM = "<think>there</think><zoom>[56, 56, 112, 112]</zoom>"
ANSWER = "<think>read</think><answer>4711</answer><evidence>[10, 10, 20, 20]</evidence>"
URL = "data:image/png;base64," + base64.b64encode(picture(size=(800, 600))).decode()
IMAGE = {"type": "image_url", "image_url": {"url": URL}}
TEXT = {"type": "text", "text": "Which number?"}


@contextmanager
def endpoint(policy: Policy, **settings: Any) -> Iterator[str]:
    chosen = VisionSettings(view_budget=64, **settings)
    options = CompletionOptions(policy, chosen, port=0, limits=DEFAULT_LIMITS)
    with open_endpoint(options) as opened, running(server_of(opened.app), opened.listener):
        yield opened.url


def _user(*content: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(content)}


def test_openais_own_client_asks_and_reads_the_evidence():
    with endpoint(scripted(ZOOM, ANSWER)) as url, openai.OpenAI(base_url=url, api_key="x") as asks:
        assert [model.id for model in asks.models.list()] == ["ergo-agent"]
        reply = asks.chat.completions.create(
            model="ergo-agent",
            messages=[{"role": "system", "content": "Be brief."}, _user(IMAGE, TEXT)],  # type: ignore[list-item]
            temperature=0.2,
        )
    assert reply.choices[0].message.content == "4711"
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (200, 20)
    assert reply.usage.prompt_tokens_details is not None
    assert reply.usage.prompt_tokens_details.cached_tokens == 80
    extra = (reply.model_extra or {})["ergo"]
    assert extra["evidence"][0]["region"]["right"] <= 800
    assert extra["stop_reason"] == "answered"
    assert extra["vision_tokens"] > 0
    assert extra["ignored"] == ["temperature", "system message"]


def test_a_stream_has_the_answer_and_ends_as_clients_expect():
    with endpoint(scripted(ANSWER)) as url, openai.OpenAI(base_url=url, api_key="x") as asks:
        chunks = asks.chat.completions.create(
            model="m",
            messages=[_user(IMAGE, TEXT)],  # type: ignore[list-item]
            stream=True,
        )
        got = list(chunks)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in got) == "4711"
    assert got[-1].choices[0].finish_reason == "stop"
    assert got[-1].usage is not None


def test_settings_of_a_request_lower_those_of_the_endpoint():
    policy = scripted(ZOOM, ANSWER)
    with endpoint(policy, max_zooms=1) as url:
        body = {"messages": [_user(IMAGE, TEXT)], "ergo": {"max_zooms": 0}}
        httpx.post(f"{url}/chat/completions", json=body)
        assert len(received(policy)) == 1
        body["ergo"] = {"max_zooms": 5}
        answer = httpx.post(f"{url}/chat/completions", json=body)
        assert answer.status_code == 400
        assert "above the 1" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "no JSON"),
        (b"[]", "no list `messages`"),
        ({"messages": []}, "one message of the user"),
        ({"messages": [_user(IMAGE, TEXT), _user(TEXT)]}, "answers one question"),
        ({"messages": [_user(TEXT)]}, "has no image"),
        ({"messages": [_user(IMAGE)]}, "has no text"),
        ({"messages": [{"role": "user", "content": 5}]}, "neither a text nor a list"),
        ({"messages": [_user(IMAGE, TEXT)], "n": 2}, "one answer"),
        ({"messages": [_user(IMAGE, TEXT)], "ergo": {"zooms": 2}}, "unknown setting 'zooms'"),
        ({"messages": [_user(IMAGE, TEXT)], "ergo": []}, "no object of settings"),
    ],
)
def test_what_cannot_be_asked_is_said(body: bytes | dict[str, Any], said: str):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    policy = scripted(ANSWER)
    with endpoint(policy) as url:
        answer = httpx.post(f"{url}/chat/completions", content=raw)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert not received(policy)


@pytest.mark.parametrize("place", ["/etc/hostname", "file:///etc/hostname", "http://127.0.0.1/x"])
def test_nothing_is_opened_or_fetched_for_a_request(place: str):
    sent = {"type": "image_url", "image_url": {"url": place}}
    with endpoint(scripted(ANSWER)) as url:
        answer = httpx.post(f"{url}/chat/completions", json={"messages": [_user(sent, TEXT)]})
    assert answer.status_code == 400
    assert "send it as a data: URL" in answer.json()["error"]["message"]


def test_a_policy_that_fails_is_told_by_its_kind():
    with endpoint(scripted(PolicyBusyError("later"))) as url:
        answer = httpx.post(f"{url}/chat/completions", json={"messages": [_user(IMAGE, TEXT)]})
    assert answer.status_code == 429
    assert answer.json()["error"]["type"] == "PolicyBusyError"


def test_a_key_and_the_servers_name_are_checked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(KEY, "secret")
    with endpoint(scripted(ANSWER)) as url:
        assert httpx.get(f"{url}/models").status_code == 401
        right = {"Authorization": "Bearer secret"}
        assert httpx.get(f"{url}/models", headers=right).status_code == 200
        assert httpx.get(f"{url}/models", headers={**right, "Host": "evil"}).status_code == 403
    monkeypatch.delenv(KEY)
    options = CompletionOptions(scripted(ANSWER), VisionSettings(), host="0.0.0.0", port=0)
    with pytest.raises(SettingsError, match=f"set {KEY}"), open_endpoint(options):
        pass
