"""The moves as LangChain tools: observe, zoom, answer; one per file."""

from ergo_agent.tools.answer import create_answer_tool
from ergo_agent.tools.observe import create_observe_tool
from ergo_agent.tools.zoom import create_zoom_tool

__all__ = ["create_answer_tool", "create_observe_tool", "create_zoom_tool"]
