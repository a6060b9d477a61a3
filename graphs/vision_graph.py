"""The compiled graph: LangGraph's own, with what every run of it needs.

- An image given as bytes, Pillow image or `data:` URL is put into the store first: LangGraph keeps
  the input of a run in its checkpoints and traces, and those hold no pixels.
- With a checkpointer, each step is saved before the next one begins, unless `durability` says
  otherwise: a process that is killed never pays twice for a reply that it had.
- The recursion limit is the graph's own. An episode cannot run in circles, it ends by its settings;
  LangGraph's limit, or the 25 that langchain-core hands to whatever stands in a chain, would only
  cut it short.
"""

import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command
from PIL import Image

from ergo_agent._common.sync import run_sync
from ergo_agent._common.text import quoted
from ergo_agent.episode.settings import MOST_ZOOMS, VisionContext, VisionSettings
from ergo_agent.episode.state import VisionInput, VisionOutput, VisionState
from ergo_agent.errors import DecisionError, SettingsError
from ergo_agent.images.maker import ViewMaker

__all__ = ["RECURSION_LIMIT", "VisionGraph", "overrides_of"]

RECURSION_LIMIT = 1 + 3 * (MOST_ZOOMS + 1) + 3
"""Steps of the deepest episode: observe; for each zoom policy, review, zoom; and a second question,
the last question and the answer."""

_RESUMING = 'give for example {"type": "accept"}'

_Compiled = CompiledStateGraph[VisionState, VisionContext, VisionInput, VisionOutput]


class VisionGraph(_Compiled):
    """A compiled graph from `VisionInput` to `VisionOutput`; see `create_vision_graph`."""

    def __init__(self, *, maker: ViewMaker, **compiled: Any) -> None:
        """Take over a compiled graph.

        Args:
            maker: Puts images into the store.
            **compiled: What LangGraph compiled, as its own `copy` hands it on.
        """
        super().__init__(**compiled)
        self.maker = maker

    def stream(
        self,
        input: Any,  # noqa: A002, ANN401  # LangGraph's name and type
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> Iterator[Any]:
        """Run, and yield what `stream_mode` names; see LangGraph's `Pregel.stream`.

        Raises:
            SettingsError: If a setting in `context` is unknown or out of range.
            BudgetError: If a budget in `context` holds no view.
            DecisionError: If the run is resumed with None, or with what no checkpoint keeps.
            ImageError: If the image is given by its bytes and they cannot be used.
        """
        options = self._options(options)
        self._check(input)
        if _has_pixels(input):
            input = run_sync(self._kept(input))  # noqa: A001
        return super().stream(input, self._bounded(config), **options)

    async def astream(
        self,
        input: Any,  # noqa: A002, ANN401
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> AsyncIterator[Any]:
        """Like `stream`, without blocking the event loop."""
        options = self._options(options)
        self._check(input)
        if _has_pixels(input):
            input = await self._kept(input)  # noqa: A001
        ran: Any = super().astream(input, self._bounded(config), **options)
        async with aclosing(ran) as chunks:
            async for chunk in chunks:
                yield chunk

    def _bounded(self, config: RunnableConfig | None) -> RunnableConfig:
        """The config with room for the deepest episode; more where it says so."""
        limits = ((each or {}).get("recursion_limit", 0) for each in (self.config, config))
        return {**(config or {}), "recursion_limit": max(RECURSION_LIMIT, *limits)}

    def _options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """What a run is called with, its context checked."""
        chosen = dict(options)
        context = chosen.get("context")
        if isinstance(context, Mapping):
            chosen["context"] = VisionContext(**context)
        elif context is not None and not isinstance(context, VisionSettings):
            raise SettingsError(
                f"context={quoted(context)} is no VisionContext; give one, or a dict of its fields"
            )
        asked = chosen.get("durability") or "checkpoint_during" in chosen
        if not asked and isinstance(self.checkpointer, BaseCheckpointSaver):
            chosen["durability"] = "sync"
        return chosen

    def _check(self, given: object) -> None:
        """Refuse what a checkpointer fails over before any node sees it, as a number of 65 bits.

        `Command(resume=None)`, too, which LangGraph cannot tell from a command without one.
        """
        if given == Command():
            raise DecisionError(f"the run is resumed with None; {_RESUMING}")
        if isinstance(given, Command) and not self._keeps(given.resume):
            said = quoted(given.resume)
            raise DecisionError(f"{said} cannot be kept in a checkpoint; {_RESUMING}")
        page = given.get("page") if isinstance(given, Mapping) else None
        if not self._keeps(page):
            raise SettingsError(
                f"page={quoted(page)} is no page number; give a whole number from 1"
            )

    def _keeps(self, value: object) -> bool:
        if not isinstance(self.checkpointer, BaseCheckpointSaver):
            return True
        try:
            self.checkpointer.serde.dumps_typed(value)
        except Exception:  # whatever a serialiser raises
            return False
        return True

    async def _kept(self, given: Mapping[str, Any]) -> dict[str, Any]:
        return {**given, "image": await self.maker.keep(given["image"])}


def overrides_of(context: object) -> dict[str, Any]:
    """The settings in a run's context, by name, as plain values.

    Args:
        context: A `VisionContext`; or the context of a parent graph, which gives the settings of
            this one under the name `vision`, as an attribute or a key, if at all.

    Raises:
        SettingsError: If `vision` holds an unknown setting or one out of range.
    """
    if isinstance(context, VisionSettings):
        return {name: getattr(context, name) for name in sorted(context.model_fields_set)}
    key = "vision"
    inner = context.get(key) if isinstance(context, Mapping) else getattr(context, key, None)
    if isinstance(inner, Mapping):
        inner = VisionContext(**inner)
    return overrides_of(inner) if isinstance(inner, VisionSettings) else {}


def _has_pixels(given: object) -> bool:
    """Whether the image of an input is given by its bytes."""
    image = given.get("image") if isinstance(given, Mapping) else None
    if isinstance(image, str | os.PathLike):
        return os.fspath(image)[:16].lower().startswith("data:")
    return isinstance(image, bytes | Image.Image)
