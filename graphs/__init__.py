"""How the moves are wired."""

from ergo_agent.graphs.coarse_to_fine import create_vision_graph
from ergo_agent.graphs.document import create_document_graph
from ergo_agent.graphs.document_graph import DocumentGraph
from ergo_agent.graphs.forks import acheck_fork, afork_zoom, fork_zoom
from ergo_agent.graphs.vision_graph import VisionGraph

__all__ = [
    "DocumentGraph",
    "VisionGraph",
    "acheck_fork",
    "afork_zoom",
    "create_document_graph",
    "create_vision_graph",
    "fork_zoom",
]
