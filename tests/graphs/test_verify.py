"""An answer is asked for again from its crops alone: what is shown, and what it comes to."""

import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig

from ergo_agent import (
    SettingsError,
    VisionAnswer,
    VisionSettings,
    ask,
    create_document_graph,
    create_vision_graph,
)
from ergo_agent.episode.events import NextDecided, ViewMade, read_event
from ergo_agent.images import MemoryStore
from ergo_agent.policies.base import Policy
from tests.support.paged import digital, manual
from tests.support.savers import saver
from tests.support.scripted import image_urls, received, scripted, sent_texts
from tests.support.tool_calling import answer, calls, tool_policy, zoom
from tests.support.tool_episodes import model_of

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
QUESTION = "How long does the guarantee last?"


def says(answer: str, box: str = "") -> str:
    evidence = f"<evidence>{box}</evidence>" if box else ""
    return f"<think>read</think><answer>{answer}</answer>{evidence}"


def answered(policy: Policy, page: Path, **settings: Any) -> VisionAnswer:
    given = VisionSettings(verify=True, **settings)
    graph = create_vision_graph(policy=policy, settings=given, store=MemoryStore())
    output = graph.invoke({"image": str(page), "question": QUESTION})
    result = VisionAnswer.model_validate_json(VisionAnswer(**output["result"]).model_dump_json())
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    assert result.ledger.spent == sum(view.tokens for view in result.views)
    return result


def test_an_answer_that_its_crop_alone_gives_too_is_confirmed(page: Path):
    policy = scripted(ZOOM, says("thirty months"), says("30 months"))
    result = answered(policy, page)
    assert (result.answer, result.verified) == ("thirty months", True)
    assert [view.parent for view in result.views] == [None, 1, 1]
    crop, check = result.views[1:]
    assert check.region.contains(crop.region)
    assert [turn.check for turn in result.turns] == [False, False, True]
    alone = received(policy)[-1]
    assert len(image_urls(alone)) == 1
    assert QUESTION in sent_texts(policy)[-1]
    assert "thirty" not in "".join(str(message.content) for message in alone)


def test_what_two_looks_say_alike_takes_the_place_of_the_answer(page: Path):
    policy = scripted(ZOOM, says("A"), says("B"), says("b", "[10, 10, 60, 60]"))
    result = answered(policy, page)
    assert (result.answer, result.verified) == ("b", "changed")
    near, wide = result.views[-2:]
    assert wide.region.contains(near.region)
    assert wide.region.area > near.region.area
    (found,) = result.evidence
    assert wide.region.contains(found.region)
    assert found.crop == wide.digest


@pytest.mark.parametrize(
    ("replies", "verified", "asked"),
    [
        ([says("B"), says("C")], False, 4),
        ([NOT_FOUND, says("A")], True, 4),
        ([NOT_FOUND, NOT_FOUND], False, 4),
        (["no reply in any form <zoom", says("A")], True, 4),
        ([says("A")], True, 3),
    ],
)
def test_what_the_looks_come_to(page: Path, *, replies: list[str], verified: bool, asked: int):
    policy = scripted(ZOOM, says("A"), *replies)
    result = answered(policy, page)
    assert (result.answer, result.verified) == ("A", verified)
    assert len(received(policy)) == asked


def test_boxes_in_the_coarse_view_say_where_to_look(page: Path):
    result = answered(scripted(says("A", "[100, 100, 200, 120]")), page)
    assert result.verified is True
    check = result.views[-1]
    assert check.region.contains(result.evidence[0].region)
    assert check.region.area < 0.3 * result.views[0].region.area


def test_in_tool_calls_it_is_asked_for_too(page: Path):
    reply = calls(answer("A"))
    policy = tool_policy(calls(zoom((100, 100, 300, 200))), reply, reply)
    result = answered(policy, page)
    assert (result.answer, result.verified) == ("A", True)
    assert len(image_urls(model_of(policy).received[-1])) == 1


def test_nothing_found_is_not_asked_again(page: Path):
    policy = scripted(NOT_FOUND)
    result = answered(policy, page)
    assert (result.answer, result.verified) == (None, None)
    assert len(received(policy)) == 1


def test_without_it_nothing_is_asked_again(page: Path):
    policy = scripted(says("A"))
    result = ask(page, QUESTION, policy=policy)
    assert result.verified is None
    assert len(received(policy)) == 1


def test_where_no_tokens_are_left_it_is_not_confirmed(page: Path):
    policy = scripted(says("A"))
    result = answered(policy, page, view_budget=640, max_vision_tokens=80)
    assert (result.answer, result.verified) == ("A", False)
    assert len(received(policy)) == 1


def test_where_no_time_is_left_it_is_not_confirmed(small: Path):
    def late(_: object) -> str:
        time.sleep(3.5)
        return says("A")

    result = answered(scripted(says("A", "[10, 10, 60, 60]"), late), small, deadline=3)
    assert (result.answer, result.verified) == ("A", False)
    assert result.turns[-1].reply is None


def test_options_are_shown_again(page: Path):
    policy = scripted(ZOOM, says("red"))
    settings = VisionSettings(verify=True)
    graph = create_vision_graph(policy=policy, settings=settings, store=MemoryStore())
    graph.invoke({"image": str(page), "question": QUESTION, "options": ["A. red", "B. blue"]})
    assert "B. blue" in sent_texts(policy)[-1]


def test_a_look_that_was_replied_to_is_not_paid_for_again(page: Path, tmp_path: Path):
    policy = scripted(ZOOM, says("A"), says("B"), OSError("down"), says("A"))
    with saver(str(tmp_path / "kept.sqlite")) as kept:
        graph = create_vision_graph(
            policy=policy,
            settings=VisionSettings(verify=True),
            store=tmp_path / "store",
            checkpointer=kept,
        )
        with pytest.raises(Exception, match="down"):
            graph.invoke({"image": str(page), "question": QUESTION}, CONFIG)
        output = graph.invoke(None, CONFIG)
    assert (output["answer"], output["result"]["verified"]) == ("A", True)
    assert len(received(policy)) == 5


def test_events_say_what_goes_on(page: Path):
    graph = create_vision_graph(
        policy=scripted(ZOOM, says("A"), NOT_FOUND, says("A")), settings=VisionSettings(verify=True)
    )
    given = {"image": str(page), "question": QUESTION}
    events = [read_event(chunk) for chunk in graph.stream(given, stream_mode="custom")]
    steps = [event.next for event in events if isinstance(event, NextDecided)]
    assert steps == ["zoom", "verify", "verify", "answer"]
    assert [e.number for e in events if isinstance(e, ViewMade)] == [1, 2, 3, 4]


def test_a_run_does_not_take_it_away(page: Path):
    graph = create_vision_graph(policy=scripted(says("A")), settings=VisionSettings(verify=True))
    with pytest.raises(SettingsError, match="verify was fixed"):
        graph.invoke({"image": str(page), "question": QUESTION}, context={"verify": False})


def test_the_embedded_reader_confirms_what_stands_there():
    page = Path(__file__).parents[2] / "examples" / "page.png"
    result = ask(page, "What is the due date?", policy="ocr", verify=True)
    assert result.answer is not None
    assert result.verified is True


def test_of_a_documents_pages_the_confirmed_one_answers(tmp_path: Path):
    path = tmp_path / "manual.pdf"
    path.write_bytes(bytes(digital(manual({4: "It lasts thirty months."}, pages=4)).output()))
    policy = scripted(says("A"), says("A"))
    graph = create_document_graph(
        policy=policy, settings=VisionSettings(verify=True), store=MemoryStore()
    )
    output = graph.invoke({"document": str(path), "question": QUESTION})
    result = VisionAnswer.model_validate(output["result"])
    assert (result.answer, result.verified) == ("A", True)
    assert [turn.check for turn in result.turns] == [False, True]
    assert result.ledger.spent == sum(view.tokens for view in result.views)
