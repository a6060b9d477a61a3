"""How model families are asked, and how their replies are read; one module a family."""

from ergo_agent.dialects.base import Answer, Dialect, Move, PlacedBox, ShownView, Stage, Zoom
from ergo_agent.dialects.ergo import ErgoDialect

__all__ = [
    "Answer",
    "Dialect",
    "ErgoDialect",
    "Move",
    "PlacedBox",
    "ShownView",
    "Stage",
    "Zoom",
]
