"""What the ERGO dialect asks."""

from ergo_agent.dialects import ErgoDialect
from ergo_agent.errors import RegionError
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

SIZE = Size(4000, 3000)
COARSE = View(number=1, region=Region.whole(SIZE), shown=Size(1148, 840), original=SIZE)
CROP = View(
    number=2,
    region=Region(left=0, top=0, right=280, bottom=280),
    shown=Size(280, 280),
    original=SIZE,
    parent=1,
)
SMALL = COARSE.model_copy(update={"shown": Size(4004, 3024)})


def test_the_first_question_asks_where_to_look():
    text = ErgoDialect().ask("What is the total?", [COARSE], stage="observe")
    assert "What is the total?" in text
    assert "1148x840" in text
    assert "<zoom>[x1, y1, x2, y2]</zoom>" in text
    assert "<answer>" not in text


def test_at_full_resolution_it_may_be_answered_at_once():
    text = ErgoDialect().ask("q", [SMALL], stage="observe")
    assert "<answer>" in text
    assert "<zoom>" not in text


def test_after_a_crop_it_asks_for_the_answer_or_a_further_zoom():
    text = ErgoDialect().ask("q", [COARSE, CROP], stage="zoomed")
    assert "view 2 (280x280 pixels)" in text
    assert "<answer>" in text
    assert "<zoom>" in text
    assert "<not_found/>" in text


def test_the_last_question_leaves_only_an_answer():
    text = ErgoDialect().ask("q", [COARSE, CROP], stage="last")
    assert "<answer>" in text
    assert "<zoom>" not in text


def test_the_second_question_says_what_was_wrong():
    error = RegionError("the box [1, 2, 3, 4] lies outside the image")
    text = ErgoDialect().repair(error, [COARSE, CROP])
    assert "the box [1, 2, 3, 4] lies outside the image" in text
    assert "280x280" in text


def test_every_question_is_the_same_each_time():
    first, second = ErgoDialect(), ErgoDialect()
    assert first.ask("q", [COARSE], stage="observe") == second.ask("q", [COARSE], stage="observe")
    assert first.system_prompt() == second.system_prompt()
