"""What views cost, where some are sent again."""

from collections.abc import Mapping
from typing import Any

from ergo_agent.episode.ledger import ledger_entries
from ergo_agent.episode.turn import Turn
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View


def view(number: int, tokens: int) -> View:
    return View(
        number=number,
        page=1,
        region=Region.whole(Size(1000, 800)),
        shown=Size(560, 448),
        original=Size(1000, 800),
        tokens=tokens,
    )


def turn(*views: int, paid: Mapping[int, int], **more: Any) -> Turn:
    return Turn(
        stage="observe", question="q", views=views, reply="r", move=None, paid=dict(paid), **more
    )


def entries(tokens: int, *turns: Turn):
    return ledger_entries([view(1, tokens)], turns)[0]


def test_what_was_paid_first_stays_paid_where_a_view_is_sent_again_smaller():
    smaller = turn(paid={1: 500}, repairs=("fewer_views", "smaller_view"))
    entry = entries(500, turn(1, paid={1: 1000}), smaller)
    assert (entry.predicted, entry.reported, entry.cost) == (1500, None, 1500)


def test_both_sizes_are_counted_as_reported():
    told = {"repairs": ("fewer_views", "smaller_view"), "image_tokens": 510}
    smaller = turn(paid={1: 500}, **told)
    entry = entries(500, turn(1, paid={1: 1000}, image_tokens=1010), smaller)
    assert (entry.predicted, entry.reported, entry.cost) == (1500, 1520, 1520)


def test_a_size_that_was_not_told_counts_as_predicted():
    first = turn(1, paid={1: 1000}, image_tokens=1010)
    assert entries(500, first, turn(paid={1: 500})).cost == 1510
    told = turn(paid={1: 500}, repairs=("fewer_views", "smaller_view"), image_tokens=520)
    assert entries(500, turn(1, paid={1: 1000}), told).reported == 1520


def test_a_turn_of_an_older_version_paid_for_its_views():
    entry = entries(500, turn(1, paid={}))
    assert (entry.predicted, entry.cost) == (500, 500)


def test_the_next_view_is_told_apart_from_the_smaller_one():
    views = [view(1, 500), view(2, 300)]
    turns = [
        turn(1, paid={1: 1000}, image_tokens=1000),
        turn(paid={1: 500}, repairs=("fewer_views", "smaller_view"), image_tokens=500),
        turn(2, paid={2: 300}, image_tokens=810),
    ]
    assert [entry.reported for entry in ledger_entries(views, turns)] == [1500, 310]
