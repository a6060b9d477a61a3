"""What a chat completion asks of an episode: images, a question, and settings."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ergo_agent._common.text import quoted
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import QuestionError, SettingsError
from ergo_agent.images.blocks import SentImage, read_image

__all__ = ["Asked", "read_request"]

_USED = frozenset({"messages", "model", "stream", "stream_options", "ergo", "user", "n"})
_TEXTS = frozenset({"text", "input_text"})


class Asked(NamedTuple):
    """One question."""

    document: bytes | list[bytes]
    question: str
    model: str
    stream: bool
    settings: dict[str, Any]
    ignored: tuple[str, ...]
    """What of the request has no meaning for an episode."""


def read_request(body: bytes) -> Asked:
    """Read a request.

    Raises:
        QuestionError: If it holds no question, several, or no image.
        SettingsError: If it is no JSON object, or asks for what an episode cannot do.
        ImageError: If an image is damaged, or not sent with the request.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SettingsError("the request is no JSON; send a chat completion") from error
    if not isinstance(given, dict) or not isinstance(given.get("messages"), list):
        raise SettingsError("the request holds no list `messages`; send a chat completion")
    if given.get("n") not in {None, 1}:
        raise SettingsError(f"n={quoted(given['n'])}: an episode gives one answer; leave n out")
    system, parts = _only_user(given["messages"])
    texts = [str(part["text"]) for part in parts if part.get("type") in _TEXTS]
    images = [image for part in parts if (image := read_image(part)) is not None]
    if not "".join(texts).strip():
        raise QuestionError("the user's message has no text; ask what you want to know")
    if not images:
        raise QuestionError("the user's message has no image; send one as an image_url block")
    documents = [_sent(image) for image in images]
    ignored = sorted(given.keys() - _USED) + ["system message"] * system
    return Asked(
        document=documents[0] if len(documents) == 1 else documents,
        question="\n".join(texts),
        model=str(given.get("model") or ""),
        stream=given.get("stream") is True,
        settings=_settings(given.get("ergo")),
        ignored=tuple(ignored),
    )


def _only_user(messages: Sequence[Any]) -> tuple[bool, list[Mapping[str, Any]]]:
    """Whether there is a system message, and the parts of the one message of the user.

    Raises:
        QuestionError: If there are several messages, or none.
    """
    told = [message for message in messages if isinstance(message, Mapping)]
    system = any(message.get("role") in {"system", "developer"} for message in told)
    others = [message for message in told if message.get("role") not in {"system", "developer"}]
    if len(others) != 1 or others[0].get("role") != "user" or len(told) != len(messages):
        raise QuestionError(
            f"{len(others)} messages beside the system's: an episode answers one question; send "
            "one message of the user, with the image and the question"
        )
    content = others[0].get("content")
    if isinstance(content, str):
        return system, [{"type": "text", "text": content}]
    if not isinstance(content, list) or not all(isinstance(part, Mapping) for part in content):
        raise QuestionError(f"content={quoted(content)} is neither a text nor a list of blocks")
    return system, content


def _sent(image: SentImage) -> bytes:
    """The bytes of an image.

    Raises:
        QuestionError: If the request only says where it is: nothing is opened or fetched for it.
        ImageFormatError: If its base64 is damaged.
    """
    if image.kind != "bytes":
        raise QuestionError(
            f"an image is given as a {image.kind} ({quoted(image.source)}), and nothing is opened "
            "or fetched for a request; send it as a data: URL"
        )
    return image.data()


def _settings(given: object) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise SettingsError(f"ergo={quoted(given)} is no object of settings")
    unknown = sorted(map(str, given.keys() - VisionSettings.model_fields.keys()))
    if unknown:
        raise SettingsError(
            f"ergo has the unknown setting {quoted(unknown[0])}; the settings are "
            f"{', '.join(VisionSettings.model_fields)}"
        )
    return given
