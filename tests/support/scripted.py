"""A chat model that says what it was told to, and remembers what it was sent."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from ergo_agent.dialects import ErgoDialect
from ergo_agent.policies.base import Policy

Reply = str | BaseException | Callable[[list[BaseMessage]], str]


class ScriptedModel(BaseChatModel):
    """Gives its replies in order, the last one for ever; raises those that are exceptions."""

    replies: list[Any]
    seconds: float = 0.0
    received: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401, ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        time.sleep(self.seconds)
        self.received.append(list(messages))
        reply: Reply = self.replies[min(len(self.received), len(self.replies)) - 1]
        if isinstance(reply, BaseException):
            raise reply
        text = reply if isinstance(reply, str) else reply(messages)
        usage = {
            "input_tokens": 100,
            "output_tokens": 10,
            "total_tokens": 110,
            "input_token_details": {"cache_read": 40},
        }
        message = AIMessage(text, usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=message)])


def scripted(*replies: Reply, seconds: float = 0.0) -> Policy:
    """A policy that speaks the ERGO dialect with scripted replies."""
    return Policy(ScriptedModel(replies=list(replies), seconds=seconds), ErgoDialect())


def received(policy: Policy) -> list[list[BaseMessage]]:
    """The messages of every call, in order."""
    assert isinstance(policy.model, ScriptedModel)
    return policy.model.received


def sent_texts(policy: Policy) -> list[str]:
    """The text of the last message of every call."""
    return [str(messages[-1].text) for messages in received(policy)]


def image_urls(messages: Sequence[BaseMessage]) -> list[str]:
    """The data URLs of all images in some messages, in order."""
    return [
        block["image_url"]["url"]
        for message in messages
        if isinstance(message.content, list)
        for block in message.content
        if isinstance(block, dict) and block.get("type") == "image_url"
    ]
