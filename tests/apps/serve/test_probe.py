"""The probe against a loopback server that can be told to misbehave in each way."""

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from ergo_agent.apps.cli import app
from ergo_agent.apps.serve import Finding, probe
from tests.support.serving import free_port


class Behaviour:
    """What the server does; changed by the tests."""

    def __init__(self) -> None:
        self.context = 16_384
        self.images = 13
        self.most_pixels = 1280 * 28 * 28
        self.caches = True
        self.tells_cached = True
        self.enforces = True
        self.tells_usage = True
        self.key: str | None = None
        self.seen: set[str] = set()


def image_tokens(url: str, behaviour: Behaviour) -> int:
    """What Qwen2.5-VL's processor would make of an image: shrunk where it exceeds the bound."""
    with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as image:
        width, height = image.size
    shrink = min(1.0, (behaviour.most_pixels / (width * height)) ** 0.5)
    return int(width * shrink / 28) * int(height * shrink / 28)


class Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        if self.behaviour.key and self.headers["Authorization"] != f"Bearer {self.behaviour.key}":
            self._send(401, {"error": {"message": "Unauthorized"}})
            return
        self._send(200, {"data": [{"id": "ergo", "max_model_len": self.behaviour.context}]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        content = request["messages"][0]["content"]
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
        urls = [one["image_url"]["url"] for one in blocks if one["type"] == "image_url"]
        if len(urls) > self.behaviour.images:
            message = f"At most {self.behaviour.images} image(s) may be provided in one prompt."
            self._send(400, {"error": {"message": message}})
            return
        words = sum(len(one["text"].split()) for one in blocks if one["type"] == "text")
        tokens = 10 + words + sum(2 + image_tokens(url, self.behaviour) for url in urls)
        self._send(200, self._completion(request, tokens))

    def _completion(self, request: dict[str, Any], tokens: int) -> dict[str, Any]:
        behaviour, text = self.behaviour, "Hello."
        if behaviour.enforces and "structured_outputs" in request:
            assert re.fullmatch(request["structured_outputs"]["regex"], "zq0000x")
            text = "zq0000x"
        prompt = json.dumps(request["messages"])
        hit = behaviour.caches and prompt in behaviour.seen
        behaviour.seen.add(prompt)
        usage: dict[str, Any] = {"prompt_tokens": tokens}
        if behaviour.tells_cached:
            usage["prompt_tokens_details"] = {"cached_tokens": tokens // 32 * 32 if hit else 0}
        answer: dict[str, Any] = {"choices": [{"message": {"content": text}}]}
        return answer | ({"usage": usage} if behaviour.tells_usage else {})

    def _send(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture
def url(behaviour: Behaviour) -> Iterator[str]:
    handler = type("BehavingHandler", (Handler,), {"behaviour": behaviour})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def finding(url: str, name: str) -> Finding:
    return next(one for one in probe(url).findings if one.name == name)


def test_a_good_server(url: str):
    report = probe(url)
    assert report.model == "ergo"
    assert report.context_length == 16_384
    assert {one.name: one.ok for one in report.findings} == {
        "model": True,
        "context length": True,
        "images": True,
        "image tokens": True,
        "prefix cache": True,
        "structured output": True,
    }
    assert report.usable


def test_a_server_that_resizes(url: str, behaviour: Behaviour):
    behaviour.most_pixels = 640 * 28 * 28
    report = probe(url)
    assert not report.usable
    assert report.only_resizes
    found = finding(url, "image tokens")
    assert found.ok is False
    assert "1148x840 costs" in found.found
    assert "not 1230" in found.found
    assert "every box would be off" in found.advice


def test_too_few_images(url: str, behaviour: Behaviour):
    behaviour.images = 4
    found = finding(url, "images")
    assert found.ok is False
    assert "At most 4 image(s)" in found.found
    assert '{"image":13}' in found.advice
    assert not probe(url).usable
    assert not probe(url).only_resizes


def test_no_prefix_cache(url: str, behaviour: Behaviour):
    behaviour.caches = False
    found = finding(url, "prefix cache")
    assert found.ok is False
    assert "--enable-prefix-caching" in found.advice
    assert probe(url).usable  # only slower


def test_a_server_that_does_not_tell_what_was_cached(url: str, behaviour: Behaviour):
    behaviour.tells_cached = False
    found = finding(url, "prefix cache")
    assert found.ok is None
    assert "--enable-prompt-tokens-details" in found.advice


def test_structured_output_that_is_ignored(url: str, behaviour: Behaviour):
    behaviour.enforces = False
    found = finding(url, "structured output")
    assert found.ok is False
    assert "ignored: 'Hello.'" in found.found
    assert probe(url).usable  # boxes are read tolerantly


def test_a_short_context(url: str, behaviour: Behaviour):
    behaviour.context = 4096
    found = finding(url, "context length")
    assert found.ok is False
    assert "4,096 tokens; the longest episode needs 14,336" in found.found


def test_a_server_that_reports_no_usage(url: str, behaviour: Behaviour):
    behaviour.tells_usage = False
    assert finding(url, "image tokens").ok is False
    assert not probe(url).usable


def test_the_key_is_needed_and_sent(url: str, behaviour: Behaviour):
    behaviour.key = "secret"
    refused = probe(url)
    assert [one.name for one in refused.findings] == ["server"]
    assert "401: Unauthorized" in refused.findings[0].found
    assert probe(url, api_key="secret").findings[0].name == "model"


def test_a_model_that_is_not_served(url: str):
    report = probe(url, model="qwen")
    assert not report.usable
    assert "qwen is not served; ergo is" in report.findings[0].found


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:{port}/v1", "no url at all"])
def test_no_server(base_url: str):
    report = probe(base_url.format(port=free_port()))
    assert not report.usable
    assert report.findings[0].ok is False
    assert "ergo-agent serve" in report.findings[0].advice


def doctor(*options: str):
    return CliRunner().invoke(app, ["doctor", *options])


def test_doctor_on_a_good_server(url: str):
    result = doctor("--base-url", url)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == f"{url}, model ergo"
    assert result.stdout.count("\n  ok ") == 6
    assert "WRONG" not in result.stdout


def test_doctor_tells_what_is_only_weak(url: str, behaviour: Behaviour):
    behaviour.caches = behaviour.enforces = False
    result = doctor("--base-url", url)
    assert result.exit_code == 0
    assert "weak   prefix cache" in result.stdout
    assert "weak   structured output" in result.stdout


def test_doctor_refuses_a_server_that_resizes(url: str, behaviour: Behaviour):
    behaviour.most_pixels = 640 * 28 * 28
    result = doctor("--base-url", url)
    assert result.exit_code == 5
    assert "WRONG  image tokens" in result.stdout
    assert doctor("--base-url", url, "--allow-resize").exit_code == 0
    behaviour.images = 2
    assert doctor("--base-url", url, "--allow-resize").exit_code == 5


def test_doctor_as_json_and_from_the_environment(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ERGO_BASE_URL", url)
    result = doctor("--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["usable"] is True
    assert report["base_url"] == url


def test_doctor_needs_an_address(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ERGO_BASE_URL", raising=False)
    result = doctor()
    assert result.exit_code == 2
    assert "ERGO_BASE_URL" in result.stderr
