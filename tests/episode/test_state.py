"""States that were kept before there was one set of words are read."""

import pytest

from ergo_agent.episode.episode import Next
from ergo_agent.episode.ledger import ledger_entries
from ergo_agent.episode.turn import Turn
from tests.support.shown import shown_views

# a turn and a next step as checkpoints held them before
OLD_TURN = {
    "stage": "observe",
    "question": "That reply could not be used.",
    "views": [],
    "reply": "<zoom>[1, 2, 3, 4]</zoom>",
    "record": None,
    "move": {"kind": "zoom", "boxes": [[[1, 2, 3, 4], 1]], "reasoning": ""},
    "repairs": ["second_question", "fewer_views", "grown"],
    "error": None,
    "seconds": 1.5,
    "input_tokens": 100,
    "output_tokens": 10,
    "cached_tokens": 0,
    "image_tokens": None,
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ask", "question"),
        ("repair", "second_question"),
        ("last", "last_question"),
        ("zoom", "zoom"),
    ],
)
def test_an_old_next_step_is_read(old: str, new: str):
    read = Next.model_validate({"do": old, "error": "", "crops": [], "answer": None})
    assert read.do == new


def test_an_old_turn_says_in_its_log_what_its_fields_say_now():
    turn = Turn.model_validate(OLD_TURN)
    assert (turn.second_question, turn.fewer_views) == (True, True)
    assert Turn.model_validate(turn.model_dump(mode="json")) == turn
    plain = Turn.model_validate({**OLD_TURN, "repairs": []})
    assert (plain.second_question, plain.fewer_views) == (False, False)


def test_nothing_is_decided_by_the_log():
    views = shown_views(2)
    shared = {
        "stage": "observe",
        "question": "q",
        "reply": "r",
        "move": None,
        "second_question": False,
    }
    first = Turn(**shared, views=(1,), image_tokens=100)
    logged = Turn(**shared, views=(2,), image_tokens=150, repairs=("fewer_views",))
    alone = logged.model_copy(update={"fewer_views": True})
    for turn in (first, logged, alone):
        assert Turn.model_validate(turn.model_dump()) == turn
    reported = [
        ledger_entries([v.model_copy(update={"tokens": 50}) for v in views], [first, turn])[
            1
        ].reported
        for turn in (logged, alone)
    ]
    assert reported == [50, 150]
