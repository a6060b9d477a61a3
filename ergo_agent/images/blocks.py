"""The images in chat messages, in whatever form their content blocks have.

LangChain reads the forms: its own standard blocks, old and new, and those of OpenAI, Anthropic,
Google and Bedrock.
"""

import mimetypes
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from langchain_core.messages import HumanMessage

from ergo_agent.errors import ImageFormatError, PolicyError
from ergo_agent.images import digest_of
from ergo_agent.images.data_urls import decode_data_url

__all__ = ["SentImage", "image_block", "read_image"]

Block = dict[str, Any]

_NAME_KEYS = ("filename", "file_name", "name", "title", "file_filename")
"""Where applications and providers put the name of a file."""


class SentImage(NamedTuple):
    """An image or PDF in a message."""

    kind: Literal["bytes", "url", "file_id"]
    source: str
    """A `data:` URL, another URL, or the id under which a provider keeps the file."""

    file_name: str | None
    block_id: str | None
    is_file: bool
    """Whether it was sent as a file, which may be a PDF of many pages, and not as an image."""

    @property
    def key(self) -> str:
        """A digest of the source, the same for the same image however often it is sent."""
        return digest_of(self.source.encode("utf-8", "replace"))


def read_image(item: object) -> SentImage | None:
    """The image or PDF of one item of a message's content; None where it is none."""
    block = _standard(item)
    if block is None:
        return None
    name = _file_name(block)
    is_file = block["type"] == "file"
    if is_file and not _is_looked_at(block, name):
        return None
    block_id = block.get("id")
    known_id = block_id if isinstance(block_id, str) else None
    data, url, file_id = block.get("base64"), block.get("url"), block.get("file_id")
    if isinstance(data, str) and data:
        return SentImage("bytes", f"data:;base64,{data}", name, known_id, is_file)
    if isinstance(url, str) and url:
        kind: Literal["bytes", "url"] = "bytes" if url[:5].lower() == "data:" else "url"
        return SentImage(kind, url, name, known_id, is_file)
    if isinstance(file_id, str) and file_id:
        return SentImage("file_id", file_id, name, known_id, is_file)
    return None


def image_block(data_url: str, *, block_id: str) -> Block:
    """The standard block of a view.

    Args:
        data_url: As `ViewMaker.url` returns it.
        block_id: Tells the block from others; no provider is sent it.
    """
    header, _, data = data_url.partition(";base64,")
    media_type = header.removeprefix("data:")
    return {"type": "image", "id": block_id, "base64": data, "mime_type": media_type}


def _standard(item: object) -> Block | None:
    """An item as a standard block, if it is an image or file."""
    if not isinstance(item, Mapping) or item.get("type") == "text":
        return None
    block = dict(item)
    if isinstance(block.get("image_url"), str):  # a form that OpenAI refuses but many write
        block["image_url"] = {"url": block["image_url"]}
    try:
        read: list[Any] = HumanMessage([block]).content_blocks
    except (AttributeError, KeyError, TypeError, ValueError):  # what it makes of malformed blocks
        return None
    return next((dict(b) for b in read if b.get("type") in {"image", "file"}), None)


def _file_name(block: Block) -> str | None:
    extras = block.get("extras")
    places: list[Any] = [block, extras]
    if isinstance(extras, Mapping):
        places += [extras.get("metadata"), extras.get("extras")]
    for place in places:
        if isinstance(place, Mapping):
            named = (place.get(key) for key in _NAME_KEYS)
            found = next((name for name in named if isinstance(name, str) and name.strip()), None)
            if found:
                return found.strip()
    return _name_in_url(block.get("url"))


def _name_in_url(url: object) -> str | None:
    """The last part of a URL's path; it is compared with names and never opened."""
    if not isinstance(url, str) or url[:5].lower() == "data:":
        return None
    last = url.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return last if "." in last else None


def _is_looked_at(block: Block, name: str | None) -> bool:
    """Whether a file is an image or a PDF, as far as it says what it is."""
    media_type = block.get("mime_type") or mimetypes.guess_type(name or "")[0]
    return isinstance(media_type, str) and media_type.startswith(("image/", "application/pdf"))


def sent_image(block: Mapping[str, Any], *, to: str) -> bytes | None:
    """The encoded image of a content block, in OpenAI's or in LangChain's standard form.

    Args:
        block: Any content block.
        to: Who is sent it, as the subject of a sentence.

    Returns:
        The bytes, which need not be an image; None for a block of another type.

    Raises:
        PolicyError: If the image would have to be fetched, or its base64 is damaged.
    """
    kind = block.get("type")
    if kind == "image_url":
        source = block.get("image_url")
        url = source.get("url") if isinstance(source, Mapping) else source
    elif kind == "image":
        data = block.get("base64") or block.get("data")
        url = f"data:;base64,{data}" if data else block.get("url")
    else:
        return None
    if not isinstance(url, str) or url[:5].lower() != "data:":
        raise PolicyError(
            f"{to} was given the image {str(url)[:80]!r}, which is not its bytes, and uses no "
            "network: send the image as a data URL"
        )
    try:
        return decode_data_url(url)
    except ImageFormatError as error:
        raise PolicyError(f"{to} was sent an image that cannot be decoded: {error}") from error
