"""Regions drawn in to what is printed in them."""

from PIL import Image, ImageDraw

from ergo_agent.extraction.ink import drawn_in
from ergo_agent.images import open_original
from ergo_agent.views.geometry import Region


async def test_paper_and_rules_are_left_out_and_a_margin_kept():
    page = Image.new("RGB", (400, 300), "white")
    pen = ImageDraw.Draw(page)
    pen.rectangle((100, 100, 159, 119), fill="black", outline="black")
    pen.rectangle((110, 105, 150, 110), fill="white")  # as letters have
    pen.line((60, 140, 240, 140), fill="black", width=2)  # a ruled line below
    loose = Region(left=60, top=80, right=240, bottom=150)
    paper = Region(left=300, top=10, right=360, bottom=40)
    found = await drawn_in(open_original(page), {"word": loose, "paper": paper})
    assert found["word"].as_tuple() == (97, 97, 163, 123)
    assert found["paper"] == paper
    assert await drawn_in(open_original(page), {}) == {}


async def test_light_print_on_dark_ground_is_ink_too():
    page = Image.new("RGB", (200, 100), "black")
    ImageDraw.Draw(page).rectangle((50, 40, 89, 59), fill="white")
    ground = Region(left=20, top=20, right=160, bottom=90)
    found = await drawn_in(open_original(page), {"word": ground})
    assert found["word"].as_tuple() == (47, 37, 93, 63)
