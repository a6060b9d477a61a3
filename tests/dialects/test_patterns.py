"""The regular expression of a whole reply: what is written strictly keeps to it."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ergo_agent.dialects import ErgoDialect, Qwen2VLDialect, Qwen3VLDialect, ToolCallsDialect
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.dialects.tags import TagDialect
from ergo_agent.episode.moves import Answer, Move, Stage, Zoom
from ergo_agent.errors import ReplyFormatError
from ergo_agent.views.geometry import Size, ViewBox
from ergo_agent.views.view import PlacedBox, View
from tests.support.shown import shown_views

TAGGED = [ErgoDialect(), Qwen3VLDialect(), Qwen2VLDialect()]
VIEWS = shown_views(3)
SEEN_WHOLE = [VIEWS[0].model_copy(update={"shown": Size(4004, 3024)})]
TEXT = (
    st.text(min_size=1)
    .map(str.strip)
    .filter(bool)
    .filter(
        lambda text: not re.search(r"<[ /]*[aentz]", text, re.IGNORECASE)  # as the module says
    )
)


@st.composite
def moves(draw: st.DrawFn, dialect: TagDialect, views: list[View]) -> Move:
    """Moves with boxes on whole numbers of the dialect's frame, inside their view."""
    boxes: list[PlacedBox] = []
    for _ in range(draw(st.integers(1, 4))):
        view = draw(st.sampled_from(views))
        width, height = dialect.frame.edges(view.shown)
        numbers = [draw(st.integers(0, most)) for most in (width, height, width, height)]
        box = dialect.frame.to_pixels(ViewBox(*numbers), shown=view.shown)
        boxes.append(PlacedBox(box, view.number))
    reasoning = draw(st.one_of(st.just(""), TEXT))
    if draw(st.booleans()):
        return Zoom(boxes=tuple(boxes), reasoning=reasoning)
    return Answer(text=draw(st.none() | TEXT), reasoning=reasoning, boxes=tuple(boxes))


@pytest.mark.parametrize("dialect", TAGGED, ids=lambda dialect: dialect.name)
@given(data=st.data())
def test_what_is_written_strictly_keeps_to_the_pattern(dialect: TagDialect, data: st.DataObject):
    move = data.draw(moves(dialect, VIEWS))
    pattern = dialect.reply_pattern("zoomed", VIEWS)
    assert re.fullmatch(pattern, dialect.write(move, VIEWS))
    only_answers = dialect.reply_pattern("last", VIEWS)
    assert bool(re.fullmatch(only_answers, dialect.write(move, VIEWS))) == (move.kind == "answer")


@pytest.mark.parametrize("dialect", TAGGED, ids=lambda dialect: dialect.name)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_whatever_keeps_to_the_pattern_is_read_as_it_stands(
    dialect: TagDialect, data: st.DataObject
):
    pattern = dialect.reply_pattern("zoomed", VIEWS)
    reply = data.draw(st.from_regex(pattern, fullmatch=True))
    try:
        kind = dialect.parse(reply, VIEWS).kind
    except ReplyFormatError as error:
        kind = str(error)
    if "</answer>" in reply:
        assert kind == "answer"
    else:  # nothing is left to see on the far border
        assert kind == "zoom" or "lies outside its image" in kind


@pytest.mark.parametrize("stage", ["observe", "zoomed", "last"])
@pytest.mark.parametrize(
    ("reply", "stages"),
    [
        ("<think>it is there</think><zoom>[1, 2, 30, 40]</zoom>", {"observe", "zoomed"}),
        ("<think>\n</think><zoom>[0, 0, 999, 999]</zoom>", {"observe", "zoomed"}),
        ('<think></think><zoom view="1">[1, 2, 3, 4]</zoom>', {"observe", "zoomed"}),
        ("<think>a < b</think><answer>A. red</answer>", {"zoomed", "last"}),
        ("<think></think><answer></answer><not_found/>", {"zoomed", "last"}),
        ("<think></think><answer></answer>", set()),
        ("<think></think><answer> </answer>", set()),
        ("<zoom>[1, 2, 30, 40]</zoom>", set()),
        ("<think>no end<zoom>[1, 2, 30, 40]</zoom>", set()),
        ("<think></think><zoom>[1, 2, 30]</zoom>", set()),
        ("<think></think><zoom>[1, 2, 30, 4.5]</zoom>", set()),
        ("<think></think><zoom>[-1, 2, 30, 45]</zoom>", set()),
        ("<think></think><zoom>[1, 2, 30, 99999]</zoom>", set()),
        ('<think></think><zoom view="9">[1, 2, 30, 40]</zoom>', set()),
        ("<think><answer>7</answer></think><zoom>[1, 2, 30, 40]</zoom>", set()),
        ("<think></think><zoom>[1, 2, 30, 40]</zoom> and more", set()),
    ],
)
@pytest.mark.parametrize("dialect", TAGGED, ids=lambda dialect: dialect.name)
def test_each_stage_allows_what_it_asks_for(
    dialect: TagDialect, reply: str, stages: set[str], stage: Stage
):
    pattern = dialect.reply_pattern(stage, shown_views())
    assert bool(re.fullmatch(pattern, reply)) == (stage in stages)


def test_where_the_view_shows_everything_only_an_answer_is_asked_for():
    pattern = ErgoDialect().reply_pattern("observe", SEEN_WHOLE)
    assert re.fullmatch(pattern, "<think></think><answer>7</answer>")
    assert not re.fullmatch(pattern, "<think></think><zoom>[1, 2, 3, 4]</zoom>")


def test_numbers_have_no_more_digits_than_the_view_is_long():
    pattern = ErgoDialect().reply_pattern("observe", VIEWS[:1])  # 1148 x 840
    assert re.fullmatch(pattern, "<think></think><zoom>[1148, 840, 9999, 999]</zoom>")
    assert not re.fullmatch(pattern, "<think></think><zoom>[0, 1000, 1, 1]</zoom>")


def test_a_relative_box_ends_at_a_thousand_whatever_the_view():
    pattern = Qwen3VLDialect().reply_pattern("observe", VIEWS[:1])
    assert re.fullmatch(pattern, "<think></think><zoom>[0, 0, 1000, 1000]</zoom>")
    assert not re.fullmatch(pattern, "<think></think><zoom>[0, 0, 1001, 1000]</zoom>")


def test_boxes_do_not_go_on_for_ever():
    pattern = ErgoDialect().reply_pattern("observe", VIEWS[:1])
    zoom = "<zoom>[1, 2, 3, 4]</zoom>"
    assert re.fullmatch(pattern, f"<think></think>{zoom * 4}")
    assert not re.fullmatch(pattern, f"<think></think>{zoom * 5}")


def test_no_pattern_needs_more_than_a_grammar_can_do():
    for dialect in TAGGED:
        for stage in ("observe", "zoomed", "last"):
            pattern = dialect.reply_pattern(stage, VIEWS)
            assert "(?=" not in pattern
            assert "(?!" not in pattern
            assert "(?<" not in pattern
            assert not re.search(r"\\[1-9bBAZ]", pattern)


def test_dialects_that_are_bound_otherwise_have_no_pattern():
    assert ToolCallsDialect().reply_pattern("observe", VIEWS) is None
    assert ReadingDialect().reply_pattern("observe", VIEWS) is None


def test_a_long_reply_is_matched_at_once():
    pattern = ErgoDialect().reply_pattern("zoomed", VIEWS)
    reply = f"<think>{'< ' * 500_000}x</think><answer>7</answer>"
    assert re.fullmatch(pattern, reply)
    assert not re.fullmatch(pattern, reply + "!")
