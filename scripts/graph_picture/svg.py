"""A laid out graph as SVG, readable on light and dark pages.

An edge that a reply or a person decides about is dashed.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from scripts.graph_picture.layout import WIDTH, Edge, Layout, Point, Structure

__all__ = ["drawn"]

_MARGIN, _LOOP, _LEGEND = 28, 36, 24

_STYLE = """
  .panel { fill: #ffffff; stroke: #d0d7de }
  .node rect { fill: #eef4fb; stroke: #3b6ea5; stroke-width: 1.5 }
  .node.outer rect { fill: none; stroke: #6e7781 }
  text { font: 15px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
  .legend text { font-size: 13px; fill: #57606a }
  .edge { fill: none; stroke: #57606a; stroke-width: 1.5 }
  .conditional { stroke-dasharray: 5 4 }
  marker path { fill: #57606a }
  @media (prefers-color-scheme: dark) {
    .panel { fill: #0d1117; stroke: #30363d }
    .node rect { fill: #16283d; stroke: #6ea8e0 }
    .node.outer rect { stroke: #8b949e }
    text { fill: #e6edf3 }
    .legend text { fill: #9da7b1 }
    .edge { stroke: #9da7b1 }
    marker path { fill: #9da7b1 }
  }
"""
_ARROW = (
    '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker>'
)


def drawn(structure: Structure) -> str:
    """The picture of a structure, the same each time."""
    layout = Layout(structure)
    (left, top), (right, bottom) = layout.bounds()
    left, top = left - _MARGIN, top - _MARGIN
    width, height = right + _MARGIN - left, bottom + _MARGIN + _LEGEND - top
    shown = f'viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width:g}"'
    panel = f'x="{left + 1:g}" y="{top + 1:g}" width="{width - 2:g}" height="{height - 2:g}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {shown} height="{height:g}" role="img" '
        'aria-labelledby="title">',
        '<title id="title">The graph: its steps, and which may follow which</title>',
        f"<style>{_STYLE}</style>",
        _ARROW,
        f'<rect class="panel" {panel} rx="10"/>',
        *(_edge(edge, layout) for edge in structure.edges),
        *(_node(name, layout) for name in structure.nodes),
        *_legend(Point(left + _MARGIN, top + height - _MARGIN)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _edge(edge: Edge, layout: Layout) -> str:
    looped = edge.source == edge.target
    path = _loop(edge.source, layout) if looped else _smooth(layout.way(edge))
    kind = "edge conditional" if edge.conditional else "edge"
    ends = f'data-source="{escape(edge.source)}" data-target="{escape(edge.target)}"'
    return f'<path class="{kind}" {ends} marker-end="url(#arrow)" d="{path}"/>'


def _smooth(way: Sequence[Point]) -> str:
    """A path through the points that leaves and reaches each of them level."""
    path = f"M{way[0].x:g} {way[0].y:g}"
    for start, end in pairwise(way):
        middle = (start.x + end.x) / 2
        path += f" C{middle:g} {start.y:g} {middle:g} {end.y:g} {end.x:g} {end.y:g}"
    return path


def _loop(node: str, layout: Layout) -> str:
    """A path from the top of a node back to it."""
    x, y = layout.middle(node)
    top = y - layout.height(node) / 2
    high = top - _LOOP
    return f"M{x - 16:g} {top:g} C{x - 30:g} {high:g} {x + 30:g} {high:g} {x + 16:g} {top:g}"


def _node(name: str, layout: Layout) -> str:
    (x, y), height = layout.middle(name), layout.height(name)
    kind = "node outer" if name.startswith("__") else "node"
    box = f'x="{x - WIDTH / 2:g}" y="{y - height / 2:g}" width="{WIDTH}" height="{height:g}"'
    return (
        f'<g class="{kind}" data-node="{escape(name)}"><rect {box} rx="10"/>'
        f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle">{escape(name.strip("_"))}</text></g>'
    )


def _legend(place: Point) -> Iterator[str]:
    """What the two kinds of line mean."""
    yield '<g class="legend">'
    for at, (kind, text) in enumerate((("", "always"), (" conditional", "decided in the run"))):
        x, y = place.x + 130 * at, place.y
        yield f'<path class="edge{kind}" d="M{x:g} {y:g} h36"/>'
        yield f'<text x="{x + 44:g}" y="{y + 4:g}">{text}</text>'
    yield "</g>"
