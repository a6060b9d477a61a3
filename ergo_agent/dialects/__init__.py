"""How model families are asked, and how their replies are read; one module a family."""

from ergo_agent.dialects.base import Dialect
from ergo_agent.dialects.choice import DIALECT_NAMES, choose_dialect
from ergo_agent.dialects.ergo import ErgoDialect
from ergo_agent.dialects.prompts import ErgoPrompts, load_prompts
from ergo_agent.dialects.qwen3_vl import Qwen2VLDialect, Qwen3VLDialect
from ergo_agent.dialects.tool_calls import ToolCallsDialect

__all__ = [
    "DIALECT_NAMES",
    "Dialect",
    "ErgoDialect",
    "ErgoPrompts",
    "Qwen2VLDialect",
    "Qwen3VLDialect",
    "ToolCallsDialect",
    "choose_dialect",
    "load_prompts",
]
