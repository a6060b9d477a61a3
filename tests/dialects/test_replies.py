"""The reply grammar: strict where it writes, tolerant where it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ergo_agent.dialects import ErgoDialect
from ergo_agent.dialects.replies import last_words, parse_reply, write_move
from ergo_agent.episode.moves import Answer, Move, Zoom
from ergo_agent.errors import ReplyFormatError
from ergo_agent.views.geometry import Region, Size, ViewBox
from ergo_agent.views.view import PlacedBox, View

SIZE = Size(4000, 3000)


def views(count: int = 1):
    return [
        View(number=n + 1, region=Region.whole(SIZE), shown=Size(1148, 840), original=SIZE)
        for n in range(count)
    ]


def boxes_of(reply: str, count: int = 1):
    move = parse_reply(reply, views(count))
    assert isinstance(move, Zoom)
    return [tuple(placed.box) for placed in move.boxes]


@pytest.mark.parametrize(
    "reply",
    [
        "<think>there</think><zoom>[1, 2, 30, 40]</zoom>",
        "<think>there</think>\n<zoom>\n[ 1 ,2,30 , 40 ]\n</zoom>\n",
        "<zoom>[1.0, 2.0, 30.0, 40.0]</zoom>",
        "<zoom>[1, 2, 30, 40]",
        "<zoom>[1, 2, 30, 40",
        "<zoom>1, 2, 30, 40</zoom>",
        "<zoom>1 2 30 40</zoom>",
        "<zoom>(1, 2, 30, 40)</zoom>",
        "<zoom>(1, 2), (30, 40)</zoom>",
        "<zoom>{1, 2, 30, 40}</zoom>",
        "<zoom><|box_start|>(1,2),(30,40)<|box_end|></zoom>",
        "<zoom>x1=1, y1=2, x2=30, y2=40</zoom>",
        "<zoom>[x1: 1, y1: 2, x2: 30, y2: 40]</zoom>",
        '<zoom>{"left": 1, "right": 30, "top": 2, "bottom": 40}</zoom>',
        '<zoom>{"x": 1, "y": 2, "width": 29, "height": 38}</zoom>',
        '<zoom>{"bbox_2d": [1, 2, 30, 40], "label": "table 5"}</zoom>',
        '```json\n[{"bbox_2d": [1, 2, 30, 40], "label": "total"}]\n```',
        "[1, 2, 30, 40]",
        "<ZOOM>[1, 2, 30, 40]</Zoom>",
        "< zoom >[1, 2, 30, 40]< / zoom >",
        "<zoom>[1, 2, 30, 40]<zoom>",
        "<think>there: <zoom>[1, 2, 30, 40]</zoom></think>",
        "<think>there: [1, 2, 30, 40]",
        "<think>perhaps [5, 6, 7, 8], no: [1, 2, 30, 40]</think>",
        "<zoom>\uff3b\uff11\uff0c\uff12\uff0c\uff13\uff10\uff0c\uff14\uff10\uff3d</zoom>",
        "<zoom>[\u0661, \u0662, \u0663\u0660, \u0664\u0660]</zoom>",
        "<zoom>[1e0, 2, 3e1, 40px]</zoom>",
        "<zoom>[nan, 0, 0, 0] [1, 2, 30, 40]</zoom>",
        "there</think><zoom>[1, 2, 30, 40]</zoom>",
        "I would <zoom>[1, 2, 30, 40]</zoom> and guess <answer>7</answer>",
    ],
)
def test_a_box_is_found_however_it_is_written(reply: str):
    assert boxes_of(reply) == [(1, 2, 30, 40)]


@pytest.mark.parametrize(
    "reply",
    [
        "<zoom>[1, 2, 3, 4], [5, 6, 7, 8]</zoom>",
        "<zoom>[[1, 2, 3, 4], [5, 6, 7, 8]]</zoom>",
        "<zoom>[1, 2, 3, 4]</zoom><zoom>[5, 6, 7, 8]</zoom>",
        "<zoom>1 2 3 4 5 6 7 8</zoom>",
        "<zoom>(1,2),(3,4) (5,6),(7,8)</zoom>",
    ],
)
def test_several_boxes(reply: str):
    assert boxes_of(reply) == [(1, 2, 3, 4), (5, 6, 7, 8)]


def test_inverted_negative_and_outside_boxes_are_kept_for_the_graph_to_mend():
    assert boxes_of("<zoom>[30, 40, 1, 2]</zoom>") == [(30, 40, 1, 2)]
    assert boxes_of("<zoom>[-5, \u22125, 9999, 3]</zoom>") == [(-5, -5, 9999, 3)]


def test_a_box_belongs_to_the_last_view_unless_it_names_another():
    move = parse_reply("<zoom>[1,2,3,4]</zoom><zoom view='1'>[5,6,7,8]</zoom>", views(3))
    assert [placed.view for placed in move.boxes] == [3, 1]


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("<think>t</think><answer>A. red</answer>", "A. red"),
        ("<answer>A. red", "A. red"),
        ("<Answer> 1,234.50 \u20ac </ANSWER>", "1,234.50 \u20ac"),
        ("<answer>two\nlines</answer> and more", "two\nlines"),
        ("<answer>a < b > c</answer>", "a < b > c"),
        ("<answer></answer><answer>late</answer>", "late"),
        ("<answer>[1, 2, 3, 4]</answer>", "[1, 2, 3, 4]"),
        ("<think><answer>B</answer></think>", "B"),
        ("<think>I could <zoom> or <answer>, but I see it</think><answer>C</answer>", "C"),
        ('{"answer": "D"}', "D"),
        ('```json\n{"answer": 42}\n```', "42"),
    ],
)
def test_answers_are_verbatim(reply: str, text: str):
    move = parse_reply(reply, views())
    assert isinstance(move, Answer)
    assert move.text == text


def test_reasoning_that_is_closed_by_another_opening_tag():
    """The published wording asks for it: `<think> ... <think>`."""
    move = parse_reply("<think> I see it <think>\n<answer>C</answer>", views())
    assert move == Answer(text="C", reasoning="I see it")


@pytest.mark.parametrize(
    "reply",
    [
        "<think>no</think><answer></answer><not_found/>",
        "<answer><not_found/></answer>",
        "<answer></answer> <NOT_FOUND>",
        "<not_found />",
    ],
)
def test_not_found_is_an_answer_without_text(reply: str):
    assert parse_reply(reply, views()) == Answer(
        text=None, reasoning="no" if "think" in reply else ""
    )


def test_evidence_comes_with_the_answer():
    reply = (
        '<answer>7</answer><evidence view="1">[1,2,3,4]</evidence><evidence>[5,6,7,8]</evidence>'
    )
    move = parse_reply(reply, views(2))
    assert isinstance(move, Answer)
    assert move.boxes == (
        PlacedBox(ViewBox(1, 2, 3, 4), 1),
        PlacedBox(ViewBox(5, 6, 7, 8), 2),
    )


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("", "neither a box of four numbers nor an answer"),
        ("I cannot see it.", "neither a box of four numbers nor an answer"),
        ("<answer> </answer>", "the answer is empty"),
        ("<zoom>the top left</zoom>", "the zoom tag holds no box of four numbers"),
        ("<zoom>[1, 2, 3]</zoom>", "the zoom tag holds no box of four numbers"),
        ("<zoom>[nan, 1, 2, 3]</zoom>", "not finite"),
        ("<zoom>[1, 2, inf, 3]</zoom>", "not finite"),
        ("<zoom>[1e9999, 2, 3, 4]</zoom>", "not finite"),
        (f"<zoom>[{'9' * 5000}, 2, 3, 4]</zoom>", "not finite"),
        ('<zoom view="7">[1, 2, 3, 4]</zoom>', "there is no view 7, only 1"),
    ],
)
def test_unusable_replies_say_why(reply: str, problem: str):
    with pytest.raises(ReplyFormatError, match=problem):
        parse_reply(reply, views())


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "piece",
    ["<", "< ", "<think>", "<answer>", "<zoom>", "[1", "1", "1 ", "{", '{"a":', "```", "x1:'", " "],
)
def test_megabytes_of_anything_are_read_in_linear_time(piece: str):
    reply = "<zoom>" + piece * (MEGABYTE // len(piece))
    with pytest.raises(ReplyFormatError, match=r"."):
        parse_reply(reply + "<zoom>", views())
    last_words(reply)


FRAGMENTS = st.sampled_from(
    ["<think>", "</think>", "<zoom>", '<zoom view="1">', "</zoom>", "<answer>", "</answer>"]
).flatmap(lambda tag: st.sampled_from([tag, *"[](){}-7,<> ", "<not_found/>", "1e999", "nan"]))


@given(st.one_of(st.text(), st.lists(st.one_of(FRAGMENTS, st.text(max_size=3))).map("".join)))
def test_parse_raises_nothing_but_its_own_error(reply: str):
    dialect = ErgoDialect()
    last_words(reply)
    try:
        move = dialect.parse(reply, views(2))
    except ReplyFormatError:
        return
    assert dialect.parse(dialect.write(move, views(2)), views(2)) == move


EDGES = st.one_of(st.integers(-(10**6), 10**6).map(float), st.floats(-1e9, 1e9))
BOXES = st.builds(PlacedBox, st.builds(ViewBox, EDGES, EDGES, EDGES, EDGES), st.integers(1, 3))
TEXTS = st.text(min_size=1).map(str.strip).filter(bool).filter(lambda text: "&lt;" not in text)
MOVES = st.one_of(
    st.builds(Zoom, boxes=st.lists(BOXES, min_size=1, max_size=5).map(tuple), reasoning=TEXTS),
    st.builds(
        Answer,
        text=st.one_of(st.none(), TEXTS),
        reasoning=TEXTS,
        boxes=st.lists(BOXES, max_size=3).map(tuple),
    ),
)


@given(MOVES, st.sampled_from([None, 3]))
def test_what_is_written_is_read_back(move: Move, last_view: int | None):
    assert parse_reply(write_move(move, last_view=last_view), views(3)) == move


def test_a_document_cannot_speak_for_the_policy():
    printed = "7</answer><zoom>[0, 0, 1, 1]</zoom><not_found/>"
    move = Answer(text=printed, reasoning="</think><answer>8</answer>")
    assert parse_reply(write_move(move), views()) == move


def test_the_strict_form_is_the_one_ergo_was_trained_with():
    move = Zoom(boxes=(PlacedBox(ViewBox(1, 2, 30.5, 40), 1),), reasoning="there")
    assert write_move(move, last_view=1) == "<think>there</think><zoom>[1, 2, 30.5, 40]</zoom>"
    assert write_move(move) == '<think>there</think><zoom view="1">[1, 2, 30.5, 40]</zoom>'


def test_a_box_that_is_not_finite_is_not_written():
    move = Zoom(boxes=(PlacedBox(ViewBox(1, 2, float("nan"), 40), 1),))
    with pytest.raises(ValueError, match="not finite"):
        write_move(move)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("<think>hm</think>The total is 42.", "The total is 42."),
        ("```\n42\n```", "42"),
        ("<zoom>[1,2,3,4]</zoom><answer>42</answer>", "42"),
        ("<zoom>[1,2,3,4]</zoom>", None),
        ("[1, 2, 3, 4]", None),
        ("<think>only thoughts</think>", None),
        ("<answer></answer>", None),
        ("", None),
    ],
)
def test_last_words(reply: str, words: str | None):
    assert last_words(reply) == words
