"""vLLM's `AsyncLLM` behind a thread with an event loop of its own.

`AsyncLLM` is what vLLM's server runs on. Requests join the running batch at any step, one by one,
and can be aborted; `vllm.LLM` takes a list, returns when the last of it is done, and lets nothing
in meanwhile. `AsyncLLM` belongs to the loop it was made in, while chat models are called from any
loop and from none, so it gets one that lasts as long as the engine.
"""

import asyncio
import itertools
import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

from PIL import Image
from transformers import AutoConfig
from vllm import AsyncEngineArgs, SamplingParams
from vllm.exceptions import VLLMClientError
from vllm.renderers.params import ChatParams, TokenizeParams
from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams
from vllm.v1.engine.async_llm import AsyncLLM

from ergo_agent.errors import ContextOverflowError, PolicyError, PolicyRequestError
from ergo_agent.policies.local.defaults import cannot_load, located
from ergo_agent.policies.local.generation import Completion, OnText, Sampling, context_error
from ergo_agent.policies.local.messages import Conversation
from ergo_agent.policies.local.pixels import pixel_bounds

__all__ = ["VllmEngine"]

_TEMPLATE = ChatParams(chat_template_kwargs={"add_generation_prompt": True})
_TOKENS = TokenizeParams(max_total_tokens=None, add_special_tokens=False)
_LAST_WAIT = 10.0
"""Seconds for the engine's processes to be gone once vLLM has ended or killed them (it gives them
five of its own)."""


class VllmEngine:
    """An engine of vLLM and the thread that talks to it."""

    def __init__(
        self,
        model: str,
        *,
        dtype: str = "auto",
        context: int = 16_384,
        max_images: int = 16,
        **options: Any,
    ) -> None:
        """Load the checkpoint and start the engine's process; blocking, up to minutes.

        Args:
            model: Folder of the checkpoint, its name on the hub, or `nano`.
            dtype: Precision as vLLM names it; `auto` for the checkpoint's own.
            context: Most tokens of a conversation, if the checkpoint allows that many.
            max_images: Most images of a conversation.
            options: Other arguments of `AsyncEngineArgs`; they come before what is chosen here.

        Raises:
            PolicyError: If the checkpoint cannot be loaded, or the engine does not start.
        """
        arguments = {
            "dtype": dtype,
            **_arguments(model, context=context, max_images=max_images),
            **options,
        }
        self._max_images = max_images
        self._numbers = itertools.count()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="ergo-vllm", daemon=True
        )
        self._closing = threading.Lock()
        self._closed = False
        self._thread.start()
        others = set(multiprocessing.active_children())
        try:
            self._llm = asyncio.run_coroutine_threadsafe(_started(arguments), self._loop).result()
        except Exception as error:
            self._end_loop()
            raise PolicyError(
                f"vLLM cannot run {model!r} ({_brief(error)}); see its log"
            ) from error
        self._processes = set(multiprocessing.active_children()) - others

    def submit(
        self, conversation: Conversation, *, sampling: Sampling, on_text: OnText | None = None
    ) -> "Future[Completion]":
        """Ask for a reply; see `Engine.submit`.

        Raises:
            PolicyError: If the engine was closed.
        """
        with self._closing:
            if self._closed:
                raise PolicyError("the model was closed; make another chat model")
            reply = self._reply(conversation, sampling, on_text)
            return asyncio.run_coroutine_threadsafe(reply, self._loop)

    def close(self) -> None:
        """Cancel what runs, and end the engine's processes and the thread."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result()
        self._end_loop()

    async def _shut_down(self) -> None:
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._llm.shutdown()
        for process in self._processes:
            process.join(_LAST_WAIT)

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _reply(
        self, conversation: Conversation, sampling: Sampling, on_text: OnText | None
    ) -> Completion:
        """Run one request; cancelling it aborts it in the engine.

        Raises:
            ContextOverflowError: If the conversation is too long, or has too many images.
            PolicyError: If vLLM refuses it or fails.
        """
        if len(conversation.images) > self._max_images:
            raise ContextOverflowError(
                f"the conversation has {len(conversation.images)} images and the engine takes "
                f"{self._max_images}; lower max_zooms or max_regions, or raise max_images"
            )
        try:
            prompt = await self._prompt(conversation)
            asked = self._asked(sampling, prompt=len(prompt["prompt_token_ids"]))
            return await self._run(prompt, asked, on_text)
        except PolicyError:
            raise
        except (VLLMClientError, ValueError) as error:
            raise PolicyRequestError(
                f"vLLM refuses the request ({_brief(error)}); check its images and its pattern"
            ) from error
        except Exception as error:
            raise PolicyError(f"vLLM did not reply ({_brief(error)}); see its log") from error

    async def _prompt(self, conversation: Conversation) -> dict[str, Any]:
        """The conversation as the engine takes it: tokens and processed images.

        It takes the way of the server's requests, so that both see the same prompt.
        """
        images = iter(conversation.images)
        messages = [
            {**turn, "content": _content(turn["content"], images)} for turn in conversation.turns
        ]
        _, prompts = await self._llm.renderer.render_chat_async([messages], _TEMPLATE, _TOKENS)
        prompt: dict[str, Any] = prompts[0]
        return prompt

    def _asked(self, sampling: Sampling, *, prompt: int) -> SamplingParams:
        """What vLLM is asked for: the checkpoint's own defaults under what the caller says."""
        config = self._llm.model_config
        room = config.max_model_len - prompt
        if room < 1:
            raise context_error(prompt=prompt, context=config.max_model_len)
        chosen = {
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "seed": sampling.seed,
            "stop": list(sampling.stop),
            "max_tokens": min(room, sampling.max_tokens or room),
        }
        if sampling.pattern is not None:
            chosen["structured_outputs"] = StructuredOutputsParams(regex=sampling.pattern)
        return SamplingParams(**{**config.get_diff_sampling_param(), **chosen})

    async def _run(
        self, prompt: dict[str, Any], asked: SamplingParams, on_text: OnText | None
    ) -> Completion:
        asked.output_kind = (
            RequestOutputKind.FINAL_ONLY if on_text is None else RequestOutputKind.DELTA
        )
        text, tokens, last = "", 0, None
        async for last in self._llm.generate(prompt, asked, f"ergo-{next(self._numbers)}"):
            piece = last.outputs[0]
            text, tokens = text + piece.text, tokens + len(piece.token_ids)
            if on_text is not None and piece.text:
                on_text(piece.text)
        if last is None or last.outputs[0].finish_reason not in ("stop", "length"):
            raise PolicyError("vLLM ended the request without a reply; see its log")
        image_token = self._llm.model_config.hf_config.image_token_id
        return Completion(
            text=text,
            finish_reason=last.outputs[0].finish_reason,
            input_tokens=len(last.prompt_token_ids),
            image_tokens=last.prompt_token_ids.count(image_token),
            cached_tokens=last.num_cached_tokens or 0,
            output_tokens=tokens,
        )


async def _started(arguments: dict[str, Any]) -> AsyncLLM:
    """Start the engine; it blocks its loop, in which nothing else runs yet."""
    return AsyncLLM.from_engine_args(AsyncEngineArgs(**arguments))


def _arguments(model: str, *, context: int, max_images: int) -> dict[str, Any]:
    """What this work needs of an engine.

    Raises:
        PolicyError: If the checkpoint is not there, or of a family without merged patches.
    """
    try:
        config = AutoConfig.from_pretrained(located(model))
    except (OSError, ValueError, KeyError) as error:
        raise cannot_load(model, error) from error
    length = min(context, config.get_text_config().max_position_embeddings)
    return {
        "model": located(model),
        "max_model_len": length,
        "enable_prefix_caching": True,
        "limit_mm_per_prompt": {"image": max_images, "video": 0},
        "mm_processor_kwargs": {"size": pixel_bounds(config, context=length)},
        "structured_outputs_config": {"backend": "xgrammar"},
        "disable_log_stats": True,
    }


def _content(content: str | list[dict[str, Any]], images: Iterator[Image.Image]) -> Any:  # noqa: ANN401
    """A turn's content with its images in place."""
    if isinstance(content, str):
        return content
    return [
        {"type": "image_pil", "image_pil": next(images)} if part["type"] == "image" else part
        for part in content
    ]


def _brief(error: BaseException) -> str:
    """What went wrong, by the first cause that vLLM wraps."""
    while error.__cause__ is not None:
        error = error.__cause__
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
