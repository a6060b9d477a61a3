"""The compiled graph: LangGraph's own, with what every run of it needs.

- An image given as bytes, Pillow image or `data:` URL is put into the store first, which holds it
  until the run has ended: LangGraph keeps the input of a run in its checkpoints and traces, and
  those hold no pixels.
- With a checkpointer, each step is saved before the next one begins, unless `durability` says
  otherwise: a process that is killed never pays twice for a reply that it had. A thread is run
  once at a time, so that two that resume it do not pay twice either.
- The recursion limit is the graph's own. An episode cannot run in circles, it ends by its settings;
  LangGraph's limit, or the 25 that langchain-core hands to whatever stands in a chain, would only
  cut it short.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager, aclosing
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from ergo_agent._common.streams import stepwise
from ergo_agent._common.sync import run_sync
from ergo_agent._common.text import quoted
from ergo_agent.episode.settings import MOST_ZOOMS, VisionContext, VisionSettings
from ergo_agent.episode.state import VisionInput, VisionOutput, VisionState
from ergo_agent.errors import DecisionError, SettingsError, StateError
from ergo_agent.graphs.threads import Thread, alone, alone_async, thread_of
from ergo_agent.images import ImageSource
from ergo_agent.images.maker import HeldImage, ViewMaker
from ergo_agent.images.sources import kind_of_source

__all__ = ["RECURSION_LIMIT", "VisionGraph", "overrides_of"]

RECURSION_LIMIT = 1 + 3 * (MOST_ZOOMS + 1) + 5
"""Steps of the deepest episode: observe; for each zoom policy, review, zoom; and a second question,
the last question, two looks that confirm the answer, and the answer."""

_RESUMING = 'give for example {"type": "accept"}'

_Held = AbstractContextManager[Any]
"""What keeps the images of a run in the store until it has ended."""

_Compiled = CompiledStateGraph[VisionState, VisionContext, VisionInput, VisionOutput]


class VisionGraph(_Compiled):
    """A compiled graph from `VisionInput` to `VisionOutput`; see `create_vision_graph`."""

    maker: ViewMaker
    """Puts images into the store."""

    def __init__(self, *, maker: ViewMaker, **compiled: Any) -> None:
        """Copy a graph, as LangGraph's own `copy` does it; `of` makes the first one."""
        super().__init__(**compiled)
        self.maker = maker

    @classmethod
    def of(cls, compiled: _Compiled, *, maker: ViewMaker) -> "VisionGraph":
        """What LangGraph compiled, as a graph of this class: nothing of it is made anew.

        Args:
            compiled: Nobody else may hold it.
            maker: Puts images into the store.
        """
        compiled.__class__ = cls
        assert isinstance(compiled, VisionGraph)
        compiled.maker = maker
        return compiled

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
            StateError: If the input is no dict, or the state that is gone on from was made up.
            ImageError: If the image is given by its bytes and they cannot be used.
            ThreadBusyError: If another run of the thread has not ended.
        """
        options = self._options(options)
        self._check(input)
        thread = self._thread(config)
        held: _Held | None = None
        if self._needs_holding(input):
            held, input = run_sync(self._held(input))  # noqa: A001
        chunks = super().stream(input, self._bounded(config), **options)
        if held is not None:
            chunks = _holding(held, chunks)
        return chunks if thread is None else alone(thread, chunks)

    def astream(
        self,
        input: Any,  # noqa: A002, ANN401
        config: RunnableConfig | None = None,
        **options: Any,
    ) -> AsyncIterator[Any]:
        """Like `stream`, without blocking the event loop."""
        chunks = self._astream(input, config, **options)
        thread = self._thread(config)
        return chunks if thread is None else alone_async(thread, chunks)

    async def _astream(
        self,
        input: Any,  # noqa: A002, ANN401
        config: RunnableConfig | None,
        **options: Any,
    ) -> AsyncIterator[Any]:
        options = self._options(options)
        self._check(input)
        held: _Held = HeldImage("")
        if self._needs_holding(input):
            held, input = await self._held(input)  # noqa: A001
        ran: Any = super().astream(input, self._bounded(config), **options)
        with held:
            async with aclosing(stepwise(ran)) as chunks:  # type: ignore[type-var]  # a generator
                async for chunk in chunks:
                    yield chunk

    def _bounded(self, config: RunnableConfig | None) -> RunnableConfig:
        """The config with room for the deepest episode; more where it says so."""
        limits = ((each or {}).get("recursion_limit", 0) for each in (self.config, config))
        return {**(config or {}), "recursion_limit": max(RECURSION_LIMIT, *limits)}

    def _thread(self, config: RunnableConfig | None) -> Thread | None:
        """The thread that a run continues; None where nothing is saved."""
        known: dict[str, Any] = {}
        for each in (self.config, config):
            known |= (each or {}).get("configurable") or {}
        return thread_of(known, self.checkpointer)

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

    async def _held(self, given: Mapping[str, Any]) -> tuple["_Held", Mapping[str, Any]]:
        """The input with what cannot be read again named by its digest, and what holds that."""
        held = await self._held_image(given["image"])
        return held, {**given, "image": held.name}

    def _needs_holding(self, given: object) -> bool:
        """Whether the image of an input is given by its bytes, or by their digest."""
        image = given.get("image") if isinstance(given, Mapping) else None
        return image is not None and kind_of_source(image) not in {"path", "remote"}

    async def _held_image(self, image: ImageSource) -> HeldImage:
        """What cannot be read again, held until the run has ended."""
        known = kind_of_source(image) == "digest"
        return self.maker.holding(str(image)) if known else await self.maker.hold(image)

    def _check(self, given: object) -> None:
        """Refuse what cannot be run, or what a checkpointer fails over before any node sees it.

        Among it `Command(resume=None)`, which LangGraph cannot tell from a command without one.
        """
        if given == Command():
            raise DecisionError(f"the run is resumed with None; {_RESUMING}")
        if isinstance(given, Command) and not self._keeps(given.resume):
            said = quoted(given.resume)
            raise DecisionError(f"{said} cannot be kept in a checkpoint; {_RESUMING}")
        if given is not None and not isinstance(given, Mapping | Command):
            raise StateError(
                f"the input is a {type(given).__name__}; give a dict with an image and a question"
            )
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


def _holding(held: "_Held", chunks: Iterator[Any]) -> Iterator[Any]:
    with held:
        yield from chunks
