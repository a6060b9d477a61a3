"""Every stream mode, and the events that a user interface reads."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from ergo_agent import create_vision_graph
from ergo_agent.episode.events import NextDecided, TokensSpent, ViewMade, event_schema, read_event
from ergo_agent.episode.state import VisionInput, VisionState
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
KINDS = [ViewMade, TokensSpent, NextDecided, ViewMade, TokensSpent, NextDecided]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> VisionInput:
    page = save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))
    return {"image": str(page), "question": "q"}


def made(*replies: str):
    policy = scripted(*(replies or (ZOOM, ANSWER)))
    return create_vision_graph(policy=policy, checkpointer=InMemorySaver())


def test_the_events_tell_the_whole_story(given: VisionInput):
    chunks = list(made().stream(given, CONFIG, stream_mode="custom"))
    events = [read_event(chunk) for chunk in chunks]
    assert [type(event) for event in events] == KINDS
    coarse, first_cost, zoom, crop, cost, answer = events
    assert isinstance(coarse, ViewMade)
    assert isinstance(crop, ViewMade)
    assert isinstance(zoom, NextDecided)
    assert isinstance(first_cost, TokensSpent)
    assert isinstance(cost, TokensSpent)
    assert isinstance(answer, NextDecided)
    assert coarse.region.as_tuple() == (0, 0, 2400, 1800)
    assert (coarse.number, coarse.parent, crop.number, crop.parent) == (1, None, 2, 1)
    assert (zoom.next, zoom.by, zoom.reasoning) == ("zoom", "policy", "there")
    assert zoom.regions == [crop.region]
    assert first_cost.vision_tokens == coarse.tokens
    assert cost.vision_tokens == coarse.tokens + crop.tokens
    assert (cost.turn, cost.input_tokens, cost.output_tokens) == (2, 100, 10)
    assert (answer.next, answer.answer, answer.stop_reason) == ("answer", "A. red", "answered")


def test_they_say_why_it_is_asked_again_and_for_the_last_time(given: VisionInput):
    graph = made("gibberish", "more of it", ANSWER)
    events = [read_event(chunk) for chunk in graph.stream(given, CONFIG, stream_mode="custom")]
    decided = [event for event in events if isinstance(event, NextDecided)]
    assert [each.next for each in decided] == ["second_question", "last_question", "answer"]
    assert decided[0].error
    assert decided[1].stop_reason == "unusable_reply"


def test_they_fit_their_schema_and_hold_no_pixels(given: VisionInput):
    schema = event_schema()
    Draft202012Validator.check_schema(schema)
    valid = Draft202012Validator(schema)
    for chunk in made().stream(given, CONFIG, stream_mode="custom"):
        valid.validate(chunk)
        assert len(json.dumps(chunk)) < 1000


def test_what_others_write_is_passed_over():
    for chunk in (None, "text", {"type": "another"}, {"type": "view_made"}, 5):
        assert read_event(chunk) is None


async def test_the_async_graph_says_the_same(given: VisionInput):
    sync = list(made().stream(given, CONFIG, stream_mode="custom"))
    found = [chunk async for chunk in made().astream(given, CONFIG, stream_mode="custom")]
    assert [_without_seconds(chunk) for chunk in found] == [_without_seconds(c) for c in sync]


MODES = {
    "values": lambda chunk: chunk["answer"] == "A. red",
    "updates": lambda chunk: chunk["answer"]["answer"] == "A. red",
    "messages": lambda chunk: chunk[0].text == ANSWER,
    "custom": lambda chunk: chunk["answer"] == "A. red",
    "debug": lambda chunk: chunk["payload"]["values"]["answer"] == "A. red",
    "tasks": lambda chunk: chunk["result"]["answer"] == "A. red",
    "checkpoints": lambda chunk: chunk["values"]["answer"] == "A. red",
}


@pytest.mark.parametrize("mode", MODES)
async def test_every_mode_ends_with_the_answer_and_holds_no_pixels(given: VisionInput, mode: str):
    sync = list(made().stream(given, CONFIG, stream_mode=mode))
    found = [chunk async for chunk in made().astream(given, CONFIG, stream_mode=mode)]
    assert len(sync) == len(found)
    for chunks in (sync, found):
        assert MODES[mode](chunks[-1])
        assert "base64" not in repr(chunks)


async def test_all_modes_at_once(given: VisionInput):
    graph = made()
    seen = {mode async for mode, _ in graph.astream(given, CONFIG, stream_mode=list(MODES))}
    assert seen == set(MODES)


async def test_the_messages_are_streamed_with_the_node_they_come_from(given: VisionInput):
    chunks = list(made().stream(given, CONFIG, stream_mode="messages"))
    assert [message.text for message, _ in chunks] == [ZOOM, ANSWER]
    assert {metadata["langgraph_node"] for _, metadata in chunks} == {"policy"}


async def test_astream_events_shows_tools_models_and_events(given: VisionInput):
    names, custom = [], []
    stream = made().astream_events(given, CONFIG, version="v2", stream_mode=["custom", "values"])
    async for event in stream:
        if event["event"] in {"on_tool_start", "on_chat_model_start"}:
            names.append(event["name"])
        if event["event"] == "on_chain_stream" and event["name"] == "coarse_to_fine":
            mode, chunk = event["data"]["chunk"]
            custom += [read_event(chunk)] if mode == "custom" else []
    assert names == ["observe", "ScriptedModel", "zoom", "ScriptedModel", "answer"]
    assert [type(event) for event in custom] == KINDS


@pytest.mark.parametrize("subgraphs", [True, False])
def test_a_parents_stream_has_them_where_it_asks_for_subgraphs(
    given: VisionInput, *, subgraphs: bool
):
    parent = StateGraph(VisionState)
    parent.add_node("look", create_vision_graph(policy=scripted(ZOOM, ANSWER)))
    parent.add_edge(START, "look")
    parent.add_edge("look", END)
    stream = parent.compile().stream(given, stream_mode="custom", subgraphs=subgraphs)
    events = [read_event(chunk[1] if subgraphs else chunk) for chunk in stream]
    assert [type(event) for event in events] == (KINDS if subgraphs else [])


def _without_seconds(chunk: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chunk.items() if name != "seconds"}
