"""Which images a trace keeps, and what stands for the others."""

import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args

from langchain_core.messages import BaseMessage

from ergo_agent.images.blocks import read_image
from ergo_agent.images.data_urls import is_data_url
from ergo_agent.tracing.thumbnails import thumbnail

__all__ = ["VARIABLE", "TraceImages", "light_images", "trace_images"]

TraceImages = Literal["thumbnails", "full", "none"]
"""What a trace holds of an image:

- `thumbnails`: a JPEG of 256 pixels at most on its longer side, and a line that says so;
- `full`: the image as the model was sent it;
- `none`: a line that says how large it was.
"""

VARIABLE = "ERGO_TRACE_IMAGES"
"""The environment variable that chooses; `thumbnails` where it is not set."""

_MOST = 16
"""Most thumbnails in one traced value, the newest; a line stands for each of the others. An episode
at the default settings shows at most 13 views, one with `max_zooms=100` up to 401 in one call."""

_DEPTH = 24
"""How deep a value is searched. LangChain puts an image 8 levels deep into what it traces."""

_LONG = 1024
"""Shorter texts and bytes stay what they are: no image is worth replacing below that."""

_logger = logging.getLogger(__name__)


def trace_images() -> TraceImages:
    """What the environment asks for.

    A word that is none of the three counts as `none`, and is warned of once: it must neither end an
    episode nor publish what its owner meant to keep.
    """
    word = os.environ.get(VARIABLE, "").strip().lower() or "thumbnails"
    for mode in get_args(TraceImages):
        if word == mode:
            return mode  # type: ignore[no-any-return]  # get_args is untyped
    _warn(word)
    return "none"


@cache
def _warn(word: str) -> None:
    _logger.warning(
        "%s=%r is unknown, so traces show no images; give thumbnails, full or none", VARIABLE, word
    )


def light_images(value: Any, *, images: TraceImages | None = None) -> Any:  # noqa: ANN401  # JSON
    """A value as a trace shows it, with thumbnails in place of its images; blocking.

    The package's own calls are traced this way without it. For an agent of yours that is sent
    images itself, give it to the client:
    `Client(hide_inputs=light_images, hide_outputs=light_images)`.

    Args:
        value: Anything of dicts, lists and chat messages; it is not changed.
        images: What is kept of the images; what `ERGO_TRACE_IMAGES` says when left out.

    Returns:
        The same value where it holds no image, else a copy. Whatever cannot be read as an image is
        described by its length.
    """
    mode = trace_images() if images is None else images
    return value if mode == "full" else _Lightening(mode).of(value, _DEPTH)


class _Lightening:
    """One pass over one value, newest first: lists of messages and of blocks grow at their end."""

    def __init__(self, mode: TraceImages) -> None:
        self._left = _MOST if mode == "thumbnails" else 0

    def of(self, value: Any, depth: int) -> Any:  # noqa: ANN401
        if depth == 0:
            return value
        if isinstance(value, BaseMessage):
            content = self.of(value.content, depth - 1)
            same = content is value.content
            return value if same else value.model_copy(update={"content": content})
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, list | tuple) and type(value) in {list, tuple}:
            items = [self._block(item, depth) for item in reversed(value)]
            return _unless_same(value, [part for item in items for part in item][::-1])
        return self._leaf(value)

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> Any:  # noqa: ANN401
        keys = list(value)
        items = {key: self.of(value[key], depth - 1) for key in reversed(keys)}
        if all(items[key] is value[key] for key in keys):
            return value
        return {key: items[key] for key in keys}

    def _block(self, item: Any, depth: int) -> list[Any]:  # noqa: ANN401
        """What stands for an item of a list, its parts last to first."""
        sent = read_image(item)
        if sent is None or sent.kind != "bytes" or len(sent.source) < _LONG:
            return [self.of(item, depth - 1)]
        small = None if sent.is_file else self._thumbnail(sent.source)
        if small is None:
            described = _described(sent.media_type or "image", sent.source)
            return [_text(f"[{described}: left out of the trace]")]
        if len(small[0]) >= len(sent.source):
            return [item]
        shown = {"type": "image_url", "image_url": {"url": small[0]}}
        return [_text(f"[thumbnail of {small[1]}]"), shown]

    def _leaf(self, value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, bytes | bytearray) and len(value) >= _LONG:
            return f"[{len(value):,} bytes: left out of the trace]"
        if not is_data_url(value) or len(value) < _LONG:
            return value
        small = self._thumbnail(value)
        if small is None:
            media_type = value[5:45].partition(";")[0].partition(",")[0] or "image"
            return f"[{_described(media_type, value)}: left out of the trace]"
        return small[0] if len(small[0]) < len(value) else value

    def _thumbnail(self, url: str) -> tuple[str, str] | None:
        if self._left == 0:
            return None
        self._left -= 1
        return thumbnail(url)


def _described(media_type: str, url: str) -> str:
    return f"{media_type:.40}, {len(url):,} characters"


def _text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


def _unless_same(value: Any, items: list[Any]) -> Any:  # noqa: ANN401
    if len(items) == len(value) and all(a is b for a, b in zip(items, value, strict=True)):
        return value
    return type(value)(items)
