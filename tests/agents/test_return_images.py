"""With `return_images` the crops that an answer stands on come back beside the text."""

import base64
import dataclasses
import io
from pathlib import Path

from PIL import Image

from ergo_agent import ErgoVisionTool
from tests.support.agents import agent_calling, image_blocks, save_grid, tool_messages
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[0, 0, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"


def asked(tool: ErgoVisionTool):
    agent, _ = agent_calling(
        ("look_at_image", {"image": "grid.png", "question": "q"}), tools=[tool]
    )
    (message,) = tool_messages(agent.invoke({"messages": [("user", "look")]}))
    return message


def test_the_crop_comes_back_with_its_place(tmp_path: Path):
    save_grid(tmp_path / "grid.png")
    tool = ErgoVisionTool(
        policy=scripted(ZOOM, ANSWER), allowed_roots=[tmp_path], return_images=True
    )
    message = asked(tool)
    (block,) = image_blocks(message)
    crop = Image.open(io.BytesIO(base64.b64decode(block["base64"])))
    view = message.artifact["views"][1]
    assert list(crop.size) == view["shown"]
    assert crop.getpixel((5, 5)) == (0, 0, 50)
    region = [view["region"][edge] for edge in ("left", "top", "right", "bottom")]
    assert f"{block['id'].replace('_', ' ')} = {region}" in message.text
    assert block["mime_type"] == "image/png"


def test_without_it_there_is_only_text(tmp_path: Path):
    save_grid(tmp_path / "grid.png")
    tool = ErgoVisionTool(policy=scripted(ZOOM, ANSWER), allowed_roots=[tmp_path])
    assert isinstance(asked(tool).content, str)


def test_what_was_not_found_shows_nothing(tmp_path: Path):
    save_grid(tmp_path / "grid.png")
    policy = scripted("<answer></answer><not_found/>")
    tool = ErgoVisionTool(policy=policy, allowed_roots=[tmp_path], return_images=True)
    assert asked(tool).content.startswith("Not found")


def test_what_was_sent_as_webp_comes_back_as_png(tmp_path: Path):
    save_grid(tmp_path / "grid.png")
    policy = dataclasses.replace(scripted(ZOOM, ANSWER), form="webp")
    plain = asked(ErgoVisionTool(policy=scripted(ZOOM, ANSWER), allowed_roots=[tmp_path],
                                 return_images=True))  # fmt: skip
    tool = ErgoVisionTool(policy=policy, allowed_roots=[tmp_path], return_images=True)
    message = asked(tool)
    assert message.artifact["views"][1]["form"] == "webp"
    assert image_blocks(message) == image_blocks(plain)
