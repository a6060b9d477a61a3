"""A chat model with tool calls that says what it was told to, and remembers what it was sent."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.tool import invalid_tool_call, tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from ergo_agent.dialects import ToolCallsDialect
from ergo_agent.policies.base import Policy

__all__ = ["BindsTools", "ToolModel", "answer", "broken", "calls", "tool_policy", "zoom"]


class BindsTools(BaseChatModel):
    """Is told what tools there are by an option of each call."""

    def bind_tools(self, tools: Sequence[Any], **options: Any):
        return self.bind(tools=list(tools), **options)


class ToolModel(BindsTools):
    """Gives its messages in order, the last one for ever."""

    replies: list[AIMessage]
    received: list[list[BaseMessage]] = Field(default_factory=list)
    tools: list[list[dict[str, Any]]] = Field(default_factory=list)
    """The tools of every call."""

    @property
    def _llm_type(self) -> str:
        return "tool-model"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401, ARG002
        **options: Any,
    ) -> ChatResult:
        self.received.append(list(messages))
        self.tools.append(options.get("tools", []))
        reply = self.replies[min(len(self.received), len(self.replies)) - 1]
        return ChatResult(generations=[ChatGeneration(message=reply.model_copy())])


def calls(*made: tuple[str, Any], text: str = "") -> AIMessage:
    """A message that calls tools by name and arguments; a text as arguments is no JSON."""
    good = [
        tool_call(name=name, args=arguments, id=f"id{at}")
        for at, (name, arguments) in enumerate(made)
        if isinstance(arguments, dict)
    ]
    bad = [
        invalid_tool_call(name=name, args=arguments, id=f"bad{at}", error="no JSON")
        for at, (name, arguments) in enumerate(made)
        if not isinstance(arguments, dict)
    ]
    return AIMessage(text, tool_calls=good, invalid_tool_calls=bad)


def zoom(*boxes: Sequence[float], view: int = 0, reasoning: str = "there") -> tuple[str, Any]:
    """A call of `zoom` with boxes in thousandths."""
    edges = ("left", "top", "right", "bottom")
    regions = [{**dict(zip(edges, box, strict=True)), "view": view} for box in boxes]
    return "zoom", {"reasoning": reasoning, "regions": regions}


def answer(text: str, **more: Any) -> tuple[str, Any]:
    """A call of `answer`."""
    return "answer", {"reasoning": "read", "text": text, **more}


def broken(name: str, arguments: Any) -> tuple[str, str]:  # noqa: ANN401
    """A call whose arguments were cut short."""
    return name, json.dumps(arguments)[:-3]


def tool_policy(*replies: AIMessage) -> Policy:
    """A policy that speaks the dialect of tool calls with scripted replies."""
    return Policy(ToolModel(replies=list(replies)), ToolCallsDialect())
