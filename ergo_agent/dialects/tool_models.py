"""A chat model that is given the two tools."""

from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda
from pydantic import ValidationError

from ergo_agent.dialects.tool_schemas import TOOLS
from ergo_agent.errors import SettingsError

__all__ = ["with_tools"]


def with_tools(
    model: BaseChatModel, *, tool_choice: str | None
) -> Runnable[LanguageModelInput, AIMessage]:
    """The model with `zoom` and `answer`.

    Where a model writes arguments that are JSON but no object, LangChain's classes fail to make a
    message of its reply (langchain-openai 1.7: `ValidationError` for `AIMessage`). That is a
    mistake of the model and not the end of an episode: the reply then counts as empty.

    Args:
        model: Whom to ask.
        tool_choice: What its `bind_tools` takes; nothing is said of it when None.

    Raises:
        SettingsError: If it takes no tools.
    """
    options = {} if tool_choice is None else {"tool_choice": tool_choice}
    try:
        bound = model.bind_tools(list(TOOLS), **options)
    except NotImplementedError as error:
        raise SettingsError(
            f"{type(model).__name__} takes no tools, which the dialect tool_calls needs; "
            "give a model with tool calls, or a dialect of text such as ergo"
        ) from error

    def ask(asked: LanguageModelInput, config: RunnableConfig, **more: Any) -> AIMessage:
        try:
            return bound.invoke(asked, config, **more)
        except ValidationError as error:
            return _empty_reply(error)

    async def aask(asked: LanguageModelInput, config: RunnableConfig, **more: Any) -> AIMessage:
        try:
            return await bound.ainvoke(asked, config, **more)
        except ValidationError as error:
            return _empty_reply(error)

    return RunnableLambda(ask, afunc=aask, name="with_tools")


def _empty_reply(error: ValidationError) -> AIMessage:
    if error.title != AIMessage.__name__:
        raise error
    return AIMessage("")
