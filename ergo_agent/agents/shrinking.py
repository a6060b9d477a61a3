"""Large images in what a model is sent, replaced by their coarse views.

What cannot be opened here (a URL of a host that is not allowed, a file id, a damaged image) is sent
as it came: the model's provider may be able to. So is a PDF, of which a view shows one page only.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, ToolMessage

from ergo_agent.agents.blocks import SentImage, read_image
from ergo_agent.agents.views import is_view_id, view_block
from ergo_agent.budget import TokenRule
from ergo_agent.errors import ErgoError
from ergo_agent.geometry import Size
from ergo_agent.result import ImageFacts
from ergo_agent.settings import VisionSettings
from ergo_agent.tools.observe import observe_image
from ergo_agent.tools.zoom import Zoomed
from ergo_agent.viewing import ViewMaker

__all__ = ["Shrinker"]

_logger = logging.getLogger(__name__)

_REMEMBERED = 256
"""Images whose coarse view is remembered; a few hundred bytes of each; the store has the rest."""

_Coarse = tuple[ImageFacts, Zoomed]


class Shrinker:
    """Replaces large images by coarse views, each made once. Safe to use from several threads."""

    def __init__(self, maker: ViewMaker, *, view_budget: int, rule: TokenRule) -> None:
        """Set the budget.

        Args:
            maker: Opens images and makes views.
            view_budget: Most vision tokens of one image; what costs no more stays as it is.
            rule: What an image costs.

        Raises:
            BudgetError: If the budget holds no view.
        """
        self._maker = maker
        self._settings = VisionSettings(view_budget=view_budget)
        self._rule = rule
        self._known: OrderedDict[str, _Coarse] = OrderedDict()
        self._lock = threading.Lock()

    async def shrunk(
        self, messages: Sequence[BaseMessage], *, names: Mapping[str, str]
    ) -> list[BaseMessage]:
        """The messages with their large images replaced; the messages themselves do not change.

        Args:
            messages: What a model is about to be sent.
            names: What the images are called, by `SentImage.key`. One without a name stays as it
                is, as no tool could find the original.
        """
        return [await self._message(message, names) for message in messages]

    async def _message(self, message: BaseMessage, names: Mapping[str, str]) -> BaseMessage:
        if not isinstance(message, HumanMessage | ToolMessage):
            return message
        if not isinstance(message.content, list):
            return message
        content: list[Any] = []
        for item in message.content:
            content += await self._item(item, names)
        if content == message.content:
            return message
        return message.model_copy(update={"content": content})

    async def _item(self, item: object, names: Mapping[str, str]) -> list[Any]:
        """An item of content, or a text and a view in its place."""
        image = read_image(item)
        if image is None or image.is_file or image.kind == "file_id":
            return [item]
        name = None if is_view_id(image.block_id) else names.get(image.key)
        if name is None:
            return [item]
        try:
            facts, view = await self._coarse(image)
            if self._is_small(facts):
                return [item]
            block = await view_block(self._maker, facts, view)
        except ErgoError as error:
            _logger.info("%s is sent as it came: %s", name, error)
            return [item]
        return [{"type": "text", "text": _in_words(name, facts, view)}, block]

    async def _coarse(self, image: SentImage) -> _Coarse:
        """The facts of an image and its coarse view, which the store has."""
        key = image.key
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
        if known is not None and self._maker.holds(known[1].digest):
            return known
        seen = await observe_image(
            self._maker, image.source, page=1, settings=self._settings, rule=self._rule
        )
        made = seen.facts, Zoomed.model_validate(seen.view.model_dump())
        with self._lock:
            self._known[key] = made
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return made

    def _is_small(self, facts: ImageFacts) -> bool:
        size = Size(facts.width, facts.height)
        return self._rule.full_resolution_tokens(size) <= self._settings.view_budget


def _in_words(name: str, facts: ImageFacts, view: Zoomed) -> str:
    """What the model is told, so that it knows what it does not see."""
    page = f"page 1 of {facts.page_count}, " if facts.page_count > 1 else ""
    return (
        f"{name}: {page}{facts.width}x{facts.height} pixels, shown reduced to {view.shown.width}x"
        f'{view.shown.height}. For details, call a tool with "{name}" as the image.'
    )
