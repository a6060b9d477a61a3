"""Malformed replies by the ten thousand: a region inside the image or a typed error, nothing else.

Deterministic: the same replies each time.
"""

import contextlib
from collections import Counter
from collections.abc import Iterator

import pytest
from langchain_core.messages import AIMessage

from ergo_agent.dialects import Dialect, choose_dialect, dialect_names
from ergo_agent.episode.budget import Budget
from ergo_agent.episode.planning import plan_crops
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import MoveError, RegionError, ReplyFormatError
from ergo_agent.views.geometry import Region
from tests.support.malformed import PIECES, malformed_call, malformed_text, messages_of
from tests.support.shown import ORIGINAL, shown_views

DIALECTS = [choose_dialect(name, model=None) for name in dialect_names() if name != "auto"]
(TOOL_CALLS,) = (dialect for dialect in DIALECTS if dialect.name == "tool_calls")
SETTINGS = VisionSettings()
VIEWS = shown_views(3)
WHOLE = Region.whole(ORIGINAL)
MEGABYTE = 1_000_000

SEEDS = range(10_000)


def outcome(dialect: Dialect, reply: AIMessage):
    """What becomes of a reply: its kind of move or error, having checked all that is promised."""
    dialect.last_words(reply)
    record = dialect.record(reply)
    dialect.replay(str(reply.text), record=record, error="e")
    try:
        move = dialect.read(reply, VIEWS)
    except ReplyFormatError:
        return "no move"
    dialect.is_strict(reply, move, VIEWS)
    move.model_dump_json().encode()
    if move.kind == "answer":
        assert move.text is None or move.text.strip()
        return "answer"
    budget = Budget.whole(Terms(SETTINGS, dialect.token_rule))
    try:
        plan = plan_crops(move.boxes, VIEWS, budget=budget)
    except RegionError:
        return "no region"
    assert bool(plan.crops) != bool(plan.stop)
    for crop in plan.crops:
        assert WHOLE.contains(crop.region)
        assert dialect.token_rule.tokens(crop.shown) <= SETTINGS.view_budget
    return plan.stop or "crops"


@contextlib.contextmanager
def told(reply: str | AIMessage) -> Iterator[None]:
    """Say which reply it was if anything fails."""
    try:
        yield
    except BaseException as error:
        error.add_note(repr(reply))
        raise


def test_ten_thousand_malformed_texts():
    replies = Counter(malformed_text(seed) for seed in SEEDS)
    seen: Counter[str] = Counter()
    for text, times in replies.items():
        reply = AIMessage(text)
        with told(text):
            for dialect in DIALECTS:
                seen[outcome(dialect, reply)] += times
    assert len(replies) > 7000  # the rest are short ones drawn twice
    for kind in ("crops", "answer", "no move", "no region", "repeated_region"):
        assert seen[kind] > 100, seen  # every way on was taken many times


def test_ten_thousand_malformed_tool_calls():
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        reply = malformed_call(seed)
        with told(reply):
            seen[outcome(TOOL_CALLS, reply)] += 1
    for kind in ("crops", "answer", "no move", "repeated_region"):
        assert seen[kind] > 100, seen


@pytest.mark.parametrize("piece", PIECES)
def test_megabytes_of_anything_are_read_in_linear_time(piece: str):
    text = "<zoom>" + piece * (MEGABYTE // len(piece))
    relative, *_ = (dialect for dialect in DIALECTS if dialect.name == "qwen3_vl")
    with contextlib.suppress(ReplyFormatError):
        relative.read(AIMessage(text), VIEWS)
    for reply in messages_of(text):
        with contextlib.suppress(ReplyFormatError):
            TOOL_CALLS.read(reply, VIEWS)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_an_error_is_one_the_policy_may_be_told(dialect: Dialect):
    with pytest.raises(ReplyFormatError) as caught:
        dialect.read(AIMessage("I like it."), VIEWS)
    assert isinstance(caught.value, MoveError)
    assert str(caught.value) in dialect.second_question(caught.value, VIEWS)
