"""Where the nodes of a graph are, and which way its edges run.

Nodes stand in columns by their longest way from the start. Edges that skip a column, ahead or back,
have a place of their own in it, so that none runs through a node.
"""

from statistics import fmean
from typing import NamedTuple

from ergo_agent import create_vision_graph

__all__ = ["HEIGHT", "WIDTH", "Edge", "Layout", "Point", "Structure", "compiled_structure"]

WIDTH, HEIGHT = 100, 42
"""Of a node; one where many edges end is higher."""

_COLUMN, _ROW, _PORT = 176, 64, 13
"""From one column, row or end of an edge to the next."""


class Edge(NamedTuple):
    """From one node to another; conditional where something is decided on the way."""

    source: str
    target: str
    conditional: bool


class Structure(NamedTuple):
    """What is drawn: nodes, the start first, and edges."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]


class Point(NamedTuple):
    """Right of and below the middle of the first node."""

    x: float
    y: float


_Slot = str | tuple[Edge, int]
"""What has a place in a column: a node, or an edge that passes the column of that number."""


def compiled_structure() -> Structure:
    """The structure that LangGraph compiled, its nodes in the order in which edges reach them."""
    graph = create_vision_graph().get_graph()
    edges = tuple(Edge(each.source, each.target, each.conditional) for each in graph.edges)
    start = next(name for name in graph.nodes if all(name != edge.target for edge in edges))
    nodes = dict.fromkeys([start, *(edge.target for edge in edges), *graph.nodes])
    return Structure(tuple(nodes), edges)


class Layout:
    """Places for a structure."""

    def __init__(self, structure: Structure) -> None:
        """Find them.

        Args:
            structure: What is to be drawn.
        """
        self._structure = structure
        self._columns = _columns(structure)
        self._places: dict[_Slot, Point] = {}
        for column in range(max(self._columns.values()) + 1):
            self._fill(column)
        self._ways = {
            edge: self._way(edge) for edge in structure.edges if edge.source != edge.target
        }

    def middle(self, node: str) -> Point:
        """The middle of a node."""
        return self._places[node]

    def height(self, node: str) -> float:
        """The height of a node: enough for the edges that end on the fuller of its sides."""
        ends = [way[end] for way in self._ways.values() for end in (0, -1)]
        fullest = max((ends.count(end) for end in ends if self._on_rim(end, node)), default=0)
        return max(HEIGHT, _PORT * (fullest + 1))

    def bounds(self) -> tuple[Point, Point]:
        """The top left and bottom right corners of all that has a place."""
        xs, ys = zip(*self._places.values(), strict=True)
        half = max(self.height(name) for name in self._structure.nodes) / 2
        across = WIDTH / 2
        return Point(min(xs) - across, min(ys) - half), Point(max(xs) + across, max(ys) + half)

    def way(self, edge: Edge) -> list[Point]:
        """The points an edge goes through, from rim to rim; no two edges end in one point."""
        way = list(self._ways[edge])
        for end in (0, -1):
            meeting = sorted(self._meeting(way[end]))
            place = [which for _, which in meeting].index(self._structure.edges.index(edge))
            off = _PORT * (place - (len(meeting) - 1) / 2)
            way[end] = Point(way[end].x, way[end].y + off)
        return way

    def _meeting(self, rim: Point) -> list[tuple[float, int]]:
        """The edges that end at the middle of a side: where each comes from, and its number."""
        return [
            (way[near].y, self._structure.edges.index(edge))
            for edge, way in self._ways.items()
            for end, near in ((0, 1), (-1, -2))
            if way[end] == rim
        ]

    def _on_rim(self, point: Point, node: str) -> bool:
        middle = self._places[node]
        return point.y == middle.y and abs(point.x - middle.x) == WIDTH / 2

    def _way(self, edge: Edge) -> list[Point]:
        """The points of an edge, from the middle of one node's side to the other's."""
        source, target = self._places[edge.source], self._places[edge.target]
        across = WIDTH / 2 if target.x > source.x else -WIDTH / 2
        way = [Point(source.x + across, source.y)]
        passed = sorted(self._passed(edge), reverse=across < 0)
        for place in passed:
            way += [Point(place.x - across, place.y), Point(place.x + across, place.y)]
        return [*way, Point(target.x - across, target.y)]

    def _passed(self, edge: Edge) -> list[Point]:
        """Where an edge passes columns that were filled so far, from left to right."""
        return [
            place
            for slot, place in self._places.items()
            if isinstance(slot, tuple) and slot[0] == edge
        ]

    def _fill(self, column: int) -> None:
        """Give a place to each slot of a column, near to what leads to it."""
        slots: list[_Slot] = [
            name for name in self._structure.nodes if self._columns[name] == column
        ]
        for edge in self._structure.edges:
            first, last = sorted((self._columns[edge.source], self._columns[edge.target]))
            if first < column < last:
                slots.append((edge, column))
        wanted = [self._wanted(slot) for slot in slots]
        top = fmean(wanted) - _ROW * (len(slots) - 1) / 2
        order = sorted(range(len(slots)), key=lambda at: (wanted[at], at))
        for row, at in enumerate(order):
            self._places[slots[at]] = Point(column * _COLUMN, top + row * _ROW)

    def _wanted(self, slot: _Slot) -> float:
        """The height at which a slot goes on with what leads to it from the columns before."""
        heights: list[float] = []
        for edge in self._structure.edges:
            if slot in (edge.source, edge.target) or (isinstance(slot, tuple) and slot[0] == edge):
                ends = (self._places[end] for end in edge[:2] if end in self._places)
                before = self._passed(edge)[-1:] or list(ends)
                heights += [place.y for place in before]
        return fmean(heights) if heights else 0.0


def _columns(structure: Structure) -> dict[str, int]:
    """The longest way of each node from the first, without the edges that lead back."""
    columns = dict.fromkeys(structure.nodes, 0)

    def visit(node: str, way: tuple[str, ...]) -> None:
        columns[node] = max(columns[node], len(way))
        for edge in structure.edges:
            if edge.source == node and edge.target not in (*way, node):
                visit(edge.target, (*way, node))

    visit(structure.nodes[0], ())
    return columns
