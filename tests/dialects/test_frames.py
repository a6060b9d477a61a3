"""Boxes between the frames that models write them in and view pixels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.dialects import ErgoDialect, Qwen2VLDialect, Qwen3VLDialect, ToolCallsDialect
from ergo_agent.episode.moves import Answer, Zoom
from ergo_agent.errors import ReplyFormatError
from ergo_agent.views.frames import PIXELS, THOUSANDTHS
from ergo_agent.views.geometry import Size, ViewBox
from ergo_agent.views.view import PlacedBox
from tests.support.shown import shown_views

SHOWN = Size(1148, 840)
THOUSANDTH = st.integers(0, 1000)


def test_each_dialect_says_its_frame():
    assert ErgoDialect().frame is PIXELS
    for dialect in (Qwen3VLDialect(), Qwen2VLDialect(), ToolCallsDialect()):
        assert dialect.frame is THOUSANDTHS


def test_thousandths_are_of_the_view_that_is_named():
    reply = '<zoom view="1">[0, 250, 500, 1000]</zoom><zoom>[0, 250, 500, 1000]</zoom>'
    move = Qwen3VLDialect().parse(reply, shown_views(2))
    assert isinstance(move, Zoom)
    assert move.boxes == (
        PlacedBox(ViewBox(0, 210, 574, 840), 1),
        PlacedBox(ViewBox(0, 70, 280, 280), 2),
    )


def test_the_places_an_answer_was_read_at_are_turned_too():
    reply = "<answer>7</answer><evidence>[0, 0, 500, 500]</evidence>"
    move = Qwen3VLDialect().parse(reply, shown_views())
    assert isinstance(move, Answer)
    assert move.boxes == (PlacedBox(ViewBox(0, 0, 574, 420), 1),)


def test_pixels_stay_as_they_are():
    assert PIXELS.to_pixels(ViewBox(1, 2, 3, 4), shown=SHOWN) == ViewBox(1, 2, 3, 4)
    assert PIXELS.edges(SHOWN) == SHOWN


@pytest.mark.parametrize("box", [(0.25, 0.25, 0.5, 0.75), (0, 0, 1, 1), (0, 0, 0.001, 1)])
def test_fractions_are_understood(box: tuple[float, ...]):
    turned = THOUSANDTHS.to_pixels(ViewBox(*box), shown=SHOWN)
    assert turned == pytest.approx((box[0] * 1148, box[1] * 840, box[2] * 1148, box[3] * 840))


@given(st.tuples(THOUSANDTH, THOUSANDTH, THOUSANDTH, st.integers(2, 1000)))
def test_a_whole_number_of_thousandths_survives_the_way_to_pixels_and_back(edges: tuple[int, ...]):
    box = ViewBox(*map(float, edges))
    assert THOUSANDTHS.from_pixels(THOUSANDTHS.to_pixels(box, shown=SHOWN), shown=SHOWN) == box


def test_a_box_beside_the_view_is_said_in_the_models_own_numbers():
    with pytest.raises(ReplyFormatError, match=r"\[1200, 0, 1300, 50\] .* from 0 to 1000"):
        Qwen3VLDialect().parse("<zoom>[1200, 0, 1300, 50]</zoom>", shown_views())


def test_one_box_beside_the_view_does_not_spoil_the_others():
    reply = "<zoom>[1200, 0, 1300, 50], [0, 0, 500, 500]</zoom>"
    move = Qwen3VLDialect().parse(reply, shown_views())
    assert len(move.boxes) == 2  # the graph drops it, and records that it did


def test_a_number_that_only_fits_before_it_is_scaled_is_no_crash():
    with pytest.raises(ReplyFormatError, match="lies outside its image"):
        Qwen3VLDialect().parse(
            "<zoom>[0, 0, 9, 1.7e308]</zoom>", shown_views(shown=Size(3200, 3200))
        )


def test_each_dialect_tells_the_model_about_its_frame():
    views = shown_views()
    assert "in pixels of that image" in ErgoDialect().ask("q", views, stage="observe")
    for dialect in (Qwen3VLDialect(), ToolCallsDialect()):
        assert "from 0 to 1000" in dialect.ask("q", views, stage="observe")
        assert "pixels of that image" not in dialect.ask("q", views, stage="observe")
