"""One run: an episode of the graph, and what it says."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.answer import VisionAnswer
from ergo_agent.apps.page.log import EventLog, Said
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.stopping import NO_ANSWER, reason_in_words
from ergo_agent.errors import ErgoError
from ergo_agent.graphs import VisionGraph, create_document_graph, create_vision_graph
from ergo_agent.images import ImageLimits
from ergo_agent.policies.base import Policy
from ergo_agent.report.certainty import certainty_of

__all__ = ["CONFIG", "Asked", "Begin", "Begun", "Run"]

CONFIG: RunnableConfig = {"configurable": {"thread_id": "run"}}
"""Each run has a checkpointer, and so a thread, of its own."""

_log = logging.getLogger(__name__)


class Asked(NamedTuple):
    """What a run is about."""

    image: str
    """Digest of the original."""

    page: int | None
    """None for all pages of a document."""

    question: str
    policy: str
    """Its name in the menu."""

    settings: VisionSettings
    limits: ImageLimits

    def graph(self, policy: Policy, saver: InMemorySaver) -> VisionGraph:
        """The graph that answers it."""
        create = create_document_graph if self.page is None else create_vision_graph
        return create(policy=policy, settings=self.settings, limits=self.limits, checkpointer=saver)

    @property
    def given(self) -> dict[str, Any]:
        """The input of that graph."""
        if self.page is None:
            return {"document": self.image, "question": self.question}
        return {"image": self.image, "question": self.question, "page": self.page}


class Begun(NamedTuple):
    """A graph, and what it is started with."""

    graph: VisionGraph
    given: Mapping[str, Any] | None
    """None to go on from where the config is."""

    config: RunnableConfig


Begin = Callable[[], Awaitable[Begun]]
"""Makes what a run begins with; it may take as long as the policy's model takes to load."""


class Run:
    """An episode, in a task of its own. It goes on whether or not anybody listens."""

    def __init__(
        self,
        identity: str,
        asked: Asked,
        saver: InMemorySaver,
        *,
        facts: Mapping[str, Any],
        fork_of: str | None = None,
    ) -> None:
        """Prepare.

        Args:
            identity: Its name in URLs.
            asked: What it is about.
            saver: Keeps its state; forgotten with it.
            facts: What its image is, as the page shows it.
            fork_of: The run that it goes on from with other boxes, if it does.
        """
        self.id = identity
        self.asked = asked
        self.saver = saver
        self.facts = facts
        self.fork_of = fork_of
        self.log = EventLog()
        self.views: set[str] = set()
        """Digests of the views that it made or kept."""

        self.result: dict[str, Any] | None = None
        self.newest: RunnableConfig | None = None
        """Names its newest checkpoint."""

        self.task: asyncio.Task[None] | None = None
        """What it runs in, once it was started; it may outlive a cancelled run by a moment."""

        self._zooms = 0
        self._began = time.monotonic()

    @property
    def told(self) -> dict[str, Any]:
        """What a page that was loaded anew needs to show it again, beside its events."""
        return {
            "run": self.id,
            "image": self.facts,
            "document": self.asked.page is None,
            "question": self.asked.question,
            "policy": self.asked.policy,
            "fork_of": self.fork_of,
            "going": self.going,
            "seconds": self._seconds,
        }

    @property
    def _seconds(self) -> float:
        """Since it began."""
        return round(time.monotonic() - self._began, 3)

    @property
    def going(self) -> bool:
        """Whether it has not ended yet."""
        return not self.log.ended

    def keep(self, said: tuple[Said, ...]) -> None:
        """Begin with what an earlier run said."""
        for event in said:
            self._say(event.name, {**event.data, "kept": True}, zoom=event.data.get("zoom"))

    def start(self, begin: Begin) -> None:
        """Begin to run, in the event loop that runs now."""
        self._began = time.monotonic()
        self.task = asyncio.create_task(self._run(begin))

    def cancel(self) -> None:
        """End it, and the policy's call with it."""
        if self.task is not None and self.going:
            self.task.cancel()
            self._end("cancelled", {})

    async def _run(self, begin: Begin) -> None:
        try:
            begun = await begin()
            async for mode, chunk in _chunks(begun):
                self._take(mode, chunk)
            self._end("done", self._outcome())
        except ErgoError as error:
            self._end("failed", {"error": error.for_model})
        except Exception:
            _log.exception("a run failed")
            self._end("failed", {"error": "the run failed; what it was is on the terminal"})
        finally:  # cancelled by another way than `cancel`, as by the end of the event loop
            self._end("cancelled", {})

    def _end(self, name: str, data: Mapping[str, Any]) -> None:
        """Say how it ended, and after how long."""
        self.log.say(name, {**data, "seconds": self._seconds})

    def _outcome(self) -> dict[str, Any]:
        """The result, why it ended, and how far its answer is to be relied on, in words."""
        if self.result is None:
            return {"result": None}
        certainty = certainty_of(VisionAnswer.model_validate(self.result))
        return {
            "result": self.result,
            "reason": reason_in_words(self.result["stop_reason"]),
            "standing": certainty.standing,
            "why": certainty.why,
        }

    def _take(self, mode: str, chunk: dict[str, Any]) -> None:
        if mode == "custom":
            self._say(str(chunk.get("type")), chunk)
        elif mode == "checkpoints":
            self.newest = chunk["config"]
        elif chunk.get("result") is not None:
            self.result = chunk["result"]

    def _say(self, name: str, data: Mapping[str, Any], *, zoom: int | None = None) -> None:
        """Say an event; a zoom with its number, which a person's decision on it shares.

        Of a document they have none: such a run is not forked here.
        """
        if name == "view_made":
            self.views.add(str(data["digest"]))
        forked = self.asked.page is not None
        if name == "next_decided" and data["next"] == "zoom" and forked:
            self._zooms = zoom or self._zooms + (data["by"] == "policy")
            data = {**data, "zoom": self._zooms}
        if name == "next_decided":
            data = {**data, "unusable": data["stop_reason"] in NO_ANSWER}
        self.log.say(name, data)


async def _chunks(begun: Begun) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    modes = ["custom", "values", "checkpoints"]
    async for mode, chunk in begun.graph.astream(begun.given, begun.config, stream_mode=modes):
        yield mode, chunk
