"""Images out of tool messages into a user message, for servers that refuse them there.

OpenAI's Chat Completions takes only text in a tool message, and so do most servers that copy it
(langchain#31950). A user message after the last of a turn's tool messages may hold images anywhere.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, ToolMessage

from ergo_agent.images.blocks import read_image

__all__ = ["rerouted"]

_MOVED = "(shown in the user message that follows)"


def rerouted(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The messages with images of tool messages moved; the messages themselves do not change.

    Tool messages of one turn stay together, as servers want them right after the calls. The texts
    of a tool message stay where they are.
    """
    sent: list[BaseMessage] = []
    moved: list[Any] = []
    for message in messages:
        if not isinstance(message, ToolMessage):
            sent += _user_message(moved)
            moved = []
            sent.append(message)
            continue
        kept, images = _parted(message)
        sent.append(kept)
        if images:
            moved += [{"type": "text", "text": f"From the tool {kept.name or 'called'}:"}, *images]
    return sent + _user_message(moved)


def _user_message(content: list[Any]) -> list[BaseMessage]:
    return [HumanMessage(content)] if content else []


def _parted(message: ToolMessage) -> tuple[ToolMessage, list[Any]]:
    """A tool message without images, and its images."""
    if not isinstance(message.content, list):
        return message, []
    images = [item for item in message.content if read_image(item) is not None]
    if not images:
        return message, []
    rest = [item for item in message.content if read_image(item) is None]
    return message.model_copy(update={"content": _with_notice(rest)}), images


def _with_notice(rest: list[Any]) -> str | list[Any]:
    """What is left of a tool message: one text where it can be, which every server takes."""
    content = [*rest, {"type": "text", "text": _MOVED}]
    texts = [item if isinstance(item, str) else item.get("text") for item in content]
    if all(isinstance(text, str) for text in texts):
        return "\n".join(texts)
    return content
