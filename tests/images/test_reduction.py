"""The pictures in the documentation that say in text what the code does: they still do."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.text import Text

from ergo_agent import create_vision_graph
from scripts import graph_picture, terminal_picture

SVG = "{http://www.w3.org/2000/svg}"
AGAIN = "run python -m scripts.terminal_picture and look at docs/images/terminal.svg"


def test_the_terminal_shows_what_the_command_prints_now():
    """Numbers may differ by a little: another processor may see a box a few pixels elsewhere."""
    picture = _terminal_lines(terminal_picture.PICTURE)
    now = [Text.from_ansi(line).plain for line in terminal_picture.screen()]
    assert [_without_numbers(line) for line in picture] == [
        _without_numbers(line) for line in now
    ], AGAIN
    assert _numbers(picture) == pytest.approx(_numbers(now), rel=0.05, abs=28), AGAIN
    assert "4,562.94" in now
    assert "4,562.94" in picture
    assert picture[0] == '$ ergo-agent ask examples/page.png "What is the total due?"'


def test_the_picture_of_the_graph_has_its_nodes_and_edges():
    graph = create_vision_graph().get_graph()
    root = ElementTree.parse(graph_picture.PICTURE).getroot()
    nodes = [each.get("data-node") for each in root.iter(f"{SVG}g") if "data-node" in each.attrib]
    assert sorted(nodes) == sorted(graph.nodes)
    edges = {
        (each.get("data-source"), each.get("data-target"), "conditional" in each.get("class", ""))
        for each in root.iter(f"{SVG}path")
        if "data-source" in each.attrib
    }
    assert edges == {(each.source, each.target, each.conditional) for each in graph.edges}


def test_the_picture_of_the_graph_is_what_its_script_draws():
    drawn = graph_picture.drawn(graph_picture.compiled_structure())
    assert graph_picture.PICTURE.read_text("utf-8") == drawn, "run python -m scripts.graph_picture"


@pytest.mark.parametrize("picture", [graph_picture.PICTURE, terminal_picture.PICTURE])
def test_a_picture_fetches_nothing(picture: Path):
    drawing = picture.read_text("utf-8")
    assert not re.findall(r"@font-face|@import|<script|<image|href|url\((?!\"?#)", drawing)


def test_a_graph_of_another_shape_is_drawn_without_an_edge_through_a_node():
    edges = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("a", "d"), ("b", "d"), ("c", "e")]
    structure = graph_picture.Structure(
        tuple("abcde"), tuple(graph_picture.Edge(*ends, conditional=False) for ends in edges)
    )
    layout = graph_picture.Layout(structure)
    middles = {name: layout.middle(name) for name in structure.nodes}
    assert len(set(middles.values())) == len(middles)
    ends = []
    for edge in structure.edges:
        way = layout.way(edge)
        ends += [way[0], way[-1]]
        for point in way[1:-1]:
            assert all(
                abs(point.y - middle.y) > 25 or abs(point.x - middle.x) > 50
                for middle in middles.values()
            )
    assert len(set(ends)) == len(ends)


def _terminal_lines(picture: Path) -> list[str]:
    """The lines of text in rich's drawing of a terminal."""
    lines: dict[str, str] = {}
    for each in ElementTree.parse(picture).getroot().iter(f"{SVG}text"):
        if "clip-path" in each.attrib:
            y = each.attrib["y"]
            lines[y] = lines.get(y, "") + (each.text or "").replace("\N{NO-BREAK SPACE}", " ")
    return [line.rstrip() for line in lines.values()]


_NUMBER = re.compile(r"[\d,.]*\d")


def _without_numbers(line: str) -> str:
    return _NUMBER.sub("#", line)


def _numbers(lines: list[str]) -> list[float]:
    """All numbers in some lines but the times."""
    text = re.sub(r"\([\d.]+ s\)", "", "\n".join(lines))
    return [float(each.replace(",", "")) for each in _NUMBER.findall(text)]
