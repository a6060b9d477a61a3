"""How the tools are made and called: async first, text for the model, an artifact for code."""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel

from ergo_agent._common.sync import run_sync
from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError

__all__ = ["call_tool", "make_tool", "told"]


def make_tool(
    coroutine: Callable[..., Awaitable[tuple[str, Any]]],
    *,
    name: str,
    description: str,
    args_schema: type[BaseModel],
) -> BaseTool:
    """A tool that can be called with and without an event loop.

    Args:
        coroutine: Does the work; returns the text for the model and the artifact for the code.
        name: What models call it by.
        description: What models are told about it.
        args_schema: Its arguments.
    """

    async def run(**arguments: object) -> tuple[str, Any]:
        return await coroutine(**arguments)

    def run_blocking(**arguments: object) -> tuple[str, Any]:
        return run_sync(run(**arguments))

    return StructuredTool(
        name=name,
        description=description,
        args_schema=args_schema,
        func=run_blocking,
        coroutine=run,
        response_format="content_and_artifact",
        handle_validation_error=told,
    )


def told(error: Any) -> str:  # noqa: ANN401  # LangChain knows two ValidationErrors
    """What a model is told whose arguments do not fit: the first that is wrong, and why."""
    problem = error.errors(include_url=False)[0]
    where = ".".join(map(str, problem["loc"])) or "the call"
    return f"Error: {where} = {quoted(problem['input'])} cannot be used: {problem['msg'][:200]}"


async def call_tool(tool: BaseTool, arguments: dict[str, Any], config: RunnableConfig) -> Any:  # noqa: ANN401  # each tool has its own artifact
    """Call a tool as a model would, so that traces show it, and return its artifact.

    Raises:
        SettingsError: If the arguments are none that it takes.
    """
    call = {"type": "tool_call", "id": tool.name, "name": tool.name, "args": arguments}
    message = await tool.ainvoke(call, config)
    if message.status == "error":
        raise SettingsError(f"{tool.name}: {message.content}")
    return message.artifact
