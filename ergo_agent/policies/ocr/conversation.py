"""What a conversation asks the reader: the question, and the images with their places."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage, HumanMessage
from PIL import Image

from ergo_agent.dialects.reader import LAST_CALL, QUESTION, ImageNote
from ergo_agent.errors import ImageError, PolicyError
from ergo_agent.images import open_original
from ergo_agent.policies.images import image_bytes
from ergo_agent.views.geometry import Region

__all__ = ["Asked", "SeenImage", "asked_in"]


@dataclass(frozen=True)
class SeenImage:
    """One image of a conversation."""

    data: bytes
    key: str
    """The digest of its bytes: the same image is read once."""
    note: ImageNote | None

    @property
    def scale(self) -> float:
        """Shown pixels per original pixel."""
        return self.note.scale if self.note else 1.0

    def open(self) -> Image.Image:
        """Decode it.

        Raises:
            PolicyError: If the bytes are no image.
        """
        try:
            original = open_original(self.data)
            return original.shown(Region.whole(original.size), original.size)
        except ImageError as error:
            raise PolicyError(
                f"the embedded reader was sent {len(self.data)} bytes that are no image "
                f"({error}); send PNG or JPEG bytes as a data URL"
            ) from error


@dataclass(frozen=True)
class Asked:
    """The newest question of a conversation and all images shown so far."""

    question: str
    images: tuple[SeenImage, ...]
    last_call: bool


def asked_in(messages: Sequence[BaseMessage]) -> Asked:
    """Take a conversation apart.

    Images count in the order in which they were shown. Messages that the reading dialect did not
    write work as well: the text of the last human message is then the question, and its last image
    is the page.
    """
    texts = [_text(message) for message in messages if isinstance(message, HumanMessage)]
    newest = texts[-1] if texts else ""
    asked = (
        next((line for line in text.splitlines() if line.startswith(QUESTION)), "")
        for text in reversed(texts)
    )
    said = (line.removeprefix(QUESTION).strip() for line in asked)
    noted = (ImageNote.parse(line) for text in texts for line in text.splitlines())
    notes = {note.number: note for note in noted if note}
    images = tuple(
        SeenImage(data, hashlib.sha256(data).hexdigest(), notes.get(number))
        for number, data in enumerate(_images(messages), start=1)
    )
    question = next(filter(None, said), newest.strip())
    return Asked(question, images if notes else images[-1:], LAST_CALL in newest)


def _text(message: BaseMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    parts = (
        block if isinstance(block, str) else str(block.get("text", ""))
        for block in message.content
        if isinstance(block, str) or block.get("type") == "text"
    )
    return "\n".join(parts)


def _images(messages: Sequence[BaseMessage]) -> Iterator[bytes]:
    asking = (message.content for message in messages if isinstance(message, HumanMessage))
    for block in (block for content in asking for block in content if isinstance(block, dict)):
        data = image_bytes(block, to="the embedded reader")
        if data is not None:
            yield data
