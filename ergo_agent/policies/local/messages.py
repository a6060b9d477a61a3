"""LangChain messages as turns for a chat template, and the images that go with them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
)
from PIL import Image

from ergo_agent.errors import PolicyError
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, open_original
from ergo_agent.policies.images import image_bytes
from ergo_agent.views.geometry import Region

__all__ = ["Conversation", "conversation_of"]

_ROLES: dict[type[BaseMessage], str] = {
    SystemMessage: "system",
    HumanMessage: "user",
    AIMessage: "assistant",
}

Turn = dict[str, Any]
"""`role` and `content`, a text or a list of parts; an image is a part of type `image`."""


class Conversation(NamedTuple):
    """What a chat template and an image processor are given."""

    turns: tuple[Turn, ...]
    images: tuple[Image.Image, ...]
    """The images in the order of their parts; RGB, exactly the pixels that were sent."""


def conversation_of(
    messages: Sequence[BaseMessage], *, limits: ImageLimits = DEFAULT_LIMITS
) -> Conversation:
    """Take messages apart and decode their images; blocking.

    Images come with their bytes, in whatever form `read_image` reads. The `name` of a message is
    left out: no chat template of these families has a place for it.

    Args:
        messages: The conversation, its last message the one to reply to.
        limits: What is too large to be decoded.

    Raises:
        PolicyError: If there is no message, a message has a role that these models do not know, or
            a block is neither text nor an image given by its bytes.
        ImageError: If an image is damaged or too large.
    """
    if not messages:
        raise PolicyError("there is no message to reply to; send at least one human message")
    images: list[Image.Image] = []
    turns = tuple(_turn(message, images, limits) for message in messages)
    return Conversation(turns, tuple(images))


def _turn(message: BaseMessage, images: list[Image.Image], limits: ImageLimits) -> Turn:
    if isinstance(message.content, str):
        return {"role": _role(message), "content": message.content}
    parts = [part for block in message.content for part in _parts(block, images, limits)]
    return {"role": _role(message), "content": parts}


def _role(message: BaseMessage) -> str:
    role = message.role if isinstance(message, ChatMessage) else None
    for kind, name in _ROLES.items():
        if isinstance(message, kind) or role == name:
            return name
    raise PolicyError(
        f"a {type(message).__name__} cannot be sent to a local model, which calls no tools; "
        "send system, human and AI messages"
    )


def _parts(
    block: str | Mapping[str, Any], images: list[Image.Image], limits: ImageLimits
) -> Iterator[Turn]:
    """A block as a part; an image is put to the others. Empty text makes no part."""
    if isinstance(block, str):
        block = {"type": "text", "text": block}
    if block.get("type") == "text":
        if block.get("text"):
            yield {"type": "text", "text": str(block["text"])}
        return
    data = image_bytes(block, to="a local model")
    if data is None:
        raise PolicyError(
            f"a block of type {block.get('type')!r} cannot be sent to a local model; "
            "send text and images"
        )
    original = open_original(data, limits=limits)
    images.append(original.shown(Region.whole(original.size), original.size))
    yield {"type": "image"}
