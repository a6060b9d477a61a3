"""Gives LangSmith's tracer light messages where the policy is asked.

LangChain hands every callback handler the messages that the model is sent, and the tracer uploads
them. A client's `hide_inputs` would do, but the client belongs to the user. So the tracer is
replaced, for this one call, by one that shares all it knows (client, project, tags, the runs so
far) and lightens the messages first. Handlers of anyone else see what they always saw.
"""

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler, BaseCallbackManager
from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tracers.langchain import LangChainTracer
from langchain_core.tracers.schemas import Run

from ergo_agent.tracing.images import light_images, trace_images

__all__ = ["LightTracer", "lightly_traced"]


class LightTracer(LangChainTracer):
    """LangSmith's tracer, with thumbnails in place of images; made by `lightly_traced`."""

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], **more: Any
    ) -> Run:
        """Start the run of a chat model."""
        return super().on_chat_model_start(serialized, light_images(messages), **more)

    def on_chain_start(
        self, serialized: dict[str, Any], inputs: dict[str, Any], **more: Any
    ) -> Run:
        """Start the run of what stands around a chat model, such as its tools."""
        return super().on_chain_start(serialized, light_images(inputs), **more)


async def lightly_traced(config: RunnableConfig, messages: Sequence[BaseMessage]) -> RunnableConfig:
    """The config with which a model is called, so that a trace of the call stays light.

    Args:
        config: Of the node that calls the model; it is not changed.
        messages: What the model is about to be sent; thumbnails of their images are made here, in
            a worker thread.

    Returns:
        The same config where nothing is traced, or traces are to hold full images.
    """
    manager = config.get("callbacks")
    if not isinstance(manager, BaseCallbackManager) or trace_images() == "full":
        return config
    if not any(isinstance(handler, LangChainTracer) for handler in manager.handlers):
        return config
    await asyncio.to_thread(light_images, list(messages))
    light = manager.copy()
    light.handlers = [_light(handler) for handler in manager.handlers]
    light.inheritable_handlers = [_light(handler) for handler in manager.inheritable_handlers]
    return {**config, "callbacks": light}


def _light(handler: BaseCallbackHandler) -> BaseCallbackHandler:
    """The same handler, where it is LangSmith's with light messages; it shares all it knows."""
    if not isinstance(handler, LangChainTracer) or isinstance(handler, LightTracer):
        return handler
    light = object.__new__(_light_class(type(handler)))
    light.__dict__.update(handler.__dict__)
    return light


@cache
def _light_class(tracer: type[LangChainTracer]) -> type[LightTracer]:
    """`LightTracer`, on top of a tracer's own class where that is the user's."""
    if tracer is LangChainTracer:
        return LightTracer
    return type(f"Light{tracer.__name__}", (LightTracer, tracer), {})
