"""Large images in what a model is sent, replaced by their coarse views.

Small ones stay as they are, unless they are neither PNG nor JPEG, which is all that many servers
take: then they are sent as PNG.

What cannot be opened here (a URL of a host that is not allowed, a file id, a damaged image) is sent
as it came: the model's provider may be able to. So is a PDF, of which a view shows one page only.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.messages import BaseMessage, HumanMessage, ToolMessage

from ergo_agent._common.caches import Recent
from ergo_agent.agents.views import view_block
from ergo_agent.episode.record import ImageFacts
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import ErgoError
from ergo_agent.images.blocks import SentImage, image_block, read_image
from ergo_agent.images.maker import HeldImage, ViewMaker
from ergo_agent.tools.observe import observe_image
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["Shrinker"]

_logger = logging.getLogger(__name__)

_REMEMBERED = 256
"""Images whose coarse view is remembered; a few hundred bytes of each; the store has the rest."""

_TAKEN = frozenset({"image/jpeg", "image/png"})
"""What every server takes; few take more."""


class _Coarse(NamedTuple):
    """What is shown in the place of an image."""

    facts: ImageFacts
    view: View
    plain: View | None
    """Digest of a small image as PNG; None where it may be sent as it came."""


class _Named(NamedTuple):
    """An image that may be replaced."""

    name: str
    key: str
    image: SentImage


class Shrinker:
    """Replaces large images by coarse views, each made once. Safe to use from several threads."""

    def __init__(self, maker: ViewMaker, terms: Terms) -> None:
        """Set the budget.

        Args:
            maker: Opens images and makes views.
            terms: Say what an image costs, and what it may cost; what costs no more than a view
                may stays as it is.
        """
        self._maker = maker
        self._terms = terms
        self._known: Recent[_Coarse] = Recent(most=_REMEMBERED)

    async def shrunk(
        self, messages: Sequence[BaseMessage], *, names: Mapping[str, str]
    ) -> list[BaseMessage]:
        """The messages with their large images replaced; the messages themselves do not change.

        Args:
            messages: What a model is about to be sent.
            names: What the images are called, by `SentImage.key`. One without a name stays as it
                is: it is a view, or no tool could find the original.
        """
        # ten million characters, a noisy 4K photograph, take 10 ms to read and hash
        found = await asyncio.to_thread(lambda: [_named(message, names) for message in messages])
        return [
            await self._message(message, named) if named else message
            for message, named in zip(messages, found, strict=True)
        ]

    async def _message(self, message: BaseMessage, named: Mapping[int, _Named]) -> BaseMessage:
        content: list[Any] = []
        for at, item in enumerate(message.content):
            content += await self._shown(item, named[at]) if at in named else [item]
        return message.model_copy(update={"content": content})

    async def _shown(self, item: Any, named: _Named) -> list[Any]:  # noqa: ANN401  # a block
        """A text and a view in the place of an image; one block where it is small."""
        try:
            known = self._recalled(named.key)
            held = HeldImage("") if known else await self._maker.hold(named.image.source)
            with held as digest:
                facts, view, plain = known or await self._coarse(named.key, digest)
                if self._is_small(facts):
                    return [item] if plain is None else [await self._block(plain, facts, named)]
                block = await view_block(self._maker, facts, view)
        except ErgoError as error:
            _logger.info("%s is sent as it came: %s", named.name, error)
            return [item]
        return [{"type": "text", "text": _in_words(named.name, facts, view)}, block]

    def _recalled(self, key: str) -> _Coarse | None:
        """What is known of an image whose coarse view the store still has."""
        known = self._known.get(key)
        shown = None if known is None else known.plain or known.view
        return known if shown is not None and self._maker.holds(shown.digest) else None

    async def _coarse(self, key: str, digest: str) -> _Coarse:
        """The facts of an image that is held, and its coarse view."""
        seen = await observe_image(self._maker, digest, page=1, terms=self._terms)
        made = _Coarse(seen.facts, seen.view, await self._plain(seen.facts))
        self._known.put(key, made)
        return made

    async def _plain(self, facts: ImageFacts) -> View | None:
        """Keep a small image in a form that every server takes, if it has another.

        Its first frame, upright and as large as it is: what a server would make of it, or refuse.
        """
        if not self._is_small(facts):
            return None
        original = await self._maker.original(facts.digest, page=1)
        if original.media_type in _TAKEN:
            return None
        size = original.size
        whole = View(region=Region.whole(size), shown=size, original=size)
        return await self._maker.made(whole, original)

    async def _block(self, plain: View, facts: ImageFacts, named: _Named) -> dict[str, Any]:
        """The block that shows a small image."""
        url = await self._maker.url(plain, facts.digest)
        return image_block(url, block_id=named.name.replace(" ", "_"))

    def _is_small(self, facts: ImageFacts) -> bool:
        size = Size(facts.width, facts.height)
        tokens = self._terms.rule.full_resolution_tokens(size)
        return tokens <= self._terms.settings.view_budget


def _named(message: BaseMessage, names: Mapping[str, str]) -> dict[int, _Named]:
    """The images of a message that have names, by their place in its content."""
    named: dict[int, _Named] = {}
    if isinstance(message, HumanMessage | ToolMessage) and isinstance(message.content, list):
        for at, item in enumerate(message.content):
            image = read_image(item)
            if image is None or image.is_file or image.kind == "file_id":
                continue
            key = image.key
            if key in names:
                named[at] = _Named(names[key], key, image)
    return named


def _in_words(name: str, facts: ImageFacts, view: View) -> str:
    """What the model is told, so that it knows what it does not see."""
    page = f"page 1 of {facts.page_count}, " if facts.page_count > 1 else ""
    return (
        f"{name}: {page}{facts.width}x{facts.height} pixels, shown reduced to {view.shown.width}x"
        f'{view.shown.height}. For details, call a tool with "{name}" as the image.'
    )
