"""LangChain messages as turns and images, for the models that run on this machine."""

import base64
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from PIL import Image

from ergo_agent.errors import ImageFormatError, ImageTooLargeError, PolicyError
from ergo_agent.images import ImageLimits, data_url, encode_view
from ergo_agent.policies.local import conversation_of


def picture(seed: int = 0) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (56, 84, 3), dtype=np.uint8)
    return Image.fromarray(noise)


def url_of(image: Image.Image) -> str:
    return data_url(encode_view(image))


def test_roles_and_texts_are_kept():
    messages = [
        SystemMessage("be brief"),
        HumanMessage("what is it?", name="someone"),
        AIMessage("a square"),
        ChatMessage(role="user", content="of what colour?"),
    ]
    assert conversation_of(messages).turns == (
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "what is it?"},
        {"role": "assistant", "content": "a square"},
        {"role": "user", "content": "of what colour?"},
    )


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image_url", "image_url": {"url": url_of(picture()), "detail": "high"}},
        {"type": "image_url", "image_url": url_of(picture())},
        {"type": "image", "url": url_of(picture())},
        {"type": "image", "base64": url_of(picture()).partition(",")[2], "mime_type": "image/png"},
        {"type": "image", "source_type": "base64", "data": url_of(picture()).partition(",")[2]},
    ],
)
def test_every_form_of_image_gives_exactly_its_pixels(block: dict[str, Any]):
    found = conversation_of([HumanMessage([block, {"type": "text", "text": "what?"}])])
    assert found.turns[0]["content"] == [{"type": "image"}, {"type": "text", "text": "what?"}]
    assert found.images[0].mode == "RGB"
    assert np.array_equal(np.asarray(found.images[0]), np.asarray(picture()))


def test_images_stand_in_the_order_of_their_parts():
    blocks: list[str | dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": url_of(picture(seed))}} for seed in range(3)
    ]
    messages = [HumanMessage(blocks[:2]), AIMessage("ok"), HumanMessage(["and", blocks[2]])]
    found = conversation_of(messages)
    kinds = [[part["type"] for part in turn["content"]] for turn in found.turns[::2]]
    assert kinds == [["image", "image"], ["text", "image"]]
    for seed, image in enumerate(found.images):
        assert np.array_equal(np.asarray(image), np.asarray(picture(seed)))


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}, "no network"),
        ({"type": "image", "url": "file:///etc/hostname"}, "not its bytes"),
        ({"type": "image_url", "image_url": None, "uuid": "abc"}, "not its bytes"),
        ({"type": "audio", "base64": "AAAA"}, "type 'audio' cannot be sent"),
    ],
)
def test_what_would_have_to_be_fetched_or_heard_is_refused(block: Mapping[str, Any], told: str):
    with pytest.raises(PolicyError, match=told):
        conversation_of([HumanMessage([dict(block)])])


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ([], "at least one human message"),
        ([ToolMessage("4", tool_call_id="1")], "ToolMessage cannot be sent"),
        ([ChatMessage(role="critic", content="no")], "ChatMessage cannot be sent"),
    ],
)
def test_other_roles_are_refused(messages: list[BaseMessage], told: str):
    with pytest.raises(PolicyError, match=told):
        conversation_of(messages)


def test_hostile_images_are_refused_by_the_same_limits_as_originals():
    def sent(data_url: str) -> list[BaseMessage]:
        return [HumanMessage([{"type": "image_url", "image_url": {"url": data_url}}])]

    with pytest.raises(PolicyError, match="base64 is damaged"):
        conversation_of(sent("data:image/png;base64,!!!"))
    with pytest.raises(ImageFormatError, match="no image of a known kind"):
        conversation_of(sent("data:image/png;base64,aGVsbG8="))
    with pytest.raises(ImageTooLargeError, match="84x56"):
        conversation_of(sent(url_of(picture())), limits=ImageLimits(max_pixels=84 * 55))


def test_a_photograph_is_turned_upright():
    turned = Image.new("RGB", (84, 56), "red")
    exif = turned.getexif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    turned.save(buffer, "JPEG", exif=exif)
    data = base64.b64encode(buffer.getvalue()).decode()
    block = {"type": "image", "base64": data, "mime_type": "image/jpeg"}
    assert conversation_of([HumanMessage([block])]).images[0].size == (56, 84)
