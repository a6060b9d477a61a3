"""Boxes in percent, of whatever a policy wrote, and bars to scale."""

import math

import pytest

from ergo_agent.episode.ledger import Ledger, LedgerEntry
from ergo_agent.episode.moves import Zoom
from ergo_agent.episode.turn import Turn
from ergo_agent.report.boxes import asked_boxes
from ergo_agent.report.costs import cost_bars
from ergo_agent.views.geometry import Region, Size, ViewBox
from ergo_agent.views.view import PlacedBox, View

VIEW = View(
    number=1,
    region=Region.whole(Size(4000, 2000)),
    shown=Size(400, 200),
    original=Size(4000, 2000),
    tokens=98,
    parent=None,
    digest="",
)


def boxes_of(*boxes: tuple[float, float, float, float], view: int = 1):
    placed = tuple(PlacedBox(ViewBox(*box), view) for box in boxes)
    turn = Turn(stage="observe", question="q", views=(1,), reply="", move=Zoom(boxes=placed))
    return asked_boxes(VIEW, [turn], None)


def test_a_box_is_placed_in_percent_of_its_view():
    (box,) = boxes_of((40, 20, 120, 70))
    assert (box.left, box.top, box.width, box.height) == (10, 10, 20, 25)
    assert box.label == "a"
    assert "40, 20, 120, 70 in pixels of view 1" in box.title


def test_swapped_corners_and_what_hangs_over_are_put_right():
    (box,) = boxes_of((120, 70, -40, 900))
    assert (box.left, box.top, box.width, box.height) == (0, 35, 30, 65)


@pytest.mark.parametrize(
    "box",
    [(math.nan, 0, 10, 10), (0, 0, math.inf, 10), (500, 0, 600, 10), (10, 10, 10, 90)],
)
def test_a_box_without_a_place_is_left_out(box: tuple[float, float, float, float]):
    (drawn,) = boxes_of(box, (0, 0, 10, 10))
    assert drawn.label == "a"


def test_a_box_of_another_view_is_not_drawn_here():
    assert boxes_of((0, 0, 10, 10), view=2) == []


def test_the_letters_do_not_run_out():
    drawn = boxes_of(*[(0, 0, 10, 10)] * 30)
    assert [box.label for box in drawn[24:28]] == ["y", "z", "aa", "bb"]


def test_the_longer_bar_fills_the_width():
    entries = (LedgerEntry(view=1, predicted=30), LedgerEntry(view=2, predicted=10, reported=20))
    cheap = cost_bars(Ledger(max_vision_tokens=100, full_resolution=80, entries=entries))
    assert [(each.left, each.width) for each in cheap.segments] == [(0, 37.5), (37.5, 25.0)]
    assert (cheap.spent, cheap.full_resolution) == (62.5, 100)
    dear = cost_bars(Ledger(max_vision_tokens=100, full_resolution=20, entries=entries))
    assert (dear.spent, dear.full_resolution) == (100, 40)
