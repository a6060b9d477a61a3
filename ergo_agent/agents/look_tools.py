"""Tools for agents whose own model looks: they show views, and every box has a stated frame."""

import asyncio
from typing import Any

from pydantic import Field, PrivateAttr

from ergo_agent._common.sync import run_sync
from ergo_agent.agents.conversation import Conversation, GivenImage, GivenView
from ergo_agent.agents.image_tool import (
    PAGE,
    AgentState,
    ImageArguments,
    ImageTool,
    told_to_the_model,
)
from ergo_agent.agents.views import Look, SeenView, view_block, view_name
from ergo_agent.dialects import choose_dialect
from ergo_agent.episode.planning import plan_crop
from ergo_agent.episode.record import ImageFacts
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import ImageNotFoundError
from ergo_agent.images import Original
from ergo_agent.images.maker import HeldImage
from ergo_agent.images.sources import written_name
from ergo_agent.tools.observe import facts_of, observe_image
from ergo_agent.views.frames import Boxed, BoxFrame
from ergo_agent.views.geometry import Region, ViewBox
from ergo_agent.views.view import View

__all__ = ["ObserveTool", "ZoomTool"]

_Opened = tuple[HeldImage, Original]
_Shown = tuple[list[dict[str, Any]], dict[str, Any]]


class ObserveArguments(ImageArguments):
    """What a model calls `observe_image` with."""

    page: int = Field(default=1, description=PAGE)


class ZoomArguments(ImageArguments):
    """What a model calls `zoom_image` with."""

    image: str = Field(
        description="What the box is a part of: a view by its name, as 'view 3f9a2c' or 'the last "
        "view'; or an image by its name in this conversation, as 'image 1', its path or its URL."
    )
    left: float = Field(description="Left edge of the box, in the frame.")
    top: float = Field(description="Top edge of the box, in the frame.")
    right: float = Field(description="Right edge of the box, in the frame.")
    bottom: float = Field(description="Bottom edge of the box, in the frame.")
    frame: BoxFrame = Field(
        default="thousandths",
        description="What the edges count. thousandths: of the width and height of the named image "
        "or view, from 0 to 1000. original: pixels of the full-resolution image. view: pixels of "
        "the named view, at the size at which it was shown.",
    )
    page: int = Field(default=1, description=PAGE)


class _LookingTool(ImageTool):
    """What both tools have in common: a view of bounded cost is shown."""

    model: Any = None
    """The agent's model, or what it is called: what a view costs it, and how large one may be, goes
    by its family. Where nothing is known of it, it is taken for ERGO."""

    rule: Any = None
    """A `TokenRule` instead of that of the model's family."""

    _terms: Terms = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Find out what a view costs."""
        super().model_post_init(context)
        rule = self.rule or choose_dialect(model=self.model).token_rule
        self._terms = Terms(self._settings, rule)

    async def _show(self, image: ImageFacts, view: View, *, source: str) -> _Shown:
        """What is returned: a text that says what is shown in which frame, the view, the facts."""
        block = await view_block(self._maker, image, view)
        look = Look(image=image, views=[view], source=written_name(source))
        text = {"type": "text", "text": _in_words(image, view)}
        return [text, block], look.model_dump(mode="json")


class ObserveTool(_LookingTool):
    """Shows a whole image to the agent's own model, shrunk to a budget of vision tokens.

    It returns a text and an image block. The text says how large the original is and by which name
    the view may be zoomed into. The artifact is JSON: `image` (`ImageFacts`) and `views`.

    Raises:
        BudgetError: If the budget holds no view.
        SettingsError: If an allowed host is none.
    """

    name: str = "observe_image"
    description: str = (
        "Show a whole image or PDF page, shrunk if it is large. Look at it first, then zoom into "
        "the parts of it that matter."
    )
    args_schema: Any = ObserveArguments

    def _run(self, image: str, page: int = 1, state: AgentState = None) -> _Shown:
        return run_sync(self._arun(image, page, state))

    async def _arun(self, image: str, page: int = 1, state: AgentState = None) -> _Shown:
        conversation = await asyncio.to_thread(Conversation.of_state, state)
        with told_to_the_model(conversation), await self._source(image, conversation) as source:
            seen = await observe_image(self._maker, source, page=page, terms=self._terms)
            return await self._show(seen.facts, seen.view, source=image)


class ZoomTool(_LookingTool):
    """Shows a part of an image to the agent's own model, at full resolution or as near as it gets.

    Its `frame` says what the edges of the box count; see `BoxFrame`. A box in a view, however deep,
    lands in the original where it was meant. It returns what `ObserveTool` returns.

    Raises:
        BudgetError: If the budget holds no view.
        SettingsError: If an allowed host is none.
    """

    name: str = "zoom_image"
    description: str = (
        "Show a part of an image, or of a view of it, at full detail. Give the box that holds what "
        "is needed, and say in which frame it is."
    )
    args_schema: Any = ZoomArguments

    def _run(self, image: str, page: int = 1, state: AgentState = None, **box: Any) -> _Shown:
        return run_sync(self._arun(image, page, state, **box))

    async def _arun(
        self,
        image: str,
        page: int = 1,
        state: AgentState = None,
        *,
        frame: BoxFrame = "thousandths",
        **edges: float,
    ) -> _Shown:
        conversation = await asyncio.to_thread(Conversation.of_state, state)
        box = ViewBox(**edges)
        with told_to_the_model(conversation):
            found = conversation.find(image) if conversation else None
            if isinstance(found, GivenView):
                seen = found.seen
                held, original = await self._original(seen, conversation)
                boxed = Boxed(seen.view.original, seen.view.map)
                image = seen.source or image
            else:
                held, original = await self._opened(image, found, page)
                boxed = Boxed(original.size)
            planned = plan_crop(
                boxed.region(box, frame=frame),
                original=original.size,
                page=original.page,
                max_tokens=self.view_budget,
                # original pixels are meant as they are; other boxes are as coarse as what was shown
                margin=0.0 if frame == "original" else self._settings.margin,
                terms=self._terms,
            )
            with held:
                made = await self._maker.made(planned, original)
                return await self._show(facts_of(original), made, source=image)

    async def _opened(self, image: str, found: GivenImage | None, page: int) -> _Opened:
        """The original of an image that is named."""
        held = await (self._maker.hold(image) if found is None else self._held(found))
        return held, await self._maker.original(held.name, page=page)

    async def _original(self, seen: SeenView, conversation: Conversation | None) -> _Opened:
        """The original of a view, opened anew by its name where the store has forgotten it."""
        image = seen.image
        try:
            held = await self._maker.hold(image.digest)
            return held, await self._maker.original(image.digest, page=image.page)
        except ImageNotFoundError:
            if seen.source is None or conversation is None:
                raise
            found = conversation.find(seen.source)
            if isinstance(found, GivenView):
                raise
            held, original = await self._opened(seen.source, found, image.page)
            if original.digest != image.digest:
                raise
            return held, original


def _in_words(image: ImageFacts, view: View) -> str:
    """What the model is told of a view: its name, its frame, its cost."""
    name, region, shown = view_name(image, view), view.region, view.shown
    page = f"page {image.page} of {image.page_count}, " if image.page_count > 1 else ""
    whole = region == Region.whole(view.original)
    what = "the whole image" if whole else f"[left, top, right, bottom] = {[*region.as_tuple()]}"
    closer = (
        "Nothing was lost by showing it"
        if view.full_resolution
        else "It is shown smaller than it is; to see more, zoom into it by this name"
    )
    return (
        f"{name}: {what} of {page}{image.width}x{image.height} original pixels, shown at "
        f"{shown.width}x{shown.height} ({view.tokens} vision tokens). {closer}."
    )
