"""Replies that cannot be used as they are, models that fail, and questions that are refused."""

from pathlib import Path

import pytest

from ergo_agent.errors import ImageNotFoundError, PolicyError, QuestionError
from tests.support.graph_runs import ANSWER, ZOOM, run
from tests.support.scripted import scripted, sent_texts


async def test_an_unusable_reply_gets_one_second_question(page: Path):
    policy = scripted("I like it.", ZOOM, ANSWER)
    result = await run(policy, page)
    assert result.answer == "A. red"
    assert result.stop_reason == "answered"
    assert result.turns[0].move is None
    assert "neither a box" in str(result.turns[0].error)
    assert result.turns[1].repairs == ("second_question",)
    assert result.turns[1].views == ()
    assert "neither a box" in sent_texts(policy)[1]


async def test_a_box_outside_the_image_gets_a_second_question(page: Path):
    policy = scripted("<zoom>[5000, 5000, 6000, 6000]</zoom>", ZOOM, ANSWER)
    result = await run(policy, page)
    assert "lies outside the image shown, which is 1148 pixels wide" in sent_texts(policy)[1]
    assert result.answer == "A. red"


async def test_after_two_unusable_replies_it_is_asked_a_last_time(page: Path):
    policy = scripted("Hm.", "Well.", ANSWER)
    result = await run(policy, page)
    assert result.stop_reason == "unusable_reply"
    assert result.answer == "A. red"
    assert result.turns[2].stage == "last"
    assert result.turns[2].repairs == ("last_question",)
    assert len(result.views) == 1


async def test_plain_words_are_an_answer_to_the_last_question_only(page: Path):
    policy = scripted("It is red.")
    result = await run(policy, page)
    assert len(result.turns) == 3
    assert result.answer == "It is red."
    assert result.turns[2].repairs == ("last_question", "plain_text")


async def test_a_policy_that_never_says_anything_is_no_crash(page: Path):
    result = await run(scripted(""), page)
    assert result.answer is None
    assert result.stop_reason == "no_reply"
    assert len(result.turns) == 3


async def test_what_was_done_to_a_reply_is_recorded(page: Path):
    policy = scripted("<ZOOM>(305, 205, -3, 200)", ANSWER)
    result = await run(policy, page)
    assert result.turns[0].repairs == ("tolerant_parse", "swapped", "clamped", "grown")


async def test_a_failing_model_is_an_error_with_its_cause(page: Path):
    policy = scripted(ZOOM, RuntimeError("server is on fire"))
    with pytest.raises(PolicyError, match=r"scripted/ergo failed .*server is on fire") as caught:
        await run(policy, page)
    assert isinstance(caught.value.__cause__, RuntimeError)


async def test_a_models_own_timeout_is_not_the_deadline(page: Path):
    with pytest.raises(PolicyError, match="TimeoutError"):
        await run(scripted(TimeoutError("no answer")), page, deadline=60)


async def test_a_bad_question_is_refused_before_the_image_is_opened():
    with pytest.raises(QuestionError, match="the question is empty"):
        await run(scripted(ANSWER), "/nowhere.png", question=" ")
    with pytest.raises(ImageNotFoundError, match="nowhere"):
        await run(scripted(ANSWER), "/nowhere.png")
