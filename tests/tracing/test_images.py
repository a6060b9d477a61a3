"""A trace holds thumbnails of what was shown, or all, or nothing; the model is sent the same."""

import base64
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.tracers.langchain import LangChainTracer
from langchain_core.tracers.schemas import Run
from PIL import Image

from ergo_agent import ask, create_vision_graph
from ergo_agent.images.data_urls import decode_data_url, encode_data_url
from ergo_agent.policies.base import Policy
from ergo_agent.tracing import light_images
from tests.support.langsmith_endpoint import Endpoint, receiving, traced_to
from tests.support.scripted import image_urls, received, scripted

SIZE_8K = (7680, 4320)
DEEPEST = (
    "<think>a</think><zoom>[0, 0, 90, 60], [300, 0, 390, 60], [600, 0, 690, 60], [900, 0, 990, 60]"
    "</zoom>",
    '<think>b</think><zoom view="1">[0, 300, 90, 360], [300, 300, 390, 360], [600, 300, 690, 360], '
    "[900, 300, 990, 360]</zoom>",
    '<think>c</think><zoom view="1">[0, 600, 90, 660], [300, 600, 390, 660], [600, 600, 690, 660], '
    "[900, 600, 990, 660]</zoom>",
    "<think>read</think><answer>A. red</answer>",
)
"""Three zooms into four regions each: as much as an episode shows at the default settings."""
ONE_ZOOM = "<think>a</think><zoom>[300, 300, 390, 360]</zoom>"
GOAL = 300_000
"""Bytes posted for one episode about an 8K image."""


@pytest.fixture(scope="module")
def image_8k(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Noise that survives shrinking: hardly any photograph makes larger thumbnails."""
    path = tmp_path_factory.mktemp("8k") / "noise.jpg"
    coarse = Image.effect_noise((480, 270), 90).convert("RGB")
    coarse.resize(SIZE_8K, Image.Resampling.NEAREST).save(path, quality=90)
    return path


def episode_8k(image: Path) -> tuple[Endpoint, Policy]:
    policy = scripted(*DEEPEST)
    with receiving() as endpoint, traced_to(endpoint.url, settled=True):
        result = ask(image, "What is it?", policy=policy)
    assert (result.stop_reason, len(result.views), len(result.turns)) == ("max_zooms", 13, 4)
    return endpoint, policy


def traced_images(endpoint: Endpoint) -> list[Image.Image]:
    """All images in the model runs of a trace."""
    return [
        Image.open(io.BytesIO(decode_data_url(url)))
        for run in endpoint.of_kind("llm")
        for url in _data_urls(run["inputs"])
    ]


def _data_urls(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("data:"):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _data_urls(item)
    elif isinstance(value, list):
        for item in value:
            yield from _data_urls(item)


def test_the_deepest_8k_episode_posts_less_than_the_goal(image_8k: Path):
    endpoint, _ = episode_8k(image_8k)
    urls = list(_data_urls([run["inputs"] for run in endpoint.of_kind("llm")]))
    assert len(urls) == 1 + 5 + 9 + 13
    assert max(map(len, urls)) < 8_100
    coarse = traced_images(endpoint)[0]
    assert (coarse.format, max(coarse.size)) == ("JPEG", 256)
    assert endpoint.posted < GOAL


def test_a_usual_8k_episode_does_so_without_compression_too(image_8k: Path):
    with receiving(zstd=False) as endpoint, traced_to(endpoint.url):
        result = ask(image_8k, "What is it?", policy=scripted(ONE_ZOOM, DEEPEST[-1]))
    assert len(result.views) == 2
    assert len(traced_images(endpoint)) == 3
    assert endpoint.posted < GOAL


def test_full_images_are_those_the_model_was_sent(image_8k: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ERGO_TRACE_IMAGES", "full")
    endpoint, policy = episode_8k(image_8k)
    runs = endpoint.of_kind("llm")
    assert [list(_data_urls(run["inputs"])) for run in runs] == [
        image_urls(messages) for messages in received(policy)
    ]
    assert endpoint.posted > GOAL


def test_none_leaves_a_line_for_each_image(image_8k: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ERGO_TRACE_IMAGES", "none")
    endpoint, policy = episode_8k(image_8k)
    assert traced_images(endpoint) == []
    for run, messages in zip(endpoint.of_kind("llm"), received(policy), strict=True):
        lines = json.dumps(run["inputs"]).count("left out of the trace]")
        assert lines == len(image_urls(messages))


@pytest.mark.parametrize("setting", ["thumbnails", "full", "none"])
def test_the_model_is_sent_the_same_as_without_a_trace(
    page: Path, setting: str, monkeypatch: pytest.MonkeyPatch
):
    replies = DEEPEST[0], DEEPEST[-1]
    untraced, traced = scripted(*replies), scripted(*replies)
    without = ask(page, "What is it?", policy=untraced)
    monkeypatch.setenv("ERGO_TRACE_IMAGES", setting)
    with receiving() as endpoint, traced_to(endpoint.url):
        result = ask(page, "What is it?", policy=traced)
    assert received(traced) == received(untraced)
    assert result.evidence == without.evidence
    assert endpoint.of_kind("llm")


def test_a_word_that_is_no_setting_shows_nothing_and_is_warned_of(
    page: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("ERGO_TRACE_IMAGES", "of")
    with receiving() as endpoint, traced_to(endpoint.url), caplog.at_level(logging.WARNING):
        ask(page, "What is it?", policy=scripted(DEEPEST[-1]))
    assert traced_images(endpoint) == []
    assert caplog.text.count("ERGO_TRACE_IMAGES='of' is unknown") == 1


def test_a_clients_own_settings_hold(page: Path):
    """The client is the user's: what it hides stays hidden, and it sees light messages only."""
    seen: list[dict[str, Any]] = []

    def hide(inputs: dict[str, Any]) -> dict[str, Any]:
        seen.append(inputs)
        return {"hidden": True}

    with receiving() as endpoint, traced_to(endpoint.url, hide_inputs=hide):
        ask(page, "What is it?", policy=scripted(DEEPEST[-1]))
    assert {json.dumps(run["inputs"]) for run in endpoint.runs.values()} == {'{"hidden": true}'}
    assert not any(url.startswith("data:image/png") for url in _data_urls(seen))


class _Watching(BaseCallbackHandler):
    def __init__(self) -> None:
        self.messages: list[list[BaseMessage]] = []

    def on_chat_model_start(self, _: object, messages: list[list[BaseMessage]], **__: Any) -> None:
        self.messages += messages


def test_other_handlers_see_what_the_model_is_sent(page: Path):
    policy, watching = scripted(DEEPEST[-1]), _Watching()
    policy.model.callbacks = [watching]
    with receiving() as endpoint, traced_to(endpoint.url):
        ask(page, "What is it?", policy=policy)
    assert watching.messages == received(policy)


class MyTracer(LangChainTracer):
    """A user's own tracer."""

    called: ClassVar[list[str]] = []

    def on_chat_model_start(self, *given: Any, **more: Any) -> Run:
        self.called.append(type(self).__name__)
        return super().on_chat_model_start(*given, **more)


def test_a_tracer_of_the_users_own_class_stays_one(page: Path):
    with receiving() as endpoint, traced_to(endpoint.url) as client:
        tracer = MyTracer(client=client, project_name="mine")
        graph = create_vision_graph(policy=scripted(DEEPEST[-1]))
        graph.invoke({"image": str(page), "question": "q"}, {"callbacks": [tracer]})
    assert tracer.called == ["LightMyTracer"]
    assert {run["session_name"] for run in endpoint.runs.values()} == {"mine"}
    assert {image.format for image in traced_images(endpoint)} == {"JPEG"}
    assert type(tracer) is MyTracer


def _png(side: int) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((side, side), 80).save(buffer, "PNG")
    return buffer.getvalue()


def _blocks(data: bytes) -> list[dict[str, Any]]:
    """One image in every form that providers take."""
    url = encode_data_url(data, media_type="image/png")
    text = base64.b64encode(data).decode()
    return [
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "image_url", "image_url": url},
        {"type": "image", "base64": text, "mime_type": "image/png"},
        {"type": "image", "source_type": "base64", "data": text, "mime_type": "image/png"},
        {
            "type": "image",
            "source": {"type": "base64", "data": text, "media_type": "image/png"},
        },
    ]


@pytest.mark.parametrize("form", range(5))
def test_an_agents_own_images_can_be_lightened_in_any_form(form: int):
    """With `Client(hide_inputs=light_images)`, for agents whose model is sent images itself."""
    block = _blocks(_png(600))[form]
    message = HumanMessage([block, {"type": "text", "text": "what is it?"}])
    light = light_images({"messages": [[message]]})["messages"][0][0]
    note, shown, text = light.content[1], light.content[0], light.content[2]
    assert note["text"].startswith("[thumbnail of image/png, 600x600 pixels")
    assert shown["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert text == {"type": "text", "text": "what is it?"}
    assert message.content[0] == block


@pytest.mark.parametrize("form", ["bytes", "pillow", "url"])
def test_pixels_given_to_the_graph_are_in_no_run(form: str):
    data = _png(900)
    forms = {
        "bytes": data,
        "pillow": Image.open(io.BytesIO(data)),
        "url": encode_data_url(data, media_type="image/png"),
    }
    graph = create_vision_graph(policy=scripted(DEEPEST[-1]))
    with receiving() as endpoint, traced_to(endpoint.url):
        graph.invoke({"image": forms[form], "question": "What is it?"})
    (root,) = endpoint.roots
    assert root["inputs"]["image"].startswith("sha256:")
    assert max(len(upload.body) for upload in endpoint.uploads) < GOAL
    assert endpoint.posted < GOAL


def test_a_client_lightens_what_an_agents_model_is_sent():
    message = HumanMessage([_blocks(_png(600))[0], {"type": "text", "text": "what is it?"}])
    light = {"hide_inputs": light_images, "hide_outputs": light_images}
    policy = scripted("a page")
    with receiving() as endpoint, traced_to(endpoint.url, **light):
        policy.model.invoke([message])
    ((sent,),) = received(policy)
    assert sent.content == message.content
    (shown,) = traced_images(endpoint)
    assert (shown.format, shown.size) == ("JPEG", (256, 256))


def test_what_holds_no_image_is_the_same_object():
    value = {"messages": [[HumanMessage("hello")]], "n": [1, (2, {"a": None})], "b": b"short"}
    assert light_images(value) is value


@pytest.mark.parametrize("damaged", [b"", b"no image", _png(300)[:2000], b"<svg/>" * 400])
def test_what_is_no_image_is_described_and_not_opened(damaged: bytes):
    long = damaged + bytes(2000)
    (light,) = light_images([_blocks(long)[0]])
    assert light["type"] == "text"
    assert light["text"].startswith("[image/png, ")
    assert light_images({"image": long})["image"].endswith("bytes: left out of the trace]")


def test_only_the_newest_images_of_a_long_conversation_are_shown():
    blocks = [_blocks(_png(100 + n))[0] for n in range(20)]
    light = light_images([HumanMessage([block]) for block in blocks])
    kinds = [message.content[0]["type"] for message in light]
    assert kinds == ["text"] * 4 + ["image_url"] * 16
