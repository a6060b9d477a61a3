"""How the moves are wired."""

from ergo_agent.graphs.coarse_to_fine import create_vision_graph

__all__ = ["create_vision_graph"]
