"""Fields that are drawn on a page: no frame and no name covers what was read."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from ergo_agent.extraction.page_boxes import draw_fields
from ergo_agent.views.geometry import Region

WIDTH, HEIGHT = 800, 1100
NAME = "customer_number"


def region(left: int, top: int) -> Region:
    return Region(left=left, top=top, right=left + 95, bottom=top + 22)


def test_a_name_covers_no_value_of_the_lines_around_it():
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    places = [(NAME, region(400, 300 + 27 * row)) for row in range(6)]
    for _, place in places:
        ImageDraw.Draw(page).text((place.left, place.top), "13 April 2026", fill="black")
    drawn = draw_fields(page, places)
    for _, place in places:
        assert drawn.crop(place.as_tuple()).tobytes() == page.crop(place.as_tuple()).tobytes()


def test_a_name_is_whole_at_every_edge_of_the_page():
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    middle, *edges = [
        drawn_pixels(page, region(left, top))
        for left, top in ((350, 500), (4, 4), (700, 4), (4, 1070), (700, 1070))
    ]
    assert edges == [middle] * 4


def drawn_pixels(page: Image.Image, place: Region) -> int:
    changed = ImageChops.difference(draw_fields(page, [(NAME, place)]), page)
    return int(np.asarray(changed).any(axis=2).sum())
