"""How model families are asked, and how their replies are read; one module a family."""

from ergo_agent.dialects.base import Answer, Dialect, Move, PlacedBox, ShownView, Stage, Zoom
from ergo_agent.dialects.choosing import DIALECT_NAMES, choose_dialect
from ergo_agent.dialects.ergo import ErgoDialect
from ergo_agent.dialects.prompts import ErgoPrompts, load_prompts
from ergo_agent.dialects.qwen3_vl import Qwen2VLDialect, Qwen3VLDialect
from ergo_agent.dialects.tool_calls import ToolCallsDialect

__all__ = [
    "DIALECT_NAMES",
    "Answer",
    "Dialect",
    "ErgoDialect",
    "ErgoPrompts",
    "Move",
    "PlacedBox",
    "Qwen2VLDialect",
    "Qwen3VLDialect",
    "ShownView",
    "Stage",
    "ToolCallsDialect",
    "Zoom",
    "choose_dialect",
    "load_prompts",
]
