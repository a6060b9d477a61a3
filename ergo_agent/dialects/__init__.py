"""How model families are asked, and how their replies are read; one module a family."""

from ergo_agent.dialects.base import Dialect
from ergo_agent.dialects.ergo import ErgoDialect
from ergo_agent.dialects.internvl import InternVLDialect
from ergo_agent.dialects.prompts import ErgoPrompts, load_prompts
from ergo_agent.dialects.qwen3_vl import Qwen2VLDialect, Qwen3VLDialect
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.dialects.registry import choose_dialect, dialect_names, register_dialect
from ergo_agent.dialects.tool_calls import ToolCallsDialect

__all__ = [
    "Dialect",
    "ErgoDialect",
    "ErgoPrompts",
    "InternVLDialect",
    "Qwen2VLDialect",
    "Qwen3VLDialect",
    "ReadingDialect",
    "ToolCallsDialect",
    "choose_dialect",
    "dialect_names",
    "load_prompts",
    "register_dialect",
]
