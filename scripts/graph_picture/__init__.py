"""The picture of the graph in the documentation, drawn from the compiled graph itself.

    python -m scripts.graph_picture

It needs nothing beyond the base install and writes `docs/images/graph.svg`. `layout.py` says where
nodes are and how edges run, `svg.py` makes SVG of it. All coordinates are the picture's pixels.
"""

from pathlib import Path

from scripts.graph_picture.layout import Edge, Layout, Structure, compiled_structure
from scripts.graph_picture.svg import drawn

__all__ = ["PICTURE", "Edge", "Layout", "Structure", "compiled_structure", "drawn"]

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "graph.svg"
