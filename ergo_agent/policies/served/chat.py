"""`ChatServed`: LangChain's `ChatOpenAI`, with what a served policy needs beyond it.

On vLLM it names images so that none is sent twice, and has the server hold replies to a pattern.
Any other server gets plain Chat Completions. Whatever fails is a `PolicyError` that says what to
do.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import LangSmithParams
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from openai.types.chat import ParsedChatCompletion
from pydantic import PrivateAttr

from ergo_agent._common.secrets import scrub, secrets_of
from ergo_agent.errors import PolicyError, PolicyReplyError
from ergo_agent.images import bare_url
from ergo_agent.policies.served.failures import is_cache_miss, is_failure, policy_error
from ergo_agent.policies.served.images import NamedImages, SentImages
from ergo_agent.policies.served.replies import (
    clean_chunk,
    clean_completion,
    odd_calls,
    reasoning_of,
)
from ergo_agent.policies.served.server import Server, ServerFacts, ServerKind

__all__ = ["ChatServed"]

_SESSION = "X-Session-ID"
"""By which routers, vLLM's among them, keep a conversation on one replica."""


class ChatServed(ChatOpenAI):
    """A chat model behind vLLM or any OpenAI-compatible server."""

    takes_stop_tokens: ClassVar[bool] = True
    """It takes `stop_tokens=`, at which vLLM ends a reply."""

    takes_pattern: ClassVar[bool] = True
    """It takes `pattern=`, a regular expression for the reply, and enforces it where the server
    can."""

    pages_at_once: ClassVar[int] = 3
    """Pages of a document that are looked at side by side."""

    episodes_at_once: ClassVar[int] = 32
    """Episodes that a batch runs side by side: at 206 to 244 ms of this side's processor each
    (`benchmarks.served`), two cores are busy with 8 to 10 a second, which are 32 at once where one
    takes three to four seconds."""

    takes_session: ClassVar[bool] = True
    """It takes `session=`, which all requests of an episode have in common."""

    server: ServerKind = "auto"
    """Whether the server understands vLLM's additions; asked once when left at `auto`."""

    patience: float | None = None
    """Seconds that one reply may take in all, retries included, streamed or not; in a blocking call
    for each try, and a silence within it counts as long as the client's own timeout."""

    _server: Server = PrivateAttr()
    _sent: SentImages = PrivateAttr(default_factory=SentImages)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Begin with nothing known of the server."""
        super().model_post_init(context)
        self._server = Server(kind=self.server, needed=not self.model_name)

    @property
    def _llm_type(self) -> str:
        return "ergo-served"

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        """How a trace names it: a server of one's own must not be priced as OpenAI's."""
        params = super()._get_ls_params(stop=stop, **kwargs)
        host = urlsplit(self.openai_api_base or "").hostname or ""
        if f".{host}".endswith(".openai.com"):
            return params
        return {**params, "ls_provider": "openai-compatible"}

    async def facts(self) -> ServerFacts:
        """What the server says of itself; it is asked once.

        Raises:
            PolicyError: If it cannot be asked, or if no model was named and it serves several.
        """
        with self._failing():
            return self._known(await self._server.afacts(self.root_async_client))

    async def _listed(self) -> ServerFacts | None:
        """What the server serves now, to be told to whoever named another model."""
        with contextlib.suppress(openai.OpenAIError, PolicyError):
            return await Server(kind=self.server, needed=True).afacts(self.root_async_client)
        return None

    def _facts(self) -> ServerFacts:
        with self._failing():
            return self._known(self._server.facts(self.root_client))

    def _known(self, facts: ServerFacts) -> ServerFacts:
        if not self.model_name:
            self.model_name = facts.only_model(base_url=str(self.openai_api_base))
        return facts

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """Ask, within `patience` seconds; images the server has are only named."""
        send = super()._agenerate
        with self._failing():
            try:
                async with asyncio.timeout(self.patience):
                    facts = await self.facts()
                    options, ending = _options(facts, kwargs), _ending(facts, stop, kwargs)
                    images = await self._anamed(messages, facts)
                    try:
                        result = await send(images.messages, ending, run_manager, **options)
                    except openai.BadRequestError as error:
                        images = await self._anamed(messages, facts, missed=(images, error))
                        result = await send(images.messages, ending, run_manager, **options)
            except openai.NotFoundError as error:
                raise self._typed(error, await self._listed()) from error
        return self._answered(images, result)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        """Like `_agenerate`, blocking."""
        send = super()._generate
        facts = self._facts()
        options, ending = _options(facts, kwargs), _ending(facts, stop, kwargs)
        images = self._named(messages, facts)
        with self._failing(facts):
            try:
                result = send(images.messages, ending, run_manager, **options)
            except openai.BadRequestError as error:
                images = self._named(messages, facts, missed=(images, error))
                result = send(images.messages, ending, run_manager, **options)
        return self._answered(images, result)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Stream; all bytes are sent, since a refusal could come only once it has begun."""
        patience = self.patience
        end = None if patience is None else asyncio.get_running_loop().time() + patience
        with self._failing():
            async with asyncio.timeout_at(end):
                facts = await self.facts()
        options, ending = _options(facts, kwargs), _ending(facts, stop, kwargs)
        told = False
        stream: Any = super()._astream(messages, ending, run_manager, **options)
        async with aclosing(stream) as chunks:
            # a step at a time: between two of them it is the reader who takes its time
            while (chunk := await self._next(chunks, end, facts)) is not None:
                told = told or _tells(chunk)
                yield chunk
        self._check_told(told)

    async def _next(
        self, chunks: AsyncIterator[ChatGenerationChunk], end: float | None, facts: ServerFacts
    ) -> ChatGenerationChunk | None:
        """The next chunk of a stream; None at its end."""
        with self._failing(facts):
            async with asyncio.timeout_at(end):
                return await anext(chunks, None)

    def _check_told(self, told: bool) -> None:  # noqa: FBT001
        if not told:
            raise PolicyReplyError(
                f"{self._where()} ended its stream without a choice; look into its log"
            )

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        """Like `_astream`, blocking."""
        facts = self._facts()
        options, ending = _options(facts, kwargs), _ending(facts, stop, kwargs)
        told = False
        with self._failing(facts):
            for chunk in super()._stream(messages, ending, run_manager, **options):
                told = told or _tells(chunk)
                yield chunk
        self._check_told(told)

    def _create_chat_result(
        self,
        response: dict[str, Any] | openai.BaseModel,
        generation_info: dict[str, Any] | None = None,
    ) -> ChatResult:
        """Read a reply that may hold anything; LangChain's own reading takes the rest for granted.

        Raises:
            PolicyReplyError: If it is no chat completion, or an error in place of one.
        """
        if isinstance(response, ParsedChatCompletion):  # of `with_structured_output`
            return super()._create_chat_result(response, generation_info)
        body = response
        if isinstance(response, openai.BaseModel):
            body = response.model_dump(warnings=False)
        read = clean_completion(body, where=self._where())
        result = super()._create_chat_result(read, generation_info)
        message = result.generations[0].message
        message.additional_kwargs.update(reasoning_of(body, part="message"))
        if isinstance(message, AIMessage):
            message.invalid_tool_calls += odd_calls(body)
        return result

    def _convert_chunk_to_generation_chunk(
        self,
        chunk: dict[str, Any],
        default_chunk_class: type,
        base_generation_info: dict[str, Any] | None,
    ) -> ChatGenerationChunk | None:
        """Read a chunk of a stream, likewise."""
        read = clean_chunk(chunk, where=self._where())
        made = super()._convert_chunk_to_generation_chunk(
            read, default_chunk_class, base_generation_info
        )
        if made is not None:
            made.message.additional_kwargs.update(reasoning_of(chunk, part="delta"))
        return made

    async def _anamed(
        self,
        messages: list[BaseMessage],
        facts: ServerFacts,
        *,
        missed: tuple[NamedImages, openai.BadRequestError] | None = None,
    ) -> NamedImages:
        """Like `_named`, off the event loop: digesting a view takes about a millisecond."""
        if not facts.vllm and missed is None:
            return self._named(messages, facts)
        return await asyncio.to_thread(self._named, messages, facts, missed=missed)

    def _named(
        self,
        messages: list[BaseMessage],
        facts: ServerFacts,
        *,
        missed: tuple[NamedImages, openai.BadRequestError] | None = None,
    ) -> NamedImages:
        """The messages with named images; with all bytes after a miss.

        Raises:
            openai.BadRequestError: The one given, if it is about anything but an image not known.
        """
        if missed is not None:
            images, error = missed
            if not images.omitted or not is_cache_miss(error):
                raise error
            self._sent.refused(images)
            return self._sent.named(messages, all_bytes=True)
        if not facts.vllm:
            return NamedImages(messages, (), omitted=False)
        return self._sent.named(messages)

    def _answered(self, images: NamedImages, result: ChatResult) -> ChatResult:
        """Remember what the server has now, and pass on how many tokens the images took."""
        self._sent.answered(images)
        usage = (result.llm_output or {}).get("token_usage") or {}
        counted = (usage.get("prompt_tokens_details") or {}).get("multimodal_tokens") or {}
        for generation in result.generations:
            message = generation.message
            if isinstance(message, AIMessage) and message.usage_metadata and "image" in counted:
                details = message.usage_metadata.setdefault("input_token_details", {})
                details["image"] = counted["image"]  # type: ignore[typeddict-unknown-key]
        return result

    def _where(self) -> str:
        return f"the server at {bare_url(str(self.openai_api_base))}"

    @contextmanager
    def _failing(self, facts: ServerFacts | None = None) -> Iterator[None]:
        """What goes wrong at the server as a `PolicyError`; a bug, or odd options, as they are."""
        try:
            yield
        except Exception as error:
            if isinstance(error, PolicyError):
                scrub(error, secrets_of(self))  # it may hold a server's words
                raise
            if not is_failure(error):
                raise
            raise self._typed(error, facts) from error

    def _typed(self, error: Exception, facts: ServerFacts | None = None) -> PolicyError:
        scrub(error, secrets_of(self))
        return policy_error(
            error, base_url=str(self.openai_api_base), model=self.model_name, facts=facts
        )


def _ending(facts: ServerFacts, stop: list[str] | None, given: dict[str, Any]) -> list[str] | None:
    """Where a reply ends: by the dialect's tokens, for vLLM's chat template may be another."""
    ends = given.get("stop_tokens")
    return list(ends) if stop is None and facts.vllm and ends else stop


def _options(facts: ServerFacts, given: dict[str, Any]) -> dict[str, Any]:
    """What is sent besides the messages: vLLM's own fields to vLLM only."""
    options = {name: value for name, value in given.items() if name != "stop_tokens"}
    session = options.pop("session", None)
    if session is not None:
        options["extra_headers"] = {_SESSION: session, **(options.get("extra_headers") or {})}
    pattern = options.pop("pattern", None)
    if not facts.vllm:
        return options
    options.setdefault("seed", 0)
    if pattern is not None:
        body = dict(options.get("extra_body") or {})
        options["extra_body"] = {**body, "structured_outputs": {"regex": pattern}}
    return options


def _tells(chunk: ChatGenerationChunk) -> bool:
    """Whether a chunk of a stream is part of a choice, and not of what stands around it."""
    message = chunk.message
    calls = getattr(message, "tool_call_chunks", None)
    ended = (chunk.generation_info or {}).get("finish_reason")
    return bool(message.content or message.additional_kwargs or calls or ended)
