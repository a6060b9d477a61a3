"""`LocalChatModel`: a LangChain chat model over an engine on this machine."""

import asyncio
import queue
import threading
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Any, ClassVar, Self

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field, PrivateAttr

from ergo_agent.errors import PolicyTimeoutError, UnknownModelError
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits
from ergo_agent.policies.local.defaults import default_model
from ergo_agent.policies.local.generation import Completion, Engine, Sampling
from ergo_agent.policies.local.messages import Conversation, conversation_of

__all__ = ["LocalChatModel"]


class LocalChatModel(BaseChatModel):
    """A chat model that runs on this machine.

    The checkpoint is loaded by the first call, or by `start`. Calls may come from any thread and
    any event loop; those that come together are run together. Close the model, or use it in a
    `with` block, to give memory and processes back.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, protected_namespaces=())

    provider: ClassVar[str] = "ergo-agent"
    """Who runs the model, as traces name it."""

    model: str = Field(default_factory=default_model)
    """Folder of the checkpoint, its name on the Hugging Face hub, or `nano` for the one that comes
    with this package; `ERGO_MODEL` when left out, and ERGO-7B without that."""

    temperature: float = Field(default=0.0, ge=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int | None = Field(default=1024, ge=1)
    """Longest reply in tokens; None for what the context still holds."""

    stop: list[str] | None = None
    """Texts that end a reply and are not part of it."""

    seed: int | None = None
    """Makes replies at a temperature above 0 repeatable."""

    timeout: float | None = Field(default=None, gt=0)
    """Seconds after which a call is given up and its generation ended; for a stream, the longest
    wait for its next piece. None for never."""

    limits: ImageLimits = Field(default=DEFAULT_LIMITS, exclude=True, repr=False)
    """What is too large to be decoded."""

    engine: Engine | None = Field(default=None, exclude=True, repr=False)
    """A loaded model to share with other chat models; made, and closed, by this one when left
    out."""

    _started: Engine | None = PrivateAttr(default=None)
    _starting: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @abstractmethod
    def _make_engine(self) -> Engine:
        """Load the checkpoint; blocking."""

    def start(self) -> Self:
        """Load the checkpoint now, not with the first call; blocking."""
        self._ready()
        return self

    def close(self) -> None:
        """Give back what `start` or the first call took; a later call loads it again."""
        with self._starting:
            engine, self._started = self._started, None
        if engine is not None:
            engine.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ready(self) -> Engine:
        if self.engine is not None:
            return self.engine
        with self._starting:
            if self._started is None:
                self._started = self._make_engine()
            return self._started

    @property
    def _identifying_params(self) -> dict[str, Any]:
        """What tells replies apart, for LangChain's caches."""
        return {"model": self.model, **self._sampling(None, {}).model_dump()}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        """How a trace names it."""
        return {**super()._get_ls_params(stop=stop, **kwargs), "ls_provider": self.provider}

    def _sampling(self, stop: list[str] | None, options: Mapping[str, Any]) -> Sampling:
        """This model's sampling with what one call asks for.

        Raises:
            UnknownModelError: If the call names another model.
            SettingsError: If an option is unknown or outside its range.
        """
        asked = dict(options)
        model = asked.pop("model", self.model)
        if model != self.model:
            raise UnknownModelError(
                f"the call asks for the model {model!r}, and {self.model!r} is loaded; "
                "make another chat model for it"
            )
        mine = Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens,
            stop=tuple(self.stop or ()),
            seed=self.seed,
        )
        return mine.with_options({**asked, "stop": tuple(stop) if stop else None})

    def _prepare(self, messages: list[BaseMessage]) -> tuple[Engine, Conversation]:
        """Load the model and decode the images; blocking."""
        return self._ready(), conversation_of(messages, limits=self.limits)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002  # of the interface
        **kwargs: Any,
    ) -> ChatResult:
        sampling = self._sampling(stop, kwargs)
        engine, conversation = self._prepare(messages)
        future = engine.submit(conversation, sampling=sampling)
        try:
            return self._result(future.result(self.timeout))
        except TimeoutError as error:
            raise self._too_late(future) from error
        finally:
            future.cancel()  # an interrupt ends the generation, too

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        sampling = self._sampling(stop, kwargs)
        engine, conversation = await asyncio.to_thread(self._prepare, messages)
        future = engine.submit(conversation, sampling=sampling)
        try:
            async with asyncio.timeout(self.timeout):
                return self._result(await asyncio.wrap_future(future))
        except TimeoutError as error:
            raise self._too_late(future) from error

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        sampling = self._sampling(stop, kwargs)
        engine, conversation = self._prepare(messages)
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        future = engine.submit(conversation, sampling=sampling, on_text=pieces.put)
        future.add_done_callback(lambda _: pieces.put(None))
        try:
            while (piece := pieces.get(timeout=self.timeout)) is not None:
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            yield self._last_chunk(future.result())
        except queue.Empty as error:
            raise self._too_late(future) from error
        finally:
            future.cancel()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        sampling = self._sampling(stop, kwargs)
        engine, conversation = await asyncio.to_thread(self._prepare, messages)
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(piece: str | None) -> None:
            with suppress(RuntimeError):  # the loop was closed; nobody reads any more
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        future = engine.submit(conversation, sampling=sampling, on_text=put)
        future.add_done_callback(lambda _: put(None))
        try:
            while (piece := await asyncio.wait_for(pieces.get(), self.timeout)) is not None:
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
            yield self._last_chunk(future.result())
        except TimeoutError as error:
            raise self._too_late(future) from error
        finally:
            future.cancel()

    def _result(self, completion: Completion) -> ChatResult:
        message = AIMessage(content=completion.text, **self._facts(completion))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _last_chunk(self, completion: Completion) -> ChatGenerationChunk:
        """The empty chunk that ends a stream: only it carries what the whole reply cost."""
        message = AIMessageChunk(content="", chunk_position="last", **self._facts(completion))
        return ChatGenerationChunk(message=message)

    def _facts(self, completion: Completion) -> dict[str, Any]:
        metadata = {"model_name": self.model, "finish_reason": completion.finish_reason}
        return {"response_metadata": metadata, "usage_metadata": _usage(completion)}

    def _too_late(self, future: "Future[Completion]") -> PolicyTimeoutError:
        """End a generation, and what to say about it."""
        future.cancel()
        return PolicyTimeoutError(
            f"{self.model} gave no reply in {self.timeout} s; raise timeout, lower max_tokens, or "
            "run fewer episodes at once"
        )


def _usage(completion: Completion) -> UsageMetadata:
    details: dict[str, int] = {"image": completion.image_tokens}
    if completion.cached_tokens is not None:
        details["cache_read"] = completion.cached_tokens
    return UsageMetadata(
        input_tokens=completion.input_tokens,
        output_tokens=completion.output_tokens,
        total_tokens=completion.input_tokens + completion.output_tokens,
        input_token_details=InputTokenDetails(**details),  # type: ignore[typeddict-item]
    )
