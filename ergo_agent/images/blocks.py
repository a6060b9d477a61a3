"""The images and documents in chat messages, whatever form their content blocks have.

One reader for everybody: the forms of LangChain (v0, v1), OpenAI (Chat Completions, Responses),
Anthropic, Google and Bedrock, and of what MCP servers return. They differ in what their keys are
called and in how deep these lie, and in little else: so a form is a few words in the tables here.
"""

import base64
import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from ergo_agent.images.data_urls import decode_data_url, is_data_url
from ergo_agent.images.formats import PDF
from ergo_agent.images.stores import digest_of

__all__ = ["IMAGE_TYPES", "SentImage", "image_block", "read_image"]

Block = dict[str, Any]
_Part = Mapping[Any, Any]

IMAGE_TYPES = frozenset({"image", "image_url", "input_image"})
_DOCUMENTS = frozenset({"document", "input_file"})
_FILES = frozenset({"file", "media", "resource", "resource_link"})
"""Types of blocks. A document is looked at unless it says that it is no PDF, a file if it says that
it is one, or an image."""

_TYPES = IMAGE_TYPES | _DOCUMENTS | _FILES | {"non_standard"}

_UNTYPED = ("inline_data", "inlineData", "file_data", "fileData", "image", "document")
"""What holds everything in a block without a type, as Google's and Bedrock's."""

_WITHIN = (*_UNTYPED, "image_url", "file", "resource", "source", "s3Location")
_BESIDE = ("extras", "metadata")
"""Where else an application may have put a name."""

_DATA = ("base64", "data", "file_data", "blob", "bytes")
_URLS = ("url", "image_url", "image", "file_url", "file_uri", "fileUri", "uri")
_MEDIA_TYPES = ("mime_type", "media_type", "mimeType")
_NAMES = ("filename", "file_name", "name", "title", "file_filename")

_UNKNOWN = "application/octet-stream"


class SentImage(NamedTuple):
    """An image or PDF in a message."""

    kind: Literal["bytes", "url", "file_id"]
    source: str
    """A `data:` URL, another URL, or the id under which a provider keeps the file."""

    media_type: str | None
    """What the message says it is."""

    file_name: str | None
    block_id: str | None
    is_file: bool
    """Whether it may be a PDF of many pages: it was sent as a file, and not as an image."""

    @property
    def key(self) -> str:
        """A digest of the source, the same for the same image in whatever form it is sent."""
        return digest_of(self.source.encode("utf-8", "replace"))

    def data(self) -> bytes:
        """The bytes that were sent; they need not be an image.

        Raises:
            ImageFormatError: If no bytes were sent, or their base64 is damaged.
        """
        return decode_data_url(self.source)


def read_image(item: object) -> SentImage | None:
    """The image or PDF of one item of a message's content; None where it is none."""
    if not isinstance(item, Mapping):
        return None
    kind = _kind(item)
    if kind == "non_standard":  # LangChain's own wrapping
        return read_image(item.get("value"))
    parts = list(_parts(item, _WITHIN))
    found = None if kind is None else _source(parts, kind_of_id=item.get("source_type"))
    if found is None:
        return None
    how, source, media_type = found
    name = _first(_parts(item, (*_WITHIN, *_BESIDE)), _NAMES) or _last_part(source, how)
    media_type = _first(parts, _MEDIA_TYPES, but=_UNKNOWN) or media_type or _by_ending(parts, name)
    is_image = kind in IMAGE_TYPES or (media_type or "").startswith("image/")
    said = media_type or (PDF if kind in _DOCUMENTS else "")
    if not is_image and not said.startswith(PDF):
        return None
    return SentImage(how, source, media_type, name, _first([item], ("id",)), not is_image)


def image_block(data_url: str, *, block_id: str) -> Block:
    """The standard block of a view.

    Args:
        data_url: As `ViewMaker.url` returns it.
        block_id: Tells the block from others; no provider is sent it.
    """
    header, _, data = data_url.partition(";base64,")
    media_type = header.removeprefix("data:")
    return {"type": "image", "id": block_id, "base64": data, "mime_type": media_type}


def _kind(item: _Part) -> str | None:
    """The type of a block that may hold an image; None for all others."""
    kind = item.get("type")
    if kind is None:
        return "file" if any(isinstance(item.get(key), Mapping) for key in _UNTYPED) else None
    return kind if isinstance(kind, str) and kind in _TYPES else None


def _parts(item: _Part, keys: Iterable[str], depth: int = 3) -> Iterator[_Part]:
    """A block, and the mappings in it that hold more of it."""
    yield item
    if depth:
        for key in keys:
            if isinstance(item.get(key), Mapping):
                yield from _parts(item[key], keys, depth - 1)


def _source(
    parts: Iterable[_Part], *, kind_of_id: object
) -> tuple[Literal["bytes", "url", "file_id"], str, str | None] | None:
    """Where the image is, what it is, and its media type where a `data:` URL says one."""
    held = _first(parts, _DATA)
    if held is not None:
        return _sent(held)
    url = _first(parts, _URLS)
    if url is not None:
        return _sent(url) if is_data_url(url) else ("url", url, None)
    file_id = _first(parts, ("id", "file_id") if kind_of_id == "id" else ("file_id",))
    return None if file_id is None else ("file_id", file_id, None)


def _sent(text: str) -> tuple[Literal["bytes"], str, str | None]:
    """Base64 or a `data:` URL, as a `data:` URL that is the same in both cases."""
    if not is_data_url(text):
        return "bytes", f"data:;base64,{text}", None
    header, _, payload = text.partition(",")
    media_type, *parameters = header[5:].replace(" ", "").lower().split(";")
    source = f"data:;base64,{payload}" if "base64" in parameters else text
    return "bytes", source, media_type or None


def _first(parts: Iterable[_Part], keys: Iterable[str], *, but: str = "") -> str | None:
    """The first text under any of the keys, bytes as base64; empty ones do not count."""
    for part in parts:
        for key in keys:
            value = part.get(key)
            if isinstance(value, bytes) and value:
                return base64.b64encode(value).decode("ascii")
            if isinstance(value, str) and value.strip() not in {"", but}:
                return value.strip()
    return None


def _last_part(url: str, how: str) -> str | None:
    """The last part of a URL's path; it is compared with names and never opened."""
    last = url.partition("?")[0].partition("#")[0].rpartition("/")[2] if how == "url" else ""
    return last if "." in last else None


def _by_ending(parts: Iterable[_Part], name: str | None) -> str | None:
    """The media type by the format that a block names, as `png`, or by the ending of its name."""
    ending = _first(parts, ("format",))
    return mimetypes.guess_type(f"x.{ending}" if ending else name or "", strict=False)[0]
