"""Boxes and lines in another frame, parts of lines, and parts in groups."""

import pytest

from ergo_agent.layout.text import Box, TextLine, Word, grouped

LINE = TextLine(
    "Total due 12.50",
    Box(10, 20, 110, 32),
    0.9,
    (Word("Total", 10, 40), Word("due", 45, 65), Word("12.50", 80, 110)),
)


def test_a_line_goes_to_the_frame_of_a_page_and_back():
    there = LINE.scaled(0.5, 0.25).moved(100, 200)
    assert there.box == (105, 205, 155, 208)
    assert there.words[2] == ("12.50", 140, 155)
    assert there.moved(-100, -200).scaled(2, 4) == LINE


def test_what_lies_in_another_box_is_cut_to_it():
    assert LINE.box.within(Box(50, 0, 200, 25)) == (50, 20, 110, 25)
    assert LINE.box.within(Box(0, 0, 200, 200)) == LINE.box
    assert LINE.box.area == 1200


def test_a_part_of_a_line_is_as_wide_as_its_words():
    part = LINE.part(LINE.words[1:])
    assert (part.text, part.box) == ("due 12.50", (45, 20, 110, 32))
    assert LINE.part(LINE.words[:2], "Total  due").text == "Total  due"


def test_a_margin_is_as_many_heights_of_the_type():
    assert LINE.padded(0.5) == (4, 14, 116, 38)


@pytest.mark.parametrize(
    ("parts", "groups"),
    [([], []), ([1], [[1]]), ([1, 2, 4, 5, 9], [[1, 2], [4, 5], [9]])],
)
def test_parts_that_join_the_one_before_are_one_group(parts: list[int], groups: list[list[int]]):
    assert grouped(parts, lambda one, other: other - one == 1) == groups
