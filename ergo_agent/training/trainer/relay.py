"""The graph of inference, held still at each question until somebody brings the reply.

So a rollout in training cannot differ from an episode: its prompts, views, limits and endings are
made by the same nodes.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from ergo_agent._common.sync import run_sync
from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.state import VisionInput
from ergo_agent.errors import PolicyError, StateError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.images import ImageSource
from ergo_agent.policies.base import Policy

__all__ = ["Question", "RelayedEpisode"]


class Question(NamedTuple):
    """What the policy is asked next."""

    messages: list[BaseMessage]
    """The whole conversation; its last message is new."""

    stage: str
    """Where in the episode it stands; one of `Stage`."""


class _Relay(BaseChatModel):
    """A chat model that hands its prompt on, and waits for the reply."""

    model: str = "relay"
    _asked: "asyncio.Queue[Question | VisionAnswer | Exception]" = PrivateAttr()
    _replies: "asyncio.Queue[AIMessage]" = PrivateAttr()

    @property
    def _llm_type(self) -> str:
        return "ergo-relay"

    def connect(self) -> None:
        """Begin with nothing asked and nothing said; within the event loop."""
        self._asked, self._replies = asyncio.Queue(), asyncio.Queue()

    def _generate(
        self,
        messages: list[BaseMessage],  # noqa: ARG002  # of the interface
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        raise PolicyError("a rollout is asked asynchronously; use RelayedEpisode")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002  # of the interface
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        told: Mapping[str, Any] = run_manager.metadata if run_manager is not None else {}
        await self._asked.put(Question(messages, str(told.get("ergo_stage", ""))))
        return ChatResult(generations=[ChatGeneration(message=await self._replies.get())])


class RelayedEpisode:
    """One episode at a time whose replies come from outside; blocking, for a trainer's loop."""

    def __init__(self, dialect: Dialect, *, settings: VisionSettings) -> None:
        """Wire the graph.

        Args:
            dialect: How the policy is asked, and how its replies are read.
            settings: What an episode may cost.
        """
        self._relay = _Relay(cache=False)
        self._graph = create_vision_graph(policy=Policy(self._relay, dialect), settings=settings)
        self._task: asyncio.Task[None] | None = None
        self.record: VisionAnswer | None = None
        """What the episode left; None while it goes on."""

    def begin(self, image: ImageSource, question: str, *, page: int = 1) -> Question | None:
        """Begin an episode, giving up one that has not ended.

        Args:
            image: What it is about.
            question: What is to be answered.
            page: Of a PDF or TIFF, from 1.

        Returns:
            The first question; None where the episode ended without one.

        Raises:
            ErgoError: As the graph raises it.
        """
        given: VisionInput = {"image": image, "question": question, "page": page}
        return run_sync(self._begin(given))

    def say(self, reply: AIMessage) -> Question | None:
        """Bring the reply to the last question.

        Returns:
            The next question; None where the episode has ended.

        Raises:
            StateError: If no question waits for a reply.
            ErgoError: As the graph raises it.
        """
        if self._task is None or self.record is not None:
            raise StateError("no question waits for a reply; begin an episode first")
        return run_sync(self._say(reply))

    async def _begin(self, given: VisionInput) -> Question | None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._relay.connect()
        self.record = None
        self._task = asyncio.create_task(self._run(given))
        return await self._next()

    async def _say(self, reply: AIMessage) -> Question | None:
        await self._relay._replies.put(reply)  # its own relay
        return await self._next()

    async def _run(self, given: VisionInput) -> None:
        ended: VisionAnswer | Exception
        try:
            output = await self._graph.ainvoke(given)
            ended = VisionAnswer.model_validate(output["result"])
        except Exception as error:  # it is raised again where the trainer waits
            ended = error
        await self._relay._asked.put(ended)

    async def _next(self) -> Question | None:
        came = await self._relay._asked.get()
        if isinstance(came, Question):
            return came
        if isinstance(came, Exception):
            self._task = None
            raise came
        self.record = came
        return None
