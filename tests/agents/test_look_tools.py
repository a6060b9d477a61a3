"""`ObserveTool` and `ZoomTool`: image blocks, and boxes that land where they were meant."""

import asyncio
import base64
import io
import json
import math
import os
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from PIL import Image

from ergo_agent import BudgetError, ObserveTool, SettingsError, ZoomTool
from ergo_agent.agents.views import Look
from ergo_agent.images import MemoryStore
from ergo_agent.views.geometry import Region
from tests.support.agents import (
    agent_calling,
    human,
    image_blocks,
    in_base64,
    save_grid,
    tool_messages,
)
from tests.support.web import Page, web

CELL = {"left": 500, "top": 400, "right": 600, "bottom": 500}
"""In original pixels: the cell of column 5 and row 4."""


@pytest.fixture
def grid(tmp_path: Path):
    return save_grid(tmp_path / "grid.png")


def pixels(message: ToolMessage) -> Image.Image:
    (block,) = image_blocks(message)
    assert block["mime_type"] == "image/png"
    return Image.open(io.BytesIO(base64.b64decode(block["base64"])))


def region(message: ToolMessage) -> Region:
    return Look.model_validate(message.artifact).views[0].region


def called(tool: Any, **arguments: Any) -> ToolMessage:  # noqa: ANN401
    call = {"type": "tool_call", "id": "1", "name": tool.name, "args": arguments}
    return tool.invoke(call)


def test_observing_shows_the_whole_and_says_its_frame(grid: Path):
    message = called(ObserveTool(allowed_roots=[grid.parent], view_budget=640), image="grid.png")
    look = Look.model_validate(message.artifact)
    (view,) = look.views
    assert view.region.as_tuple() == (0, 0, 2000, 1500)
    assert view.tokens <= 640
    assert pixels(message).size == view.shown
    shown = f"{view.shown.width}x{view.shown.height}"
    assert f"the whole image of 2000x1500 original pixels, shown at {shown}" in message.text
    assert image_blocks(message)[0]["id"].replace("_", " ") in message.text
    json.dumps(message.artifact)


@pytest.mark.parametrize(
    ("frame", "box"),
    [
        ("original", CELL),
        ("thousandths", {"left": 250, "top": 267, "right": 300, "bottom": 333}),
    ],
)
def test_a_box_of_an_image_lands_where_it_was_meant(grid: Path, frame: str, box: dict[str, float]):
    message = called(ZoomTool(allowed_roots=[grid.parent]), image="grid.png", frame=frame, **box)
    found = region(message)
    assert found.contains(Region(left=502, top=402, right=598, bottom=498))
    assert found.area < 2 * 100 * 100
    middle = pixels(message)
    assert middle.getpixel((middle.width // 2, middle.height // 2)) == (50, 40, 50)
    assert f"[left, top, right, bottom] = {[*found.as_tuple()]}" in message.text


def test_original_pixels_are_taken_as_they_are(grid: Path):
    tool = ZoomTool(allowed_roots=[grid.parent])
    box = {"left": 112, "top": 112, "right": 672, "bottom": 392}
    message = called(tool, image="grid.png", frame="original", **box)
    assert region(message).as_tuple() == (112, 112, 672, 392)
    assert "Nothing was lost" in message.text


def zoomed_twice(grid: Path, frame: str, *, budget: int = 300) -> list[ToolMessage]:
    """An agent sees the image, zooms into its left half, and then into a box of that view."""
    observe = ObserveTool(allowed_roots=[grid.parent], view_budget=budget)
    zoom = ZoomTool(allowed_roots=[grid.parent], view_budget=budget)
    half = {"left": 0, "top": 0, "right": 1000, "bottom": 1500, "frame": "original"}
    first = called(zoom, image="grid.png", **half)
    view = Look.model_validate(first.artifact).views[0]
    name = image_blocks(first)[0]["id"].replace("_", " ")
    edges = view.shown if frame == "view" else (1000, 1000)
    box = {
        "left": edges[0] * (500 - view.region.left) / view.region.size.width,
        "top": edges[1] * (400 - view.region.top) / view.region.size.height,
        "right": edges[0] * (600 - view.region.left) / view.region.size.width,
        "bottom": edges[1] * (500 - view.region.top) / view.region.size.height,
    }
    agent, _ = agent_calling(
        ("observe_image", {"image": "grid.png"}),
        ("zoom_image", {"image": "the last view", **half}),
        ("zoom_image", {"image": name, "frame": frame, **box}),
        tools=[observe, zoom],
    )
    return tool_messages(agent.invoke({"messages": [("user", "look")]}))


@pytest.mark.parametrize("frame", ["thousandths", "view"])
def test_a_box_of_a_view_lands_in_the_original(grid: Path, frame: str):
    *_, message = zoomed_twice(grid, frame)
    assert message.status == "success", message.text
    found = region(message)
    assert found.contains(Region(left=501, top=401, right=599, bottom=499))
    assert found.area < 2 * 100 * 100
    middle = pixels(message)
    assert middle.getpixel((middle.width // 2, middle.height // 2)) == (50, 40, 50)


def test_a_view_in_the_conversation_does_not_shift_the_numbers_of_images(grid: Path):
    other = save_grid(grid.parent / "other.png", columns=10, rows=10)
    block = {"type": "image", "base64": in_base64(other), "mime_type": "image/png"}
    agent, _ = agent_calling(
        ("observe_image", {"image": "grid.png"}),
        ("observe_image", {"image": "image 1"}),
        ("observe_image", {"image": "the last image"}),
        ("observe_image", {"image": "image 2"}),
        tools=[ObserveTool(allowed_roots=[grid.parent])],
    )
    output = agent.invoke({"messages": [human(block)]})
    first, second, third, fourth = tool_messages(output)
    assert first.artifact["image"]["width"] == 2000
    assert second.artifact["image"]["width"] == third.artifact["image"]["width"] == 1000
    assert fourth.status == "error"
    assert fourth.text.count("view ") == 2


def test_a_view_of_a_forgotten_image_is_found_again_by_its_name(grid: Path):
    """As in a process that goes on with a conversation from a checkpoint."""
    block = {"type": "image", "base64": in_base64(grid), "mime_type": "image/png"}
    observe = ObserveTool(store=MemoryStore())
    agent, _ = agent_calling(("observe_image", {"image": "image 1"}), tools=[observe])
    messages = agent.invoke({"messages": [human(block)]})["messages"]
    zoom = ZoomTool(store=MemoryStore())
    box = {"left": 0, "top": 0, "right": 500, "bottom": 500}
    agent, _ = agent_calling(("zoom_image", {"image": "the last view", **box}), tools=[zoom])
    message = tool_messages(agent.invoke({"messages": messages}))[-1]
    assert message.status == "success", message.text
    assert region(message).left == 0


@pytest.mark.parametrize("by", ["path", "name"])
async def test_many_are_looked_at_side_by_side_in_a_small_store(tmp_path: Path, by: str):
    """Each call has an image of its own, and pushes out what the others have put into the store."""
    paths = [tmp_path / f"{number}.png" for number in range(6)]
    for path in paths:
        Image.frombytes("RGB", (500, 500), os.urandom(750_000)).save(path)
    room = 2_000_000 if by == "path" else 5_000_000
    given = {"store": MemoryStore(max_bytes=room), "allowed_roots": [tmp_path], "view_budget": 64}
    blocks = [{"type": "image", "base64": in_base64(path)} for path in paths]
    state = {"messages": [human(*blocks)]}
    names = [path.name for path in paths] if by == "path" else [f"image {n}" for n in range(1, 7)]
    box = {"left": 100, "top": 100, "right": 300, "bottom": 300}
    for tool, more in ((ObserveTool(**given), {}), (ZoomTool(**given), box)):
        arguments = ({"image": name, "state": state, **more} for name in names)
        told = await asyncio.gather(*map(tool.ainvoke, arguments))
        assert all(blocks[1]["type"] == "image" for blocks in told), told


def test_an_artifact_keeps_no_url_with_a_key(grid: Path):
    with web({"/grid.png": Page(grid.read_bytes())}) as site:
        tool = ObserveTool(allowed_roots=[], allowed_hosts=[f"private:{site.host}"])
        plain, signed = f"http://{site.host}/grid.png", f"http://{site.host}/grid.png?key=secret"
        assert called(tool, image=plain).artifact["source"] == plain
        message = called(tool, image=signed)
    assert message.artifact["source"] is None
    assert "secret" not in message.model_dump_json()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"frame": "view", **CELL}, "this image is none; name a view"),
        (
            {"left": 2000, "top": 0, "right": 3000, "bottom": 10},
            "from 0 to 1000: give a box inside",
        ),
        ({"frame": "original", "left": 5000, "top": 0, "right": 6000, "bottom": 9}, "lies outside"),
        ({"left": math.nan, "top": 0, "right": 3, "bottom": 10}, "that is not finite"),
        (
            {"left": 0.25, "top": 0.267, "right": 0.3, "bottom": 0.333},
            "[0.25, 0.267, 0.3, 0.333] holds fractions of the width and height",
        ),
        ({"frame": "original", "left": 0, "top": 0, "right": math.inf, "bottom": 9}, "not finite"),
        ({"image": "missing.png", **CELL}, "; there is "),
        ({"page": 9, **CELL}, "there is no page 9"),
    ],
)
def test_what_a_model_can_put_right_comes_back_as_text(
    grid: Path, arguments: dict[str, Any], text: str
):
    tool = ZoomTool(allowed_roots=[grid.parent])
    message = called(tool, **{"image": "grid.png", **arguments})
    assert message.status == "error"
    assert text in message.text


def test_an_unknown_view_is_told_with_what_there_is(grid: Path):
    agent, _ = agent_calling(
        ("observe_image", {"image": "grid.png"}),
        ("zoom_image", {"image": "view abcdef", **CELL}),
        tools=[ObserveTool(allowed_roots=[grid.parent]), ZoomTool(allowed_roots=[grid.parent])],
    )
    seen, missed = tool_messages(agent.invoke({"messages": [("user", "look")]}))
    name = image_blocks(seen)[0]["id"].replace("_", " ")
    assert "there is no view abcdef" in missed.text
    assert missed.text.endswith(f"The conversation holds {name}.")


async def test_both_work_async(grid: Path):
    observe = ObserveTool(allowed_roots=[grid.parent])
    zoom = ZoomTool(allowed_roots=[grid.parent])
    agent, _ = agent_calling(
        ("observe_image", {"image": "grid.png"}),
        ("zoom_image", {"image": "the last view", "frame": "original", **CELL}),
        tools=[observe, zoom],
    )
    seen, shown = tool_messages(await agent.ainvoke({"messages": [("user", "look")]}))
    assert len(image_blocks(seen)) == 1
    assert region(shown).contains(Region(**CELL))


def test_bad_settings_are_refused_at_construction():
    with pytest.raises(BudgetError, match="view_budget=2"):
        ObserveTool(view_budget=2)
    with pytest.raises(BudgetError, match="view_budget='x'"):
        ZoomTool(view_budget="x")
    with pytest.raises(SettingsError, match="host"):
        ZoomTool(allowed_hosts=["https://a/b"])


def test_the_schema_names_one_frame():
    properties = ZoomTool().tool_call_schema.model_json_schema()["properties"]
    assert list(properties) == ["image", "left", "top", "right", "bottom", "frame", "page"]
    assert properties["frame"]["enum"] == ["thousandths", "original", "view"]
