"""Content blocks of every kind in use, through the tool and the middleware: one table of forms."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from PIL import Image

from ergo_agent import ErgoVisionTool, VisionMiddleware
from ergo_agent.agents.conversation import Conversation
from ergo_agent.images.blocks import read_image
from ergo_agent.tracing.images import light_images
from tests.support.agents import agent_calling, human, image_blocks, tool_messages
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.web import Page, web

ANSWER = "<think>read</think><answer>seen</answer>"
LOOK = ("look_at_image", {"image": "image 1", "question": "What?"})

PNG = "image/png"
BYTES: dict[str, Callable[[str], dict[str, Any]]] = {
    "LangChain v1": lambda d: {"type": "image", "base64": d, "mime_type": PNG},
    "LangChain v1, data URL": lambda d: {"type": "image", "url": url(d)},
    "LangChain v1, file": lambda d: {"type": "file", "base64": d, "mime_type": PNG},
    "LangChain v1, non-standard": lambda d: {
        "type": "non_standard",
        "value": {"type": "input_image", "image_url": url(d)},
    },
    "LangChain v0": lambda d: {
        "type": "image",
        "source_type": "base64",
        "data": d,
        "mime_type": PNG,
    },
    "LangChain v0, file": lambda d: {
        "type": "file",
        "source_type": "base64",
        "data": d,
        "mime_type": PNG,
    },
    "OpenAI chat": lambda d: {"type": "image_url", "image_url": {"url": url(d), "detail": "high"}},
    "OpenAI chat, bare": lambda d: {"type": "image_url", "image_url": url(d)},
    "OpenAI chat, file": lambda d: {
        "type": "file",
        "file": {"file_data": url(d), "filename": "a.png"},
    },
    "OpenAI Responses": lambda d: {"type": "input_image", "image_url": url(d), "detail": "auto"},
    "OpenAI Responses, file": lambda d: {
        "type": "input_file",
        "filename": "a.png",
        "file_data": url(d),
    },
    "Anthropic": lambda d: {
        "type": "image",
        "source": {"type": "base64", "media_type": PNG, "data": d},
    },
    "Google media": lambda d: {"type": "media", "data": d, "mime_type": PNG},
    "Google media, bytes": lambda d: {
        "type": "media",
        "data": base64.b64decode(d),
        "mime_type": PNG,
    },
    "Google inline_data": lambda d: {"inline_data": {"mime_type": PNG, "data": d}},
    "Google inlineData": lambda d: {"inlineData": {"mimeType": PNG, "data": d}},
    "Bedrock": lambda d: {"image": {"format": "png", "source": {"bytes": base64.b64decode(d)}}},
    "MCP": lambda d: {"type": "image", "data": d, "mimeType": PNG},
    "MCP resource": lambda d: {
        "type": "resource",
        "resource": {"uri": "scan://7", "mimeType": PNG, "blob": d},
    },
    "Hugging Face": lambda d: {"type": "image", "image": url(d)},
}
URLS: dict[str, Callable[[str], dict[str, Any]]] = {
    "LangChain v1": lambda u: {"type": "image", "url": u},
    "LangChain v0": lambda u: {"type": "image", "source_type": "url", "url": u},
    "OpenAI chat": lambda u: {"type": "image_url", "image_url": {"url": u}},
    "OpenAI Responses": lambda u: {"type": "input_image", "image_url": u},
    "OpenAI Responses, file": lambda u: {"type": "input_file", "file_url": u},
    "Anthropic": lambda u: {"type": "image", "source": {"type": "url", "url": u}},
    "Google media": lambda u: {"type": "media", "file_uri": u, "mime_type": PNG},
    "Google file_data": lambda u: {"file_data": {"file_uri": u, "mime_type": PNG}},
    "MCP link": lambda u: {"type": "resource_link", "uri": u, "name": "page", "mimeType": PNG},
}
IDS: dict[str, dict[str, Any]] = {
    "LangChain v1": {"type": "image", "file_id": "file-7"},
    "LangChain v0": {"type": "image", "source_type": "id", "id": "file-7"},
    "OpenAI chat": {"type": "file", "file": {"file_id": "file-7", "filename": "a.png"}},
    "OpenAI Responses": {"type": "input_image", "file_id": "file-7"},
    "OpenAI Responses, file": {"type": "input_file", "file_id": "file-7"},
    "Anthropic": {"type": "image", "source": {"type": "file", "file_id": "file-7"}},
    "Anthropic, document": {"type": "document", "source": {"type": "file", "file_id": "file-7"}},
}
PDFS: dict[str, Callable[[str], dict[str, Any]]] = {
    "LangChain v1": lambda d: {"type": "file", "base64": d, "mime_type": "application/pdf"},
    "OpenAI chat": lambda d: {"type": "file", "file": {"file_data": pdf(d), "filename": "a.pdf"}},
    "OpenAI Responses": lambda d: {"type": "input_file", "file_data": pdf(d), "filename": "a.pdf"},
    "OpenAI Responses, bare": lambda d: {
        "type": "input_file",
        "filename": "a.pdf",
        "file_data": d,
    },
    "Anthropic": lambda d: {
        "type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": d},
        "title": "a.pdf",
    },
    "Google media": lambda d: {"type": "media", "data": d, "mime_type": "application/pdf"},
    "Google inline_data": lambda d: {"inline_data": {"mime_type": "application/pdf", "data": d}},
    "Bedrock": lambda d: {
        "document": {"format": "pdf", "name": "a", "source": {"bytes": base64.b64decode(d)}}
    },
    "MCP resource": lambda d: {
        "type": "resource",
        "resource": {"uri": "file:///a.pdf", "mimeType": "application/pdf", "blob": d},
    },
}
NEITHER: list[Any] = [
    "text",
    None,
    {},
    {"type": "text", "text": "look", "image_url": "x.png"},
    {"type": ["image"], "url": "x.png"},
    {"type": "image", "source": {"type": "base64", "media_type": PNG, "data": ""}},
    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    {"type": "media", "data": "AAAA", "mime_type": "audio/wav"},
    {"type": "media", "file_uri": "gs://films/a.mp4", "mime_type": "video/mp4"},
    {"inline_data": {"mime_type": "audio/wav", "data": "AAAA"}},
    {"inline_data": "AAAA"},
    {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hello"}},
    {"type": "input_file", "filename": "a.csv", "file_data": "data:text/csv;base64,AAAA"},
    {"type": "resource", "resource": {"uri": "file:///a.txt", "text": "hello"}},
    {"document": {"format": "docx", "name": "a", "source": {"bytes": b"PK"}}},
    {"type": "tool_use", "id": "1", "name": "look", "input": {"image": {"data": "AAAA"}}},
]


def url(data: str) -> str:
    return f"data:{PNG};base64,{data}"


def pdf(data: str) -> str:
    return f"data:application/pdf;base64,{data}"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(1900, 1300))


@pytest.fixture(scope="module")
def encoded(page: Path) -> str:
    return base64.b64encode(page.read_bytes()).decode()


def run(item: dict[str, Any], **options: Any) -> tuple[dict[str, Any], list[list[BaseMessage]]]:
    """An agent that looks at image 1 of one block: what the tool found, what the model received."""
    tool = ErgoVisionTool(policy=scripted(ANSWER), allowed_roots=[], **options)
    hosts = options.get("allowed_hosts", ())
    running, model = agent_calling(
        LOOK, tools=[tool], middleware=[VisionMiddleware(allowed_hosts=hosts)]
    )
    told = tool_messages(running.invoke({"messages": [human(item)]}))[-1]
    assert told.status == "success", told.text
    return told.artifact, model.received


@pytest.mark.parametrize("form", BYTES)
def test_bytes_are_found_shown_small_and_traced_small(encoded: str, form: str):
    item = BYTES[form](encoded)
    artifact, received = run(item)
    assert artifact["image"]["width"] == 1900
    for messages in received:
        assert len(image_blocks(messages[0])) == 1
        assert "image 1: 1900x1300 pixels, shown reduced to" in messages[0].text
    assert encoded not in json.dumps(light_images([item]), default=repr)


def test_the_same_image_has_one_name_in_whatever_form_it_was_sent(encoded: str):
    messages = [human(*[form(encoded) for form in BYTES.values()])]
    assert set(Conversation(messages).names_by_key().values()) == {"image 1"}


@pytest.mark.parametrize("form", URLS)
def test_urls_are_fetched_where_their_host_is_allowed(page: Path, form: str):
    with web({"/page.png": Page(page.read_bytes())}) as site:
        item = URLS[form](f"http://{site.host}/page.png")
        artifact, received = run(item, allowed_hosts=[f"private:{site.host}"])
    assert artifact["image"]["width"] == 1900
    assert len(image_blocks(received[0][0])) == 1


@pytest.mark.parametrize("form", IDS)
def test_file_ids_are_opened_by_who_knows_them(page: Path, form: str):
    opened: list[str] = []

    def open_file_id(file_id: str) -> bytes:
        opened.append(file_id)
        return page.read_bytes()

    artifact, _ = run(IDS[form], open_file_id=open_file_id)
    assert (opened, artifact["image"]["width"]) == (["file-7"], 1900)


@pytest.mark.parametrize("form", PDFS)
def test_documents_are_opened_and_sent_as_they_came(tmp_path: Path, form: str):
    Image.new("RGB", (300, 400), "white").save(tmp_path / "a.pdf")
    item: Any = PDFS[form](base64.b64encode((tmp_path / "a.pdf").read_bytes()).decode())
    artifact, received = run(item)
    assert artifact["image"]["page_count"] == 1
    (sent,) = map(read_image, received[0][0].content)
    assert sent
    assert (sent.is_file, sent.source) == (True, read_image(item).source)


@pytest.mark.parametrize("item", NEITHER, ids=str)
def test_what_is_neither_is_passed_over(item: Any):  # noqa: ANN401
    assert read_image(item) is None
