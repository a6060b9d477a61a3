"""Eyes for LangChain agents: questions about high-resolution images, answered coarse to fine.

Names are loaded when they are first used, so that importing the package costs nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ergo_agent.errors import (
    BudgetError,
    ErgoError,
    ImageAccessError,
    ImageError,
    ImageFetchError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
    MissingExtraError,
    PolicyError,
    QuestionError,
    SettingsError,
)

if TYPE_CHECKING:
    from ergo_agent.agents import ObserveTool, ZoomTool
    from ergo_agent.agents.extract import aextract, extract
    from ergo_agent.agents.extract_tool import ExtractTool
    from ergo_agent.agents.middleware import VisionMiddleware
    from ergo_agent.agents.vision_tool import ErgoVisionTool
    from ergo_agent.answer import VisionAnswer
    from ergo_agent.ask import aask, aask_many, ask, ask_many
    from ergo_agent.episode.settings import VisionSettings
    from ergo_agent.extraction.result import Extraction, FieldAnswer
    from ergo_agent.graphs import create_document_graph, create_vision_graph
    from ergo_agent.policies.base import Policy

    __version__: str

__all__ = [
    "BudgetError",
    "ErgoError",
    "ErgoVisionTool",
    "ExtractTool",
    "Extraction",
    "FieldAnswer",
    "ImageAccessError",
    "ImageError",
    "ImageFetchError",
    "ImageFormatError",
    "ImageNotFoundError",
    "ImageTooLargeError",
    "MissingExtraError",
    "ObserveTool",
    "Policy",
    "PolicyError",
    "QuestionError",
    "SettingsError",
    "VisionAnswer",
    "VisionMiddleware",
    "VisionSettings",
    "ZoomTool",
    "__version__",
    "aask",
    "aask_many",
    "aextract",
    "ask",
    "ask_many",
    "create_document_graph",
    "create_vision_graph",
    "extract",
]

_HOMES = {
    "ErgoVisionTool": "ergo_agent.agents.vision_tool",
    "ExtractTool": "ergo_agent.agents.extract_tool",
    "Extraction": "ergo_agent.extraction.result",
    "FieldAnswer": "ergo_agent.extraction.result",
    "ObserveTool": "ergo_agent.agents",
    "Policy": "ergo_agent.policies.base",
    "VisionAnswer": "ergo_agent.answer",
    "VisionMiddleware": "ergo_agent.agents.middleware",
    "VisionSettings": "ergo_agent.episode.settings",
    "ZoomTool": "ergo_agent.agents",
    "aask": "ergo_agent.ask",
    "aask_many": "ergo_agent.ask",
    "aextract": "ergo_agent.agents.extract",
    "ask": "ergo_agent.ask",
    "ask_many": "ergo_agent.ask",
    "create_document_graph": "ergo_agent.graphs",
    "create_vision_graph": "ergo_agent.graphs",
    "extract": "ergo_agent.agents.extract",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415  # slow to import, rarely asked for

        return version("ergo-agent")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


class _Package(ModuleType):
    """Keeps `ask` and `extract` functions: importing a module of that name would put it there."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in {"ask", "extract"} and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
