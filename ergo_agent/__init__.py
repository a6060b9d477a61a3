"""Eyes for LangChain agents: questions about high-resolution images, answered coarse to fine.

Names are loaded when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
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
    from ergo_agent.agents.middleware import VisionMiddleware
    from ergo_agent.graphs import create_vision_graph
    from ergo_agent.policies.base import Policy
    from ergo_agent.questions import aask, ask
    from ergo_agent.result import VisionAnswer
    from ergo_agent.settings import VisionSettings
    from ergo_agent.vision_tool import ErgoVisionTool

    __version__: str

__all__ = [
    "BudgetError",
    "ErgoError",
    "ErgoVisionTool",
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
    "ask",
    "create_vision_graph",
]

_HOMES = {
    "ErgoVisionTool": "ergo_agent.vision_tool",
    "ObserveTool": "ergo_agent.agents",
    "Policy": "ergo_agent.policies.base",
    "VisionAnswer": "ergo_agent.result",
    "VisionMiddleware": "ergo_agent.agents.middleware",
    "VisionSettings": "ergo_agent.settings",
    "ZoomTool": "ergo_agent.agents",
    "aask": "ergo_agent.questions",
    "ask": "ergo_agent.questions",
    "create_vision_graph": "ergo_agent.graphs",
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
