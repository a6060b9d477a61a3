"""The two tools that a model is given by the `tool_calls` dialect, and their arguments.

Every field is of one plain type with a default that stands for "not said": providers differ in
what they make of unions and null. Edges have names because providers differ in their order, too:
Gemini was trained with the top first.
"""

from typing import Any

from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ANSWER", "TOOLS", "ZOOM", "AnswerCall", "RegionArgument", "ZoomCall"]

ZOOM, ANSWER = "zoom", "answer"

_REASONING = "Why: what was seen, and what follows from it. Write it first."


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class RegionArgument(_Arguments):
    """A part of an image, in thousandths of its width and height."""

    left: float = Field(description="Left edge, from 0 to 1000.")
    top: float = Field(description="Top edge, from 0 to 1000.")
    right: float = Field(description="Right edge, from 0 to 1000.")
    bottom: float = Field(description="Bottom edge, from 0 to 1000.")
    view: int = Field(
        default=0, description="Number of the image that it is a part of; 0 for the last one."
    )


class ZoomCall(_Arguments):
    """See parts of an image that was shown again, at full detail."""

    reasoning: str = Field(default="", description=_REASONING)
    regions: list[RegionArgument] = Field(
        min_length=1, description="The smallest parts that hold what is needed; mostly one."
    )


class AnswerCall(_Arguments):
    """Answer the question from what was shown."""

    reasoning: str = Field(default="", description=_REASONING)
    text: str = Field(description="Nothing but the answer; empty if the image does not hold it.")
    found: bool = Field(default=True, description="False if the image does not hold the answer.")
    evidence: list[RegionArgument] = Field(
        default_factory=list, description="Where it was read, as closely as possible."
    )


def _tool(name: str, arguments: type[BaseModel]) -> dict[str, Any]:
    """A tool in the form that every `bind_tools` takes, its nested types written out."""
    tool = convert_to_openai_tool(arguments)
    tool["function"]["name"] = name
    return tool


TOOLS = (_tool(ZOOM, ZoomCall), _tool(ANSWER, AnswerCall))
"""Both tools, always in this order: they stand at the head of the prompt, where a change would
cost a server its whole prefix cache."""
