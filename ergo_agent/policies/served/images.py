"""Images by name: what a server was sent once need not be sent again.

vLLM keeps processed images under the `uuid` that a content part carries, and takes
`"image_url": null` with a uuid it knows. The uuid is the digest of the content, because a server
would answer the same uuid with the pixels it had first, whatever came later.
"""

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from cachetools import LRUCache
from langchain_core.messages import BaseMessage, HumanMessage

from ergo_agent.images.blocks import read_image

__all__ = ["NamedImages", "SentImages"]

_REMEMBERED = 4096
"""Names kept for one server, 64 bytes each."""
_PATIENCE = 3
"""Refusals in a row after which images are sent each time: then the server keeps none, or there
are several behind one address."""


class NamedImages(NamedTuple):
    """Messages whose images carry names."""

    messages: list[BaseMessage]
    names: tuple[str, ...]
    """The names of all images, in order."""

    omitted: bool
    """Whether the bytes of any were left out."""


class SentImages:
    """Which images a server was sent. Safe to use from several threads."""

    def __init__(self) -> None:
        self._known: LRUCache[str, None] = LRUCache(_REMEMBERED)
        self._refused = 0
        self._lock = threading.Lock()

    def named(self, messages: Sequence[BaseMessage], *, all_bytes: bool = False) -> NamedImages:
        """Name the images of some messages, and leave out the bytes that the server has.

        Blocking: it digests every image.

        Args:
            messages: A conversation; only `image_url` blocks with a data URL are named.
            all_bytes: Leave nothing out.
        """
        names: list[str] = []
        omitted = False
        named: list[BaseMessage] = []
        for message in messages:
            if not isinstance(message, HumanMessage) or isinstance(message.content, str):
                named.append(message)
                continue
            blocks: list[str | dict[str, Any]] = []
            for block in message.content:
                name = _name(block)
                if name is None or not isinstance(block, dict):
                    blocks.append(block)
                    continue
                omit = not all_bytes and self._may_omit(name)
                blocks.append({**block, "uuid": name, **({"image_url": None} if omit else {})})
                names.append(name)
                omitted = omitted or omit
            named.append(HumanMessage(blocks, id=message.id, name=message.name))
        return NamedImages(named, tuple(names), omitted)

    def answered(self, images: NamedImages) -> None:
        """Remember what was sent in a request that was answered."""
        with self._lock:
            for name in images.names:
                self._known[name] = None
            if images.omitted:
                self._refused = 0

    def refused(self, images: NamedImages) -> None:
        """Forget what a server says it does not know."""
        with self._lock:
            for name in images.names:
                self._known.pop(name, None)
            self._refused += 1

    def _may_omit(self, name: str) -> bool:
        with self._lock:
            return name in self._known and self._refused < _PATIENCE


def _name(block: str | dict[str, Any]) -> str | None:
    """The name of an image whose bytes are in its block; None for anything else."""
    if not isinstance(block, dict) or block.get("type") != "image_url" or "uuid" in block:
        return None
    sent = read_image(block)
    return sent.key.removeprefix("sha256:") if sent and sent.kind == "bytes" else None
